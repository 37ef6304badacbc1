// Twins without sampled values.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <random>
#include <set>

#include "base/text.h"
#include "engine/postgres/twin.h"

namespace architrave::postgres {

namespace {

// The elements of a one-dimensional array literal; nulls do not occur in statistics.
std::vector<std::string> elements(std::string_view literal) {
  std::vector<std::string> found;
  if (const auto open = literal.find('{'); open != std::string_view::npos)
    literal.remove_prefix(open + 1);
  std::string current;
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    const char each = literal[i];
    if (each == '\\' && i + 1 < literal.size()) {
      current += literal[++i];
    } else if (each == '"') {
      quoted = !quoted;
      any = true;
    } else if (!quoted && (each == ',' || each == '}')) {
      if (any || !current.empty()) found.push_back(std::move(current));
      current.clear();
      any = false;
      if (each == '}') break;
    } else {
      current += each;
    }
  }
  return found;
}

std::string literal_of(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const std::string& each : values) text += (text.size() > 1 ? ",\"" : "\"") + each + '"';
  return text + '}';
}

enum class Family { kept, text, number, date, timestamp, dropped };

Family family_of(const std::string& type, const std::set<std::string>& enums) {
  if (type == "boolean" || enums.contains(type)) return Family::kept;
  constexpr std::array text = {"text", "character varying", "character", "\"char\"", "name"};
  constexpr std::array number = {"smallint", "integer", "bigint",
                                 "numeric",  "real",    "double precision"};
  if (std::ranges::find(text, type) != text.end() || type.ends_with("citext")) return Family::text;
  if (std::ranges::find(number, type) != number.end()) return Family::number;
  if (type == "date") return Family::date;
  if (type == "timestamp without time zone" || type == "timestamp with time zone")
    return Family::timestamp;
  return Family::dropped;
}

// Days since 1970-01-01 and back (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
double days_from_civil(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int of_era = year - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return era * 146097.0 + days - 719468;
}

std::string civil(long long days) {
  days += 719468;
  const long long era = (days >= 0 ? days : days - 146096) / 146097;
  const long long of_era = days - era * 146097;
  const long long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const long long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const long long month_from_march = (5 * of_year + 2) / 153;
  const long long day = of_year - (153 * month_from_march + 2) / 5 + 1;
  const long long month = month_from_march + (month_from_march < 10 ? 3 : -9);
  const long long year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04lld-%02lld-%02lld", year, month, day);
  return text.data();
}

// A value as a number on a line: days, seconds, or itself. Nothing for infinities and the like.
std::optional<double> position(const std::string& value, Family family) {
  double number = 0;
  if (family == Family::number) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number))
      return {};
    return number;
  }
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, zone = 0;
  double second = 0;
  if (value.find("BC") != std::string::npos) return {};
  const int found = std::sscanf(value.c_str(), "%d-%d-%d %d:%d:%lf%d", &year, &month, &day, &hour,
                                &minute, &second, &zone);
  if (found < 3) return {};
  const double days = days_from_civil(year, month, day);
  return family == Family::date ? days
                                : days * 86400 + hour * 3600 + minute * 60 + second - zone * 3600;
}

std::string at_position(double number, Family family, int decimals) {
  std::array<char, 400> text{};
  if (family == Family::number) {
    std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
    return text.data();
  }
  if (family == Family::date) return civil(std::llround(number));
  const long long seconds = std::llround(number);
  const long long days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
  const long long rest = seconds - days * 86400;
  std::snprintf(text.data(), text.size(), " %02lld:%02lld:%02lld+00", rest / 3600, rest / 60 % 60,
                rest % 60);
  return civil(days) + text.data();
}

std::pair<double, double> range_of(const std::string& type) {
  if (type == "smallint") return {-32768, 32767};
  if (type == "integer") return {-2147483648.0, 2147483647.0};
  if (type == "bigint") return {-9.2e18, 9.2e18};
  if (type == "date" || type.starts_with("timestamp")) return {-6e10, 2e11};
  return {-1e300, 1e300};
}

// Lists of common values and histogram, as one: where the column's values lie, and how many.
struct Distribution {
  std::vector<std::pair<std::string, double>> points;  // in the column's order, with their weight
  std::size_t bounds = 0;                              // of the histogram that is to be made
};

template <class Less>
Distribution merge(const StatisticsSlot* common, const StatisticsSlot* histogram,
                   float null_fraction, Less less) {
  Distribution all;
  double rest = 1.0 - static_cast<double>(null_fraction);
  if (common != nullptr && common->values) {
    const std::vector<std::string> values = elements(*common->values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double weight =
          i < common->numbers.size() ? static_cast<double>(common->numbers[i]) : 0.0;
      all.points.emplace_back(values[i], weight);
      rest -= weight;
    }
    all.bounds = std::min<std::size_t>(101, 2 * values.size());
  }
  if (histogram != nullptr && histogram->values) {
    const std::vector<std::string> values = elements(*histogram->values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool is_end = i == 0 || i + 1 == values.size();
      all.points.emplace_back(values[i], std::max(rest, 0.0) / static_cast<double>(values.size()) *
                                             (is_end ? 0.5 : 1.0));
    }
    all.bounds = std::max(all.bounds, values.size());
  }
  std::ranges::sort(all.points,
                    [&](const auto& a, const auto& b) { return less(a.first, b.first); });
  return all;
}

// Bounds with equal shares of the weight between them.
std::vector<std::string> quantiles(const Distribution& all) {
  std::vector<std::string> bounds;
  double total = 0;
  for (const auto& [value, weight] : all.points) total += weight;
  double seen = 0;
  std::size_t point = 0;
  for (std::size_t i = 0; i < all.bounds; ++i) {
    const double wanted = total * static_cast<double>(i) / static_cast<double>(all.bounds - 1);
    while (point + 1 < all.points.size() && seen + all.points[point].second < wanted)
      seen += all.points[point++].second;
    bounds.push_back(all.points[i + 1 == all.bounds ? all.points.size() - 1 : point].first);
  }
  return bounds;
}

// Each bound moves to somewhere between the middles to its neighbours, and away from every value
// that was sampled, as far as there is room.
std::vector<std::string> shifted(const std::vector<std::string>& bounds, const std::string& type,
                                 Family family, const std::set<std::string>& sampled,
                                 std::mt19937_64& random) {
  std::vector<double> at;
  int decimals = 0;
  for (const std::string& each : bounds) {
    const auto number = position(each, family);
    if (!number) return {};
    at.push_back(*number);
    if (const auto point = each.find('.'); point != std::string::npos && family == Family::number)
      decimals =
          std::max(decimals, static_cast<int>(std::min<std::size_t>(each.size() - point - 1, 15)));
  }
  const auto [lowest, highest] = range_of(type);
  std::vector<double> moved;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double before =
        i > 0 ? (at[i] - at[i - 1]) / 2 : (at.size() > 1 ? (at[1] - at[0]) / 2 : 1);
    const double after =
        i + 1 < at.size() ? (at[i + 1] - at[i]) / 2 : (at.size() > 1 ? (at[i] - at[i - 1]) / 2 : 1);
    std::string text;
    for (int attempt = 0; attempt < 16; ++attempt) {
      std::uniform_real_distribution<double> anywhere(at[i] - before, at[i] + after);
      const double candidate = before + after > 0 ? anywhere(random) : at[i];
      text = at_position(std::clamp(candidate, lowest, highest), family, decimals);
      if (!sampled.contains(text)) break;
    }
    moved.push_back(position(text, family).value_or(at[i]));
    shown.push_back(std::move(text));
  }
  // Rounding may have put neighbours in the wrong order.
  std::vector<std::size_t> order(at.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(moved[i], i); });
  std::vector<std::string> sorted;
  for (const std::size_t i : order) sorted.push_back(shown[i]);
  return sorted;
}

// Made-up words in the order of the texts that they stand for, of about their length; the same
// text is the same word everywhere, so that columns that are joined still overlap alike. Lower case
// letters keep their order in every collation.
class Words {
 public:
  void add(const std::string& text) { texts_.insert(text); }
  void number() {
    std::size_t room = 26;
    while (room < texts_.size() + 1) {
      room *= 26;
      ++digits_;
    }
    for (const std::string& each : texts_) ranks_.push_back(&each);
  }
  std::string word(const std::string& text) const {
    const auto found = std::ranges::lower_bound(
        ranks_, text, {}, [](const std::string* each) -> const std::string& { return *each; });
    auto rank = static_cast<std::size_t>(found - ranks_.begin());
    std::string made(digits_, 'a');
    for (std::size_t i = digits_; i-- > 0; rank /= 26) made[i] = static_cast<char>('a' + rank % 26);
    made.resize(std::max(digits_, text.size()), 'x');
    return made;
  }

 private:
  std::set<std::string> texts_;
  std::vector<const std::string*> ranks_;
  std::size_t digits_ = 1;
};

const StatisticsSlot* slot_of(const ColumnStatistics& column, int kind) {
  const auto found = std::ranges::find(column.slots, kind, &StatisticsSlot::kind);
  return found != column.slots.end() ? &*found : nullptr;
}

std::string type_of(const ColumnStatistics& column) {
  for (const int kind : {1, 2})
    if (const StatisticsSlot* slot = slot_of(column, kind)) return slot->values_type;
  return {};
}

// The histogram that stands for both lists; empty if the values can't be replaced.
std::vector<std::string> replacement(const ColumnStatistics& column, Family family,
                                     const Words& words, std::mt19937_64& random) {
  const StatisticsSlot* common = slot_of(column, 1);
  const StatisticsSlot* histogram = slot_of(column, 2);
  if (family == Family::text) {
    const Distribution all = merge(common, histogram, column.null_fraction, std::less<>());
    if (all.points.size() < 2) return {};
    std::vector<std::string> bounds = quantiles(all);
    for (std::string& each : bounds) each = words.word(each);
    std::ranges::sort(bounds);
    return bounds;
  }
  const auto less = [family](const std::string& a, const std::string& b) {
    return position(a, family).value_or(0) < position(b, family).value_or(0);
  };
  const Distribution all = merge(common, histogram, column.null_fraction, less);
  if (all.points.size() < 2) return {};
  std::set<std::string> sampled;
  for (const auto& [value, weight] : all.points) sampled.insert(value);
  return shifted(quantiles(all), type_of(column), family, sampled, random);
}

}  // namespace

void remove_values(Twin& twin) {
  std::set<std::string> enums;
  for (const catalog::Type& type : twin.catalog.types)
    if (type.kind == catalog::TypeKind::enumeration)
      enums.insert(catalog::qualified(type.schema, type.name));
  Words words;
  for (const ColumnStatistics& column : twin.statistics.columns)
    if (family_of(type_of(column), enums) == Family::text)
      for (const int kind : {1, 2})
        if (const StatisticsSlot* slot = slot_of(column, kind); slot != nullptr && slot->values)
          for (const std::string& each : elements(*slot->values)) words.add(each);
  words.number();

  // Not repeatable on purpose: who knows the steps could walk back.
  std::mt19937_64 random(std::random_device{}());
  for (ColumnStatistics& column : twin.statistics.columns) {
    const Family family = family_of(type_of(column), enums);
    const bool keeps_lists = family == Family::kept;
    std::vector<std::string> bounds;
    if (family != Family::kept && family != Family::dropped)
      bounds = replacement(column, family, words, random);
    StatisticsSlot histogram;
    for (const int kind : {1, 2})
      if (const StatisticsSlot* slot = slot_of(column, kind)) histogram = *slot;
    // Correlations and counts of elements hold no values.
    std::erase_if(column.slots, [&](const StatisticsSlot& slot) {
      return slot.values && !(keeps_lists && (slot.kind == 1 || slot.kind == 2));
    });
    if (bounds.size() < 2) continue;
    // The operator of a list of common values is not that of a histogram.
    if (histogram.kind != 2) histogram.op.clear();
    histogram.kind = 2;
    histogram.numbers.clear();
    histogram.has_numbers = false;
    histogram.values = literal_of(bounds);
    column.slots.insert(column.slots.begin(), std::move(histogram));
  }
  for (ExtendedStatistics& each : twin.statistics.extended) each.most_common.clear();
}

}  // namespace architrave::postgres

#include "migration/move/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace architrave::migration {

namespace {

// "Determination Of Column Affinity", https://sqlite.org/datatype3.html
enum class Affinity { integer, text, blob, real, numeric };
Affinity affinity_of(const std::string& declared) {
  const auto has = [&](std::string_view part) { return declared.find(part) != std::string::npos; };
  if (has("int")) return Affinity::integer;
  if (has("char") || has("clob") || has("text")) return Affinity::text;
  if (has("blob") || declared.empty()) return Affinity::blob;
  if (has("real") || has("floa") || has("doub")) return Affinity::real;
  return Affinity::numeric;
}

bool is_one_of(const std::string& name, const auto& list) {
  return std::ranges::find(list, name) != list.end();
}

constexpr std::array<std::string_view, 2> booleans = {"bool", "boolean"};
constexpr std::array<std::string_view, 2> uuids = {"uuid", "guid"};
constexpr std::array<std::string_view, 1> dates_alone = {"date"};
constexpr std::array<std::string_view, 4> stamps = {"datetime", "timestamp", "timestamptz",
                                                    "timestamp with time zone"};
constexpr std::array<std::string_view, 5> decimals = {"decimal", "numeric", "dec", "money",
                                                      "number"};

// (10, 2) of what was declared.
struct Modifier {
  int first = 0;
  std::optional<int> second;
};
std::optional<Modifier> modifier_of(const std::string& declared) {
  const std::size_t open = declared.find('(');
  if (open == std::string::npos) return {};
  const auto parts = split(declared.substr(open + 1, declared.find(')') - open - 1), ',');
  const auto read = [](const std::string& text, int& value) {
    const std::string_view digits = trim(text);
    return std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
  };
  Modifier modifier;
  if (parts.empty() || parts.size() > 2 || !read(parts[0], modifier.first)) return {};
  if (parts.size() == 2) {
    modifier.second = 0;
    if (!read(parts[1], *modifier.second)) return {};
  }
  return modifier;
}

ChosenType text_type(const catalog::Column& column, const ColumnProfile& profile) {
  const auto modifier = modifier_of(column.type);
  if (!modifier || lower(column.type).find("char") == std::string::npos || modifier->first < 1 ||
      modifier->first > 10485760)
    return {"text", Form::text, {}, {}};
  if (profile.longest > modifier->first || profile.texts != profile.values())
    return {"text",
            Form::text,
            fmt::format("declared {}, which SQLite does not hold it to: it has a text of {} "
                        "characters",
                        column.type, profile.longest),
            {}};
  return {fmt::format("character varying({})", modifier->first), Form::text, {}, {}};
}

ChosenType numeric_type(const catalog::Column& column, const ColumnProfile& profile) {
  const auto modifier = modifier_of(column.type);
  if (!modifier) return {"numeric", Form::numeric, {}, {}};
  const int scale = modifier->second.value_or(0);
  if (modifier->first < 1 || modifier->first > 1000 || scale < 0 || scale > modifier->first)
    return {"numeric", Form::numeric, {}, {}};
  if (profile.places > scale || profile.whole_digits > modifier->first - scale)
    return {"numeric",
            Form::numeric,
            fmt::format("declared {}, which SQLite does not hold it to: it has a number with {} "
                        "digits before and {} behind the point",
                        column.type, profile.whole_digits, profile.places),
            {}};
  return {fmt::format("numeric({},{})", modifier->first, scale), Form::numeric, {}, {}};
}

// "120 integers, 3 texts"
std::string held(const ColumnProfile& profile) {
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t count, const char* what) {
    if (count > 0) parts.push_back(plural(count, what));
  };
  add(profile.integers, "integer");
  add(profile.reals, "real");
  add(profile.texts, "text");
  add(profile.blobs, "blob");
  return parts.empty() ? "no value" : join(parts, ", ");
}

ChosenType by_content(const catalog::Column& column, const ColumnProfile& profile,
                      Affinity affinity) {
  const std::string why = fmt::format("declared {}, and holds {}",
                                      column.type.empty() ? "nothing" : column.type, held(profile));
  if (profile.values() == 0) {
    if (affinity == Affinity::numeric) return {"numeric", Form::numeric, why, {}};
    return {"text", Form::text, why, {}};
  }
  if (profile.blobs == profile.values()) return {"bytea", Form::bytes, why, {}};
  if (profile.blobs > 0)
    return {
        "bytea", Form::bytes, why,
        "it holds " + held(profile) + ", which no one type takes: bytes, with all else as text"};
  if (profile.texts > 0) return {"text", Form::text, why, {}};
  if (profile.reals == 0) return {"bigint", Form::integer, why, {}};
  if (profile.beyond_double > 0 && profile.infinite == 0)
    return {"numeric", Form::numeric, why, {}};
  return {"double precision", Form::real, why,
          profile.beyond_double > 0 ? "integers beyond 2^53 lose their last digits" : ""};
}

// Whether it is a date by name, and of the rows.
std::optional<ChosenType> as_date(const std::string& name, const ColumnProfile& profile) {
  const std::int64_t all = profile.values();
  const bool is_date_name = is_one_of(name, dates_alone);
  if (is_date_name && profile.dates == all)
    return ChosenType{"date", Form::date, "the texts are dates: --dates", {}};
  if (profile.stamps == all)
    return ChosenType{"timestamp without time zone",
                      Form::stamp,
                      "the texts are dates and times, taken for UTC: --dates",
                      {}};
  if (profile.epochs == all)
    return ChosenType{"timestamp with time zone",
                      Form::epoch,
                      "the integers are taken for seconds since 1970: --dates",
                      {}};
  return {};
}

ChosenType choose(const catalog::Column& column, const ColumnProfile& profile, bool dates) {
  const std::string declared = lower(column.type);
  const std::string name(trim(std::string_view(declared).substr(0, declared.find('('))));
  const Affinity affinity = affinity_of(declared);
  const std::int64_t all = profile.values();
  if (is_one_of(name, booleans)) {
    if (profile.zero_or_one == all) return {"boolean", Form::boolean, {}, {}};
  } else if (is_one_of(name, uuids)) {
    if (profile.uuids == all) return {"uuid", Form::uuid, {}, {}};
  } else if (is_one_of(name, dates_alone) || is_one_of(name, stamps)) {
    if (dates)
      if (auto chosen = as_date(name, profile)) return *chosen;
    if (profile.texts == all) {
      const bool could = all > 0 && as_date(name, profile).has_value();
      return {"text",
              Form::text,
              fmt::format("declared {}, and SQLite has no dates{}", column.type,
                          could ? ": --dates makes it one" : ""),
              {}};
    }
  } else if (is_one_of(name, decimals) && profile.texts + profile.blobs + profile.infinite == 0) {
    return numeric_type(column, profile);
  } else if (affinity == Affinity::integer && profile.integers == all) {
    return {"bigint", Form::integer, {}, {}};
  } else if (affinity == Affinity::text && profile.blobs == 0) {
    return text_type(column, profile);
  } else if (affinity == Affinity::real && profile.texts + profile.blobs == 0 &&
             profile.beyond_double == 0) {
    return {"double precision", Form::real, {}, {}};
  } else if (affinity == Affinity::blob && !declared.empty() && profile.blobs == all) {
    return {"bytea", Form::bytes, {}, {}};
  }
  return by_content(column, profile, affinity);
}

}  // namespace

ChosenType choose_type(const catalog::Column& column, const ColumnProfile& profile, bool dates) {
  ChosenType chosen = choose(column, profile, dates);
  if (chosen.form == Form::text && profile.with_nul + profile.broken > 0)
    chosen.refusal = fmt::format(
        "{} with a NUL byte, which is dropped, and {} that {} not UTF-8, where U+FFFD is written",
        plural(profile.with_nul, "text"), plural(profile.broken, "text"),
        profile.broken == 1 ? "is" : "are");
  return chosen;
}

}  // namespace architrave::migration

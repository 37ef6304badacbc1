#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <regex>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

namespace time = std::chrono;

struct Bounds {
  time::sys_days from;
  time::sys_days to;
  std::string tail;  // what follows the date: "" or " 00:00:00"
};

std::optional<time::sys_days> date_of(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return std::nullopt;
  const time::year_month_day date{time::year{year}, time::month{month}, time::day{day}};
  if (!date.ok()) return std::nullopt;
  return time::sys_days{date};
}

// FOR VALUES FROM ('2026-01-01 00:00:00') TO ('2026-02-01 00:00:00')
std::optional<Bounds> bounds_of(const std::string& text) {
  static const std::regex form(
      R"(FOR VALUES FROM \('([0-9]{4}-[0-9]{2}-[0-9]{2})([^']*)'\) TO \('([0-9]{4}-[0-9]{2}-[0-9]{2})([^']*)'\))");
  std::smatch match;
  if (!std::regex_match(text, match, form)) return std::nullopt;
  const auto from = date_of(match[1]), to = date_of(match[3]);
  if (!from || !to || *from >= *to) return std::nullopt;
  // Where summer time moves the offset, the next bound is not ours to write.
  return Bounds{*from, *to, match[2] == match[4] ? match[4].str() : "?"};
}

// The end of the partition that follows, as long in months or in days as this one.
time::sys_days next_end(const Bounds& last) {
  const time::year_month_day from{last.from}, to{last.to};
  const int months = (static_cast<int>(to.year()) - static_cast<int>(from.year())) * 12 +
                     static_cast<int>(static_cast<unsigned>(to.month())) -
                     static_cast<int>(static_cast<unsigned>(from.month()));
  if (from.day() == time::day{1} && to.day() == time::day{1} && months > 0)
    return time::sys_days{to + time::months{months}};
  return last.to + (last.to - last.from);
}

std::string text_of(time::sys_days day, const char* separator) {
  const time::year_month_day date{day};
  return fmt::format("{:04}{}{:02}{}{:02}", static_cast<int>(date.year()), separator,
                     static_cast<unsigned>(date.month()), separator,
                     static_cast<unsigned>(date.day()));
}

Proposal extend(const Look& look, const Relation& table, Bounds last, time::sys_days until) {
  constexpr int most = 24;
  Names names(look.catalog);
  Proposal fix;
  fix.kind = "create_partition";
  fix.title = fmt::format("Make the next partitions of {}", name_of(table));
  fix.why = "Rows of the coming time have where to go.";
  for (int made = 0; made < most && last.to < until; ++made) {
    const time::sys_days to = next_end(last);
    const std::string name = catalog::qualified(
        table.schema, names.make(table.schema, {table.name}, "p" + text_of(last.to, "")));
    fix.up.push_back(
        fmt::format("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ('{}{}') TO ('{}{}')", name,
                    name_of(table), text_of(last.to, "-"), last.tail, text_of(to, "-"), last.tail));
    // Detached first: a foreign key that refers to the parent would hold it.
    fix.down.insert(fix.down.begin(),
                    {fmt::format("ALTER TABLE {} DETACH PARTITION {}", name_of(table), name),
                     fmt::format("DROP TABLE {}", name)});
    last = {last.to, to, last.tail};
  }
  fix.impact.lock = Lock::access_exclusive;
  fix.risk = 2;
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  if (!look.catalog.server.read_at) {
    verdict.skip("the source is a file: there is no present time to compare with");
    return;
  }
  const auto now = time::floor<time::days>(
      time::sys_seconds{time::seconds{static_cast<std::int64_t>(*look.catalog.server.read_at)}});
  for (const Relation& table : look.catalog.relations) {
    if (table.kind != RelationKind::partitioned_table || !table.partition_key.starts_with("RANGE"))
      continue;
    std::optional<Bounds> last;
    bool has_default = false, open_ended = false;
    for (const Relation* child : look.lookup.children(table)) {
      has_default |= child->partition_bound == "DEFAULT";
      open_ended |= child->partition_bound.find("TO (MAXVALUE") != std::string::npos;
      const auto bounds = bounds_of(child->partition_bound);
      if (bounds && (!last || bounds->to > last->to)) last = bounds;
    }
    if (!last || open_ended) continue;
    const auto length = last->to - last->from;
    // A table that ended long ago is an archive.
    if (last->to >= now + length || last->to + 12 * length < now) continue;
    const bool past = last->to <= now;
    const bool can_extend =
        !has_default && (last->tail.empty() || last->tail == " 00:00:00") && last->tail != "?";
    Finding& finding = verdict.find(
        subject_of(table),
        fmt::format("The last partition of {} {} on {}: rows after that {}.", name_of(table),
                    past ? "ended" : "ends", text_of(last->to, "-"),
                    has_default ? "fall into the default partition" : "are refused"),
        {{"ends", text_of(last->to, "-")}, {"key", table.partition_key}},
        can_extend ? std::optional(extend(look, table, *last, now + 3 * length)) : std::nullopt);
    if (!past || has_default) finding.severity = Severity::warning;
  }
}

}  // namespace

extern const Rule partition_range_ends_soon;
const Rule partition_range_ends_soon = {
    .name = "partition-range-ends-soon",
    .severity = Severity::error,
    .area = Area::scaling,
    .summary = "A table partitioned by time whose last partition ends soon",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

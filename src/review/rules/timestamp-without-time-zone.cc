#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

// Days that are the same day everywhere, and no moments: a date, whatever its column's type.
bool is_day_name(const std::string& name) {
  static constexpr std::array<std::string_view, 9> days = {
      "birth", "birthday", "birthdate", "dob", "born", "hire", "hired", "hiredate", "holiday"};
  return std::ranges::any_of(name_words(name), [](const std::string& word) {
    return std::ranges::find(days, word) != days.end();
  });
}

std::optional<NewType> better(const Relation&, const Column& column) {
  if (!is_builtin(column, "timestamp")) return std::nullopt;
  // A wall clock's reading ("opens_at_local") is meant to have no zone.
  if (lower(column.name).find("local") != std::string::npos) return std::nullopt;
  if (is_day_name(column.name)) return std::nullopt;
  NewType to;
  to.type = replace_all(column.type, "without time zone", "with time zone");
  const std::string name = catalog::quote_identifier(column.name);
  to.forward = name + " AT TIME ZONE 'UTC'";
  to.back = to.forward;
  // A default that has computed UTC by hand would be taken for the session's own time.
  const std::string value = lower(column.default_value);
  if (value.find("at time zone") != std::string::npos ||
      value.find("timezone(") != std::string::npos)
    to.new_default = "now()";
  return to;
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "has no time zone: what moment it means depends on who reads it",
               .many = "have no time zone: what moments they mean depends on who reads them",
               .title = "Store moments with their time zone in {}",
               .why = "timestamptz stores the moment itself and shows it in the session's zone. "
                      "The values that are there are taken for UTC; change the zone in USING if "
                      "they are not."});
}

}  // namespace

extern const Rule timestamp_without_time_zone;
const Rule timestamp_without_time_zone = {
    .name = "timestamp-without-time-zone",
    .area = Area::types,
    .summary = "A timestamp without time zone does not say which moment it means",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  if (!is_builtin(column, "timetz")) return std::nullopt;
  NewType to;
  to.type = replace_all(column.type, "with time zone", "without time zone");
  const std::string name = catalog::quote_identifier(column.name);
  to.forward = name + "::time";
  to.back = name + "::time with time zone";
  return to;
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "is a time with an offset but without a date, which no daylight saving fits",
               .many = "are times with an offset but without a date, which no daylight saving fits",
               .title = "Store times of day without an offset in {}",
               .why = "An offset belongs to a zone on a date. The change drops the stored offsets: "
                      "keep the zone's name in a column beside it if it matters.",
               .risk = 3});
}

}  // namespace

extern const Rule time_with_time_zone;
const Rule time_with_time_zone = {
    .name = "time-with-time-zone",
    .area = Area::types,
    .summary = "A time of day with an offset has no meaning without a date",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

#include <algorithm>
#include <array>
#include <string_view>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// Those that pg_upgrade refuses; regclass, regrole and regtype keep their numbers.
constexpr std::array<std::string_view, 8> refused = {"regcollation", "regconfig",   "regdictionary",
                                                     "regnamespace", "regoper",     "regoperator",
                                                     "regproc",      "regprocedure"};

std::optional<NewType> better(const Relation&, const Column& column) {
  if (column.type_schema != "pg_catalog" ||
      std::ranges::find(refused, column.type_name) == refused.end())
    return std::nullopt;
  return cast_to(column, "text", "text");
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "holds an internal number of the server: pg_upgrade refuses this database",
               .many = "hold internal numbers of the server: pg_upgrade refuses this database",
               .title = "Store names instead of internal numbers in {}",
               .why = "The numbers behind these types change in the next major version. Their text "
                      "is the name, which stays."});
}

}  // namespace

extern const Rule reg_type;
const Rule reg_type = {.name = "reg-type",
                       .area = Area::types,
                       .summary = "A column of this type keeps pg_upgrade from running",
                       .serves = {},
                       .check = check};

}  // namespace architrave::review::rules

#include <algorithm>
#include <array>
#include <string_view>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// Those that pg_upgrade refuses; regclass, regrole and regtype keep their numbers.
constexpr std::array<std::string_view, 7> refused = {"regcollation", "regconfig", "regdictionary",
                                                     "regnamespace", "regoper",   "regproc",
                                                     "regprocedure"};

std::optional<NewType> better(const Relation&, const Column& column) {
  if (column.type_schema != "pg_catalog") return std::nullopt;
  if (std::ranges::find(refused, column.type_name) == refused.end() &&
      column.type_name != "regoperator")
    return std::nullopt;
  const std::string name = catalog::quote_identifier(column.name);
  NewType to;
  to.type = "text";
  to.forward = name + "::text";
  to.back = name + "::" + column.type;
  if (!column.default_value.empty()) to.new_default = "(" + column.default_value + ")::text";
  return to;
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

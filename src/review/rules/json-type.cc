#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  if (!is_builtin(column, "json")) return std::nullopt;
  const std::string name = catalog::quote_identifier(column.name);
  NewType to;
  to.type = "jsonb";
  to.forward = name + "::jsonb";
  to.back = name + "::json";
  if (!column.default_value.empty()) to.new_default = "(" + column.default_value + ")::jsonb";
  return to;
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "is json: parsed anew by every query, without equality and without indexes",
               .many = "are json: parsed anew by every query, without equality and without indexes",
               .title = "Store documents as jsonb in {}",
               .why = "jsonb is parsed once, can be compared and takes GIN indexes. It keeps "
                      "neither the order of keys, nor blanks, nor repeated keys.",
               .effort = 2});
}

}  // namespace

extern const Rule json_type;
const Rule json_type = {.name = "json-type",
                        .area = Area::types,
                        .summary = "json is text that is parsed again by every query",
                        .serves = {},
                        .check = check};

}  // namespace architrave::review::rules

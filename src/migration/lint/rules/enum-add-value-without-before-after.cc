#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (statement.node["oldVal"] || statement.node["newValNeighbor"]) return;
  finder.find("the value goes behind all others of " + type_of(statement) +
                  ", which is what ORDER BY and < go by, and it can't be moved later",
              "ALTER TYPE " + type_of(statement) + " ADD VALUE '" +
                  std::string(statement.node["newVal"].text()) + "' AFTER …, or BEFORE …");
}

}  // namespace

extern const Rule enum_add_value_without_before_after;
const Rule enum_add_value_without_before_after = {
    .is = {.name = "enum-add-value-without-before-after",
           .severity = Severity::info,
           .summary = "A value added to an enum without BEFORE or AFTER sorts behind all others"},
    .nodes = {"AlterEnumStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      [](const TypeName& type) { return type.name == "int2" || type.name == "smallserial"; },
      ": it ends at 32,767, and widening it later rewrites the table", "bigint");
}

}  // namespace

extern const Rule bigint_over_smallint;
const Rule bigint_over_smallint = {
    .is = {.name = "bigint-over-smallint",
           .severity = Severity::info,
           .summary = "smallint ends at 32,767"},
    .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      [](const TypeName& type) { return type.name == "int4" || type.name == "serial"; },
      ": it ends at 2,147,483,647, and widening it later rewrites the table", "bigint");
}

}  // namespace

extern const Rule bigint_over_int;
const Rule bigint_over_int = {.is = {.name = "bigint-over-int",
                                     .severity = Severity::info,
                                     .summary = "integer ends at 2,147,483,647"},
                              .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
                              .check = check};

}  // namespace architrave::migration::lint::rules

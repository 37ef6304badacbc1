#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder, [](const TypeName& type) { return type.name == "money"; },
      ": its digits and its currency depend on lc_monetary of whoever reads it", "numeric(12,2)");
}

}  // namespace

extern const Rule money;
const Rule money = {.is = {.name = "money",
                           .severity = Severity::warning,
                           .summary = "money depends on lc_monetary"},
                    .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
                    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      [](const TypeName& type) { return type.name == "varchar" && !type.mods.empty(); },
      ": a shorter limit later rewrites the table",
      "text, with a CHECK on its length if it has one");
}

}  // namespace

extern const Rule text_over_varchar;
const Rule text_over_varchar = {
    .is = {.name = "text-over-varchar",
           .severity = Severity::info,
           .summary = "varchar(n) has a limit that is hard to change; text with a CHECK has not"},
    .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

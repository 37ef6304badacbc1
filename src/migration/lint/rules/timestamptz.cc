#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder, [](const TypeName& type) { return type.name == "timestamp"; },
      " without a time zone: which moment it means depends on who reads it", "timestamptz");
}

}  // namespace

extern const Rule timestamptz;
const Rule timestamptz = {
    .is = {.name = "timestamptz",
           .severity = Severity::warning,
           .summary = "timestamp without time zone does not say which moment it means"},
    .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

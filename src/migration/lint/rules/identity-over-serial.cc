#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder, [](const TypeName& type) { return type.name.ends_with("serial"); },
      ": its sequence has rights and a life of its own, and any value may be written into it",
      "bigint GENERATED ALWAYS AS IDENTITY");
}

}  // namespace

extern const Rule identity_over_serial;
const Rule identity_over_serial = {
    .is = {.name = "identity-over-serial",
           .severity = Severity::info,
           .summary = "serial is a default and a sequence that can come apart; identity is one"},
    .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

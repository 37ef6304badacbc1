#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (!statement.node["oldVal"]) return;
  finder.find("applications that write or compare with '" +
                  std::string(statement.node["oldVal"].text()) + "' of " + type_of(statement) +
                  " fail from this moment on",
              "add a new value, change applications and rows, and leave the old one unused");
}

}  // namespace

extern const Rule rename_enum_value;
const Rule rename_enum_value = {
    .is = {.name = "rename-enum-value",
           .severity = Severity::error,
           .summary = "A renamed enum value breaks every query that names it"},
    .nodes = {"AlterEnumStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

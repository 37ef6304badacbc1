#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  finder.find("values of " + type_of(statement) +
                  " can be added and renamed but never taken away, and their order never changes",
              "a table of the values with a foreign key to it, or text with a CHECK");
}

}  // namespace

extern const Rule creating_enum;
const Rule creating_enum = {
    .is = {.name = "creating-enum",
           .severity = Severity::info,
           .summary = "Values can't be taken out of an enum; a lookup table can be changed freely"},
    .nodes = {"CreateEnumStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

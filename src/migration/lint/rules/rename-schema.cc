#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (statement.node["renameType"].text() != "OBJECT_SCHEMA") return;
  finder.find("everything that names schema " + quote_identifier(statement.node["subname"].text()) +
                  " fails from this moment on, functions and views' owners' search paths included",
              "make a new schema and move objects one by one, with views under the old names until "
              "every application has changed");
}

}  // namespace

extern const Rule rename_schema;
const Rule rename_schema = {.is = {.name = "rename-schema",
                                   .severity = Severity::error,
                                   .summary = "A renamed schema breaks everything that names it"},
                            .nodes = {"RenameStmt"},
                            .check = check};

}  // namespace architrave::migration::lint::rules

#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

void check(const Statement& statement, Finder& finder) {
  if (statement.node["removeType"].text() != "OBJECT_SCHEMA") return;
  for (const Node each : statement.node["objects"])
    finder.find("schema " + quote_identifier(sql::string_of(each)) +
                    (statement.node["behavior"].text() == "DROP_CASCADE"
                         ? " goes with everything that is in it and everything that depends on that"
                         : " is gone for every application that names it"),
                "drop what is in it one by one, after a backup, once nobody uses it");
}

}  // namespace

extern const Rule drop_schema;
const Rule drop_schema = {
    .is = {.name = "drop-schema",
           .severity = Severity::error,
           .summary = "A dropped schema takes everything that is in it along"},
    .nodes = {"DropStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

void check(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  // BEGIN ATOMIC and RETURN are parsed when the function is made, and tracked.
  if (node["sql_body"]) return;
  for (const Node each : node["options"])
    if (each["defname"].text() == "language" && sql::string_of(each["arg"]) == "c") return;
  finder.find("what the body of " + quoted(sql::dotted(node["funcname"])) +
                  " names is text to the server: a column or table that it uses can be changed or "
                  "dropped without a word, and it fails when it is called",
              "a body that is parsed (BEGIN ATOMIC … END, PostgreSQL 14) where it is SQL; else "
              "look for it by hand when what it names changes");
}

}  // namespace

extern const Rule untrackable_dependencies;
const Rule untrackable_dependencies = {
    .is = {.name = "untrackable-dependencies",
           .severity = Severity::info,
           .summary = "What a function's body names is not known to the server"},
    .nodes = {"CreateFunctionStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

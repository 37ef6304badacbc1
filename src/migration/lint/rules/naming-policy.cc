#include <algorithm>

#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

bool is_plain(std::string_view name) {
  return std::ranges::all_of(
             name,
             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
         (name.empty() || name.front() < '0' || name.front() > '9');
}

void check(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  const auto name = [&](const char* what, std::string_view text, Node place) {
    if (is_plain(text)) return;
    finder.find(std::string(what) + " " + quote_identifier(text) +
                    " has to be written in quotes wherever it is used",
                "lower case letters, digits and underscores", {},
                place["location"] ? static_cast<int>(place["location"].number()) : -1);
  };
  const auto constraint = [&](Node each) {
    if (!each["conname"].text().empty()) name("constraint", each["conname"].text(), each);
  };
  if (node.is("CreateSchemaStmt")) name("schema", node["schemaname"].text(), node);
  if (node.is("IndexStmt")) name("index", node["idxname"].text(), node["relation"]);
  if (node.is("RenameStmt")) name("the new name", node["newname"].text(), node);
  if (node.is("CreateStmt")) name("table", node["relation"]["relname"].text(), node["relation"]);
  for (const Node each : node["tableElts"]) {
    if (each.is("ColumnDef")) name("column", each["colname"].text(), each);
    if (each.is("Constraint")) constraint(each);
    for (const Node own : each["constraints"]) constraint(own);
  }
  for (const Node each : node["cmds"]) {
    if (each["def"].is("ColumnDef") && each["subtype"].text() == "AT_AddColumn")
      name("column", each["def"]["colname"].text(), each["def"]);
    if (each["def"].is("Constraint")) constraint(each["def"]);
  }
}

}  // namespace

extern const Rule naming_policy;
const Rule naming_policy = {
    .is = {.name = "naming-policy",
           .severity = Severity::info,
           .summary = "A name that has to be written in quotes"},
    .nodes = {"CreateStmt", "AlterTableStmt", "IndexStmt", "CreateSchemaStmt", "RenameStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

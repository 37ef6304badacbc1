#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

void check(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  const auto table = [&](Node relation) {
    if (!relation["relname"] || !relation["schemaname"].text().empty() ||
        relation["relpersistence"].text() == "t")
      return;
    finder.find("which " + quoted(relation["relname"].text()) +
                    " is meant depends on search_path of whoever runs the file",
                "public." + quoted(relation["relname"].text()), {},
                static_cast<int>(relation["location"].number()));
  };
  if (node.is("DropStmt")) {
    if (node["removeType"].text() != "OBJECT_TABLE") return;
    for (const Node each : node["objects"]) {
      const Node names = each.is("List") ? each["items"] : each;
      if (names.size() == 1)
        finder.find("which " + quoted(sql::dotted(names)) +
                        " is meant depends on search_path of whoever runs the file",
                    "public." + quoted(sql::dotted(names)));
    }
    return;
  }
  if (node.is("CreateTableAsStmt")) return table(node["into"]["rel"]);
  table(node["relation"]);
}

}  // namespace

extern const Rule require_table_schema;
const Rule require_table_schema = {
    .is = {.name = "require-table-schema",
           .severity = Severity::info,
           .summary = "A table without a schema is found by search_path"},
    .nodes = {"CreateStmt", "AlterTableStmt", "DropStmt", "CreateTableAsStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

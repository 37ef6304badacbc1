#include <algorithm>

#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

constexpr std::size_t most_columns = 1664;  // that a table or a query can have

void duplicates(Node targets, const char* what, Finder& finder) {
  if (targets.size() > most_columns) return;
  std::vector<std::string_view> seen;
  for (const Node each : targets) {
    // a.x and a[1] are parts of a column, and several may be set.
    if (!each["indirection"].empty()) continue;
    const std::string_view name =
        each.is("ColumnDef") ? each["colname"].text() : each["name"].text();
    if (name.empty()) continue;
    if (std::ranges::find(seen, name) == seen.end()) {
      seen.push_back(name);
      continue;
    }
    finder.find(std::string("column ") + quote_identifier(name) + ' ' + what + " more than once",
                "leave out all but one", {}, static_cast<int>(each["location"].number()));
  }
}

// Of a whole column that is also set in parts.
void whole_and_part(Node targets, Finder& finder) {
  if (targets.size() > most_columns) return;
  for (const Node each : targets)
    if (!each["indirection"].empty())
      for (const Node other : targets)
        if (other["indirection"].empty() && other["name"].text() == each["name"].text()) {
          finder.find(
              "column " + quote_identifier(each["name"].text()) + " is set as a whole and in part",
              "set it once", {}, static_cast<int>(each["location"].number()));
          return;
        }
}

// The name that a column of a query gets of itself.
std::string_view output_name(Node target) {
  if (const std::string_view name = target["name"].text(); !name.empty()) return name;
  Node value = target["val"];
  while (value.is("TypeCast") && !value["arg"].is("A_Const")) value = value["arg"];
  if (value.is("ColumnRef")) return sql::string_of(value["fields"].back());
  if (value.is("FuncCall")) return sql::string_of(value["funcname"].back());
  if (value.is("TypeCast")) return sql::string_of(value["typeName"]["names"].back());
  return value.is("A_Const") || value.is("A_Expr") ? "?column?" : std::string_view();
}

void duplicate_outputs(Node query, Node aliases, Finder& finder) {
  if (aliases.size() > most_columns || query["targetList"].size() > most_columns) return;
  if (!aliases.empty()) {
    std::vector<std::string_view> seen;
    for (const Node each : aliases) {
      const std::string_view name = sql::string_of(each);
      if (std::ranges::find(seen, name) != seen.end())
        finder.find("column " + quote_identifier(name) + " is named more than once",
                    "give each its own name");
      seen.push_back(name);
    }
    return;
  }
  std::vector<std::string_view> seen;
  for (const Node each : query["targetList"]) {
    const std::string_view name = output_name(each);
    if (name.empty()) continue;
    if (std::ranges::find(seen, name) != seen.end())
      finder.find("column " + quote_identifier(name) + " is named more than once",
                  "give each a name of its own with AS", {},
                  static_cast<int>(each["location"].number()));
    seen.push_back(name);
  }
}

void check(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  if (node.is("ViewStmt")) return duplicate_outputs(node["query"], node["aliases"], finder);
  if (node.is("CreateTableAsStmt"))
    return duplicate_outputs(node["query"], node["into"]["colNames"], finder);
  if (node.is("SelectStmt")) {
    if (node["intoClause"]) duplicate_outputs(node, {}, finder);
    return;
  }
  if (node.is("CreateStmt") || node.is("CreateForeignTableStmt"))
    return duplicates(node.is("CreateStmt") ? node["tableElts"] : node["base"]["tableElts"],
                      "is made", finder);
  node.any([&](Node each) {
    if (each.is("InsertStmt")) duplicates(each["cols"], "is given", finder);
    if (each.is("UpdateStmt") || each.is("OnConflictClause") || each.is("MergeWhenClause") ||
        each.key() == "onConflictClause") {
      duplicates(each["targetList"], "is set", finder);
      whole_and_part(each["targetList"], finder);
    }
    return false;
  });
}

}  // namespace

extern const Rule duplicate_column_assignment;
const Rule duplicate_column_assignment = {
    .is = {.name = "duplicate-column-assignment",
           .severity = Severity::error,
           .summary = "A column is given more than once"},
    .nodes = {"InsertStmt", "UpdateStmt", "MergeStmt", "CreateStmt", "CreateForeignTableStmt",
              "ViewStmt", "CreateTableAsStmt", "SelectStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

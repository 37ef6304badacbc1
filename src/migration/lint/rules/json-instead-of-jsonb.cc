#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

bool is_json(const TypeName& type) { return type.name == "json"; }

void check(const Statement& statement, Finder& finder) {
  statement.node.any([&](Node each) {
    if (!each.is("ColumnDef") || !is_json(type_name(each["typeName"]))) return false;
    const std::string_view name = each["colname"].text();
    finder.find((name.empty() ? "the column" : "column " + quote_identifier(name)) +
                    " is json: it has no equality, so that DISTINCT, GROUP BY and UNION fail on "
                    "queries that select it, and no index can look into it",
                "jsonb", {}, static_cast<int>(each["typeName"]["location"].number()));
    return false;
  });
}

}  // namespace

extern const Rule json_instead_of_jsonb;
const Rule json_instead_of_jsonb = {
    .is = {.name = "json-instead-of-jsonb",
           .severity = Severity::warning,
           .summary = "json has no equality and no index; jsonb has both"},
    .nodes = {"CreateStmt", "AlterTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

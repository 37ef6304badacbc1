#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

void check(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  if (node.is("AlterEnumStmt")) {
    if (node["oldVal"] || !statement.state.is_transaction()) return;
    const KnownType* type = statement.state.schema.type(sql::string_of(node["typeName"].back()));
    if (type != nullptr && type->born == statement.state.unit) return;
    if (statement.state.version < 12)
      finder.find("before PostgreSQL 12, ALTER TYPE … ADD VALUE can't run in a transaction",
                  "a file of its own with -- architrave:transaction none");
    else
      finder.find("a value that is added to " + type_of(statement) +
                      " in a transaction can't be used before it commits",
                  "a file of its own, before the one that uses the value");
    return;
  }
}

}  // namespace

extern const Rule enum_add_value_in_transaction;
const Rule enum_add_value_in_transaction = {
    .is = {.name = "enum-add-value-in-transaction",
           .severity = Severity::warning,
           .summary = "A value added to an enum can't be used in the same transaction"},
    .nodes = {"AlterEnumStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

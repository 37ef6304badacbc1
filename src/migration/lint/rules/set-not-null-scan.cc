#include <algorithm>

#include "catalog/catalog.h"
#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

using catalog::ConstraintType;

namespace {

// A check whose name says the column, validated here but made elsewhere, may be the one that
// spares the scan.
bool nothing_vouches(const Action& action, const Statement& statement) {
  if (statement.state.version < 12) return true;  // which looks at all rows whatever is known
  if (action.what == Do::set_not_null_proved) return false;
  const Table* table = statement.state.schema.table(action.relation);
  if (table == nullptr) return true;
  return std::ranges::none_of(table->constraints, [&](const Constraint& each) {
    return each.validated && each.columns.empty() && each.type == ConstraintType::check &&
           each.name.find(action.column) != std::string_view::npos;
  });
}

void check(const Statement& statement, Finder& finder) {
  if (alters_domain_by(statement, "O", "79"))
    finder.find(tables_of_domain(statement),
                "ADD CONSTRAINT … CHECK (VALUE IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT in "
                "a transaction of its own; or NOT NULL on the columns");
}

}  // namespace

extern const Rule set_not_null_scan;
const Rule set_not_null_scan = {
    .is = {.name = "set-not-null-scan",
           .severity = Severity::error,
           .summary = "SET NOT NULL reads the whole table while nobody else can"},
    .actions = {Do::set_not_null, Do::set_not_null_proved},
    .when = nothing_vouches,
    .message = "SET NOT NULL holds ACCESS EXCLUSIVE on {table} while every row is looked at",
    .instead =
        "ALTER TABLE {table} ADD CONSTRAINT {column}_not_null CHECK ({column} IS NOT NULL) "
        "NOT VALID; then VALIDATE CONSTRAINT in its own transaction; then SET NOT NULL, "
        "which need not look (PostgreSQL 12); then drop the check",
    .nodes = {"AlterDomainStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include <algorithm>

#include "catalog/catalog.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using catalog::ConstraintType;

namespace {

bool has_check_or_not_null(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  if (table == nullptr) return false;
  const Column* column = table->column(action.column);
  return (column != nullptr && column->not_null) ||
         std::ranges::any_of(table->constraints, [&](const Constraint& each) {
           return each.type == ConstraintType::check &&
                  std::ranges::find(each.columns, action.column) != each.columns.end();
         });
}

}  // namespace

extern const Rule change_type_with_check_or_not_null;
const Rule change_type_with_check_or_not_null = {
    .is = {.name = "change-type-with-check-or-not-null",
           .severity = Severity::warning,
           .summary =
               "A changed type has the column's CHECKs and NOT NULL tested again, row by row",
           .needs = "schema"},
    .actions = {Do::set_type, Do::set_type_checked},
    .when = has_check_or_not_null,
    .message =
        "{column} of {table} has a CHECK or is NOT NULL: after the change each row is tested "
        "again under ACCESS EXCLUSIVE",
    .instead =
        "add a new column of the new type, keep it in step with a trigger, fill it in "
        "batches, add its constraints NOT VALID and validate them, then swap the names"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// A check that said what NOT NULL says by now.
bool is_needed(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  const Constraint* constraint = table == nullptr ? nullptr : table->constraint(action.column);
  if (constraint == nullptr || constraint->proves_not_null.empty()) return true;
  const Column* column = table->column(constraint->proves_not_null);
  return column == nullptr || !column->not_null;
}

}  // namespace

extern const Rule drop_foreign_key_constraint;
const Rule drop_foreign_key_constraint = {
    .is = {.name = "drop-foreign-key-constraint",
           .severity = Severity::warning,
           .summary = "Without the constraint, rows that break it get in and keep it from coming "
                      "back"},
    .actions = {Do::drop_constraint, Do::drop_foreign_key},
    .when = is_needed,
    .message =
        "once {column} of {table} is gone, rows that it would refuse are accepted, and it "
        "can't be added again before they are mended",
    .instead =
        "make sure that nothing relies on it; replace a constraint in one statement: DROP "
        "CONSTRAINT …, ADD CONSTRAINT … NOT VALID"};

}  // namespace architrave::migration::lint::rules

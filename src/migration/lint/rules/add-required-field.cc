#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// Also of a table that this migration made, if it has put rows into it.
bool may_have_rows(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  return statement.state.in_use(action.relation) || (table != nullptr && table->filled);
}

}  // namespace

extern const Rule add_required_field;
const Rule add_required_field = {
    .is = {.name = "add-required-field",
           .severity = Severity::error,
           .summary = "A NOT NULL column without a default can't be added to a table with rows"},
    .actions = {Do::add_column_required},
    .in_use = false,
    .when = may_have_rows,
    .message =
        "{column} is NOT NULL and has no default: it fails if {table} has rows, and "
        "inserts of applications that don't know it fail from then on",
    .instead =
        "add it nullable or with a default, fill it in batches, then make it NOT NULL "
        "behind a validated CHECK"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool before_11(const Action&, const Statement& statement) { return statement.state.version < 11; }

}  // namespace

extern const Rule add_column_default_before_pg11;
const Rule add_column_default_before_pg11 = {
    .is = {.name = "add-column-default-before-pg11",
           .severity = Severity::error,
           .summary = "Before PostgreSQL 11 every default of a new column rewrites the table"},
    .actions = {Do::add_column_default},
    .when = before_11,
    .message =
        "this version writes all of {table} anew under ACCESS EXCLUSIVE to put the default "
        "of {column} into each row",
    .instead =
        "ALTER TABLE {table} ADD COLUMN {column} without it, then ALTER COLUMN {column} SET "
        "DEFAULT …, then fill old rows in batches"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule add_column_volatile_default;
const Rule add_column_volatile_default = {
    .is = {.name = "add-column-volatile-default",
           .severity = Severity::error,
           .summary = "A default that differs from row to row rewrites the table under its lock"},
    .actions = {Do::add_column_volatile_default},
    .message =
        "the default of {column} is computed for each row: all of {table} is written anew "
        "under ACCESS EXCLUSIVE",
    .instead =
        "ALTER TABLE {table} ADD COLUMN {column} without it, then ALTER COLUMN {column} SET "
        "DEFAULT …, then fill old rows in batches"};

}  // namespace architrave::migration::lint::rules

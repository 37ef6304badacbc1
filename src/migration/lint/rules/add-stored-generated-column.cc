#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule add_stored_generated_column;
const Rule add_stored_generated_column = {
    .is = {.name = "add-stored-generated-column",
           .severity = Severity::error,
           .summary = "A stored generated column rewrites the table when it is added"},
    .actions = {Do::add_column_stored},
    .message =
        "{column} is computed for each row: all of {table} is written anew under ACCESS "
        "EXCLUSIVE",
    .instead =
        "add {column} as a plain column, keep it with a trigger and fill old rows in "
        "batches; or compute it in a view"};

}  // namespace architrave::migration::lint::rules

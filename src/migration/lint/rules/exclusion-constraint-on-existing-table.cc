#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule exclusion_constraint_on_existing_table;
const Rule exclusion_constraint_on_existing_table = {
    .is = {.name = "exclusion-constraint-on-existing-table",
           .severity = Severity::error,
           .summary = "ADD EXCLUDE builds its index while nobody can read the table"},
    .actions = {Do::add_exclusion},
    .message =
        "ADD EXCLUDE holds ACCESS EXCLUSIVE on {table} while its index is built, and can't "
        "be added NOT VALID",
    .instead =
        "make a new table with the constraint and move the rows in batches, or add it in a "
        "window without traffic, with lock_timeout"};

}  // namespace architrave::migration::lint::rules

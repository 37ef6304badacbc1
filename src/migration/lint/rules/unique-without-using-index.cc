#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule unique_without_using_index;
const Rule unique_without_using_index = {
    .is = {.name = "unique-without-using-index",
           .severity = Severity::error,
           .summary = "ADD UNIQUE builds its index while nobody can read the table"},
    .actions = {Do::add_unique},
    .message = "ADD UNIQUE holds ACCESS EXCLUSIVE on {table} while its index is built",
    .instead =
        "CREATE UNIQUE INDEX CONCURRENTLY name ON {table} (…), then ALTER TABLE {table} ADD "
        "CONSTRAINT name UNIQUE USING INDEX name"};

}  // namespace architrave::migration::lint::rules

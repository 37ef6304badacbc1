#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule primary_key_without_using_index;
const Rule primary_key_without_using_index = {
    .is = {.name = "primary-key-without-using-index",
           .severity = Severity::error,
           .summary = "ADD PRIMARY KEY builds its index while nobody can read the table"},
    .actions = {Do::add_primary_key},
    .message =
        "ADD PRIMARY KEY holds ACCESS EXCLUSIVE on {table} while its index is built and its "
        "columns are searched for nulls",
    .instead =
        "SET NOT NULL behind a validated CHECK, CREATE UNIQUE INDEX CONCURRENTLY name ON "
        "{table} (…), then ALTER TABLE {table} ADD CONSTRAINT name PRIMARY KEY USING INDEX "
        "name"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule truncate;
const Rule truncate = {
    .is = {.name = "truncate",
           .severity = Severity::error,
           .summary = "TRUNCATE empties the table, under ACCESS EXCLUSIVE"},
    .actions = {Do::truncate},
    .message =
        "all rows of {table} are gone, and it is locked for reads and writes until the "
        "transaction ends",
    .instead = "DELETE in batches, of the rows that are meant"};

}  // namespace architrave::migration::lint::rules

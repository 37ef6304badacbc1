#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule drop_index_not_concurrent;
const Rule drop_index_not_concurrent = {
    .is = {.name = "drop-index-not-concurrent",
           .severity = Severity::warning,
           .summary = "DROP INDEX without CONCURRENTLY blocks reads and writes of its table"},
    .actions = {Do::drop_index},
    .message =
        "DROP INDEX {column} takes ACCESS EXCLUSIVE on its table and waits for every query "
        "that runs; all others queue behind it",
    .instead = "DROP INDEX CONCURRENTLY {column}, outside of a transaction"};

}  // namespace architrave::migration::lint::rules

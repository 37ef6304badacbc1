#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule correctness;
const Rule correctness = {
    .is = {.name = "correctness",
           .severity = Severity::warning,
           .summary = "What reads the table's changes, or moves them on, may no longer be right"},
    .actions = {Do::replica_identity, Do::inherit, Do::detach_partition,
                Do::detach_partition_concurrently},
    .message =
        "{table} changes what others take for granted: replicas and change streams by its "
        "replica identity, queries of the parent by which tables belong to it",
    .instead =
        "stop subscribers first, or make sure that they, and queries of the parent, are "
        "right with both"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule detach_partition_not_concurrent;
const Rule detach_partition_not_concurrent = {
    .is = {.name = "detach-partition-not-concurrent",
           .severity = Severity::warning,
           .summary = "DETACH PARTITION without CONCURRENTLY blocks the whole partitioned table"},
    .actions = {Do::detach_partition},
    .when = [](const Action& action,
               const Statement&) { return action.node["subtype"].text() == "AT_DetachPartition"; },
    .message = "DETACH PARTITION takes ACCESS EXCLUSIVE on {table} and on {other}",
    .instead =
        "ALTER TABLE {table} DETACH PARTITION {other} CONCURRENTLY (PostgreSQL 14), outside "
        "of a transaction"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule vacuum_full;
const Rule vacuum_full = {
    .is = {.name = "vacuum-full",
           .severity = Severity::error,
           .summary = "VACUUM FULL and CLUSTER rewrite the table while nobody can read it"},
    .actions = {Do::vacuum_full, Do::cluster, Do::cluster_partitioned, Do::outside_transaction},
    .when =
        [](const Action& action, const Statement& statement) {
          return action.what != Do::outside_transaction || statement.node.is("ClusterStmt");
        },
    .message =
        "{table} is written anew under ACCESS EXCLUSIVE: nobody reads or writes it until "
        "that is done",
    .instead =
        "pg_repack --table={table}, which needs the lock for a moment only; to let space be "
        "used again, VACUUM {table} is enough"};

}  // namespace architrave::migration::lint::rules

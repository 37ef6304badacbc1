#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule refresh_matview_blocking;
const Rule refresh_matview_blocking = {
    .is = {.name = "refresh-matview-blocking",
           .severity = Severity::warning,
           .summary = "REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks its readers"},
    .actions = {Do::refresh_matview},
    .message =
        "REFRESH holds ACCESS EXCLUSIVE on {table} while its query runs: nobody reads it "
        "until then",
    .instead =
        "REFRESH MATERIALIZED VIEW CONCURRENTLY {table}, which needs a unique index of "
        "columns that has no WHERE"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule refresh_matview_concurrently_lock;
const Rule refresh_matview_concurrently_lock = {
    .is = {.name = "refresh-matview-concurrently-lock",
           .severity = Severity::info,
           .summary = "REFRESH CONCURRENTLY still keeps other writers and refreshes out"},
    .actions = {Do::refresh_matview_concurrently},
    .message =
        "REFRESH CONCURRENTLY lets readers of {table} go on, but holds EXCLUSIVE: a second "
        "refresh waits; it fails unless a unique index covers all rows",
    .instead =
        "make sure that a unique index of {table} without WHERE is there, and refresh from "
        "one place, outside of the migration"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule drop_table;
const Rule drop_table = {
    .is = {.name = "drop-table",
           .severity = Severity::error,
           .summary = "A dropped table's rows are gone, and applications that name it fail"},
    .actions = {Do::drop_table},
    .when = [](const Action& action, const Statement&) { return action.other.empty(); },
    .message = "{table} and its rows are gone, and queries that name it fail from this moment on",
    .instead = "rename it first, and drop it a release later, after a backup"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule rename_table;
const Rule rename_table = {
    .is = {.name = "rename-table",
           .severity = Severity::error,
           .summary = "A renamed table breaks every query of a running application that names it"},
    .actions = {Do::rename_table},
    .message = "queries that say {table} fail from this moment on",
    .instead =
        "rename it and make a view under the old name, in the same transaction; drop the "
        "view once nobody uses it"};

}  // namespace architrave::migration::lint::rules

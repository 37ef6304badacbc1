#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule rename_column;
const Rule rename_column = {
    .is = {.name = "rename-column",
           .severity = Severity::error,
           .summary = "A renamed column breaks every query of a running application that names it"},
    .actions = {Do::rename_column},
    .message = "queries that say {column} of {table} fail from this moment on",
    .instead =
        "add a column of the new name, write both, fill old rows, read the new one, and "
        "drop the old one in a later release; or put a view in front of the table"};

}  // namespace architrave::migration::lint::rules

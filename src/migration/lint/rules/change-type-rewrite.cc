#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule change_type_rewrite;
const Rule change_type_rewrite = {
    .is = {.name = "change-type-rewrite",
           .severity = Severity::error,
           .summary = "Changing a column's type rewrites the table and its indexes under its lock",
           .needs = "schema"},
    .actions = {Do::set_type, Do::set_type_reindexed},
    .message =
        "the type of {column} changes: unless old values are valid as they lie on disk, all "
        "of {table} is written anew under ACCESS EXCLUSIVE, and the indexes of {column} are "
        "unless their order stays",
    .instead =
        "add a new column of that type, keep it in step with a trigger, fill it in batches, "
        "then swap the names in one short transaction"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule drop_not_null;
const Rule drop_not_null = {
    .is = {.name = "drop-not-null",
           .severity = Severity::warning,
           .summary = "Readers of a column that was NOT NULL may not expect nulls"},
    .actions = {Do::drop_not_null},
    .message = "applications that read {column} of {table} may not be ready for a null",
    .instead = "first release code that can read nulls, then drop NOT NULL"};

}  // namespace architrave::migration::lint::rules

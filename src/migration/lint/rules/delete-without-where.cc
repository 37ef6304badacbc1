#include "migration/lint/conditions.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule delete_without_where;
const Rule delete_without_where = {.is = {.name = "delete-without-where",
                                          .severity = Severity::error,
                                          .summary = "DELETE without WHERE deletes every row"},
                                   .actions = {Do::remove},
                                   .when = has_no_where,
                                   .message = "every row of {table} is deleted",
                                   .instead = "DELETE FROM {table} WHERE …, in batches"};

}  // namespace architrave::migration::lint::rules

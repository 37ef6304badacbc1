#include "migration/lint/conditions.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule update_without_where;
const Rule update_without_where = {
    .is = {.name = "update-without-where",
           .severity = Severity::error,
           .summary = "UPDATE without WHERE changes every row"},
    .actions = {Do::update},
    .when = has_no_where,
    .message = "every row of {table} is written anew and locked until the transaction ends",
    .instead = "UPDATE {table} SET … WHERE …, in batches"};

}  // namespace architrave::migration::lint::rules

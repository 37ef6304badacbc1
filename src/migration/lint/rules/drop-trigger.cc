#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule drop_trigger;
const Rule drop_trigger = {
    .is = {.name = "drop-trigger",
           .severity = Severity::warning,
           .summary = "Dropping a trigger takes away what it kept true, under ACCESS EXCLUSIVE"},
    .actions = {Do::drop_trigger},
    .message =
        "what trigger {column} kept true of {table} is no longer kept, and DROP TRIGGER "
        "takes ACCESS EXCLUSIVE",
    .instead = "make sure that nothing relies on it; set lock_timeout"};

}  // namespace architrave::migration::lint::rules

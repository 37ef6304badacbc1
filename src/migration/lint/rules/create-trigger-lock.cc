#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule create_trigger_lock;
const Rule create_trigger_lock = {
    .is = {.name = "create-trigger-lock",
           .severity = Severity::warning,
           .summary = "CREATE TRIGGER blocks writes, and each write pays for it afterwards"},
    .actions = {Do::create_trigger},
    .message =
        "CREATE TRIGGER {column} takes SHARE ROW EXCLUSIVE on {table}: writes wait for it, "
        "and it waits for those that run",
    .instead =
        "set lock_timeout and try again, in a transaction that does nothing else; keep what "
        "the trigger does short"};

}  // namespace architrave::migration::lint::rules

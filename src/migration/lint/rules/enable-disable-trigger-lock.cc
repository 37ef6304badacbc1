#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule enable_disable_trigger_lock;
const Rule enable_disable_trigger_lock = {
    .is = {.name = "enable-disable-trigger-lock",
           .severity = Severity::warning,
           .summary = "Enabling or disabling a trigger blocks writes; while it is off, its rule is "
                      "not kept"},
    .actions = {Do::enable_trigger},
    .message =
        "takes SHARE ROW EXCLUSIVE on {table}: writes wait; rows that change while a "
        "trigger is off are never seen by it, foreign keys included",
    .instead =
        "SET LOCAL session_replication_role = replica in the one session that must not fire "
        "triggers, or a condition in the trigger itself"};

}  // namespace architrave::migration::lint::rules

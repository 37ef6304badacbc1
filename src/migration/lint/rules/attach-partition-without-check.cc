#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// Child tables that no validated CHECK vouches for are scanned under the lock.
bool child_is_in_use(const Action& action, const Statement& statement) {
  return statement.state.in_use(action.other);
}

}  // namespace

extern const Rule attach_partition_without_check;
const Rule attach_partition_without_check = {
    .is = {.name = "attach-partition-without-check",
           .severity = Severity::warning,
           .summary = "ATTACH PARTITION scans the new partition under its lock unless a CHECK says "
                      "what is in it",
           .needs = "schema"},
    .actions = {Do::attach_partition},
    .in_use = false,
    .when = child_is_in_use,
    .message =
        "ATTACH PARTITION reads all of {other} under ACCESS EXCLUSIVE to see whether its "
        "rows belong there",
    .instead =
        "first ALTER TABLE {other} ADD CONSTRAINT bounds CHECK (the bounds, and the key IS "
        "NOT NULL) NOT VALID, then VALIDATE CONSTRAINT bounds; attach it then, and drop the "
        "constraint afterwards"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule check_without_not_valid;
const Rule check_without_not_valid = {
    .is = {.name = "check-without-not-valid",
           .severity = Severity::error,
           .summary = "A CHECK that is validated at once blocks reads and writes of its table"},
    .actions = {Do::add_check},
    .message = "ADD CHECK holds ACCESS EXCLUSIVE on {table} while every row is checked",
    .instead =
        "ADD CONSTRAINT … CHECK (…) NOT VALID, and in a later transaction ALTER TABLE "
        "{table} VALIDATE CONSTRAINT …"};

}  // namespace architrave::migration::lint::rules

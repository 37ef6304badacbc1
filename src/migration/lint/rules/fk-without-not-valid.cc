#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// With the column that brings it along no row can break it, but both tables are locked.
bool without_not_valid(const Action& action, const Statement&) {
  return !action.node["skip_validation"].flag();
}

}  // namespace

extern const Rule fk_without_not_valid;
const Rule fk_without_not_valid = {
    .is = {.name = "fk-without-not-valid",
           .severity = Severity::error,
           .summary = "A foreign key that is validated at once blocks writes to both tables"},
    .actions = {Do::add_foreign_key, Do::add_foreign_key_not_valid},
    .when = without_not_valid,
    .message =
        "ADD FOREIGN KEY holds SHARE ROW EXCLUSIVE on {table} and {other} while every row "
        "is checked: writes to both wait",
    .instead =
        "ALTER TABLE {table} ADD CONSTRAINT … FOREIGN KEY … REFERENCES {other} NOT VALID, "
        "and in a later transaction ALTER TABLE {table} VALIDATE CONSTRAINT …"};

}  // namespace architrave::migration::lint::rules

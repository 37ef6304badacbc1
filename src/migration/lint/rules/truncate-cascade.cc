#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool cascades(const Action&, const Statement& statement) {
  return statement.node["behavior"].text() == "DROP_CASCADE";
}

}  // namespace

extern const Rule truncate_cascade;
const Rule truncate_cascade = {
    .is = {.name = "truncate-cascade",
           .severity = Severity::error,
           .summary = "TRUNCATE CASCADE empties every table that references this one"},
    .actions = {Do::truncate},
    .in_use = false,
    .when = cascades,
    .message =
        "every table with a foreign key to {table} is emptied as well, and those that "
        "reference them",
    .instead = "name all tables: TRUNCATE {table}, …"};

}  // namespace architrave::migration::lint::rules

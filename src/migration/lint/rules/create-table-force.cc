#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// DROP TABLE x … CREATE TABLE x in one migration.
bool was_dropped(const Action& action, const Statement& statement) {
  return statement.state.dropped.contains(action.relation);
}

}  // namespace

extern const Rule create_table_force;
const Rule create_table_force = {
    .is = {.name = "create-table-force",
           .severity = Severity::error,
           .summary = "A table that is dropped and made again loses its rows, rights and foreign "
                      "keys"},
    .actions = {Do::create_table},
    .in_use = false,
    .when = was_dropped,
    .message =
        "{table} was dropped in this migration and is made anew: rows, grants, comments and "
        "foreign keys to it are gone",
    .instead =
        "change what is there with ALTER TABLE {table}, or make a table of another name and "
        "move the rows"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule set_logged_unlogged;
const Rule set_logged_unlogged = {
    .is = {.name = "set-logged-unlogged",
           .severity = Severity::error,
           .summary = "SET LOGGED and SET UNLOGGED rewrite the table under its lock"},
    .actions = {Do::set_logged},
    .message = "all of {table} is written anew under ACCESS EXCLUSIVE, and into the log",
    .instead = "a new table beside it, filled in batches, and a swap of names"};

}  // namespace architrave::migration::lint::rules

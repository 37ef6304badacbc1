#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool may_be_nullable(const Action& action, const Statement&) {
  return !action.node["indexname"].text().empty();
}

}  // namespace

extern const Rule pk_using_index_on_nullable_column;
const Rule pk_using_index_on_nullable_column = {
    .is = {.name = "pk-using-index-on-nullable-column",
           .severity = Severity::warning,
           .summary = "PRIMARY KEY USING INDEX of columns that may be null reads the whole table",
           .needs = "schema"},
    .actions = {Do::add_primary_key_using_nullable_index},
    .when = may_be_nullable,
    .message =
        "nothing says that the key's columns are NOT NULL: PRIMARY KEY sets that, and reads "
        "all of {table} under ACCESS EXCLUSIVE",
    .instead =
        "ADD CHECK (… IS NOT NULL) NOT VALID, VALIDATE it, SET NOT NULL, each in its own "
        "transaction; then add the key"};

}  // namespace architrave::migration::lint::rules

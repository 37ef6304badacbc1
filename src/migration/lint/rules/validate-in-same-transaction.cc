#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool added_in_same_transaction(const Action& action, const Statement& statement) {
  return statement.state.is_transaction() &&
         statement.state.not_valid.contains(action.relation + '.' + std::string(action.column));
}

}  // namespace

extern const Rule validate_in_same_transaction;
const Rule validate_in_same_transaction = {
    .is = {.name = "validate-in-same-transaction",
           .severity = Severity::error,
           .summary = "Validating in the transaction that added the constraint keeps its lock"},
    .actions = {Do::validate_check, Do::validate_foreign_key},
    .when = added_in_same_transaction,
    .message =
        "{column} was added in this transaction, whose lock on {table} is held while all "
        "rows are read: NOT VALID gains nothing",
    .instead =
        "commit first: put ALTER TABLE {table} VALIDATE CONSTRAINT {column} into a file of "
        "its own"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"
#include "migration/lint/waits.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  missing(statement, finder, idle_timeout,
          " without idle_in_transaction_session_timeout: if the client hangs, the lock is held "
          "until somebody finds out",
          "SET LOCAL idle_in_transaction_session_timeout = '10s' at the top of the transaction");
}

}  // namespace

extern const Rule missing_idle_in_transaction_timeout;
const Rule missing_idle_in_transaction_timeout = {
    .is = {.name = "missing-idle-in-transaction-timeout",
           .severity = Severity::info,
           .summary = "Nothing ends a transaction whose client hangs while it holds a lock"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"
#include "migration/lint/waits.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  missing(statement, finder, lock_timeout,
          " without lock_timeout: while it waits behind one long query, everybody else waits "
          "behind it",
          "SET LOCAL lock_timeout = '2s' at the top of the transaction, and try again when it "
          "fails");
}

}  // namespace

extern const Rule missing_lock_timeout;
const Rule missing_lock_timeout = {
    .is = {.name = "missing-lock-timeout",
           .severity = Severity::warning,
           .summary = "A lock that others wait behind is asked for without lock_timeout"},
    .check = check};

}  // namespace architrave::migration::lint::rules

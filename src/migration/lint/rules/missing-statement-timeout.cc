#include "migration/lint/rule.h"
#include "migration/lint/waits.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  missing(statement, finder, statement_timeout,
          " without statement_timeout: nothing ends it should it take hours",
          "SET LOCAL statement_timeout = '30s' at the top of the transaction");
}

}  // namespace

extern const Rule missing_statement_timeout;
const Rule missing_statement_timeout = {
    .is = {.name = "missing-statement-timeout",
           .severity = Severity::info,
           .summary = "Nothing ends a statement that holds a lock too long"},
    .check = check};

}  // namespace architrave::migration::lint::rules

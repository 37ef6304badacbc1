#include "migration/lint/rule.h"
#include "migration/lint/waits.h"

namespace architrave::migration::lint::rules {

namespace {

constexpr std::int64_t longest_statement_timeout = 300'000;

void check(const Statement& statement, Finder& finder) {
  too_long(statement, finder, statement_timeout, longest_statement_timeout,
           "statement_timeout off: it may be held for hours", "a statement_timeout",
           "a few seconds for what locks; long work belongs into statements that do not lock, or "
           "into batches");
}

}  // namespace

extern const Rule statement_timeout_too_long;
const Rule statement_timeout_too_long = {
    .is = {.name = "statement-timeout-too-long",
           .severity = Severity::info,
           .summary = "statement_timeout is off, or longer than a lock should be held"},
    .check = check};

}  // namespace architrave::migration::lint::rules

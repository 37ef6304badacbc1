#include "migration/lint/rule.h"
#include "migration/lint/waits.h"

namespace architrave::migration::lint::rules {

namespace {

constexpr std::int64_t longest_lock_timeout = 10'000;

void check(const Statement& statement, Finder& finder) {
  too_long(statement, finder, lock_timeout, longest_lock_timeout,
           "lock_timeout off: it waits for ever, with everybody else behind it", "a lock_timeout",
           "SET LOCAL lock_timeout = '2s', and try again when it fails");
}

}  // namespace

extern const Rule lock_timeout_zero_or_too_long;
const Rule lock_timeout_zero_or_too_long = {
    .is = {.name = "lock-timeout-zero-or-too-long",
           .severity = Severity::warning,
           .summary = "lock_timeout is off, or longer than others should wait"},
    .check = check};

}  // namespace architrave::migration::lint::rules

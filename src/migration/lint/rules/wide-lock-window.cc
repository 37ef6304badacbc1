#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  const State& state = statement.state;
  if (!state.is_transaction() || state.exclusive_tables == 0 || state.wide_reported) return;
  for (const Effect& each : statement.effects.relations) {
    if (each.through >= 0 || each.lock != Lock::access_exclusive || !state.in_use(each.relation))
      continue;
    const auto held = state.held.find(each.relation);
    if (held != state.held.end() && held->second.lock == Lock::access_exclusive) continue;
    finder.find("the transaction holds ACCESS EXCLUSIVE on " + quoted(state.exclusive_table) +
                    " (line " + std::to_string(state.exclusive_line) + ") while it waits for " +
                    quoted(each.relation) +
                    ": the window widens, and a transaction that takes them in the other order "
                    "deadlocks with it",
                "one table a transaction", each.relation);
    return;
  }
}

}  // namespace

extern const Rule wide_lock_window;
const Rule wide_lock_window = {
    .is = {.name = "wide-lock-window",
           .severity = Severity::warning,
           .summary = "One transaction locks several tables for everybody"},
    .check = check};

}  // namespace architrave::migration::lint::rules

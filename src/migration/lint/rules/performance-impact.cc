#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  for (const Action& action : statement.actions) {
    const EffectRow& row = effect_row(action.what, statement.state.version);
    if (!statement.state.in_use(action.relation) || action.relation.empty()) continue;
    if (row.lock > Lock::share_update_exclusive || !(row.scans || row.rewrites)) continue;
    finder.find(std::string(row.words) + " reads all of " + quoted(action.relation) +
                    ": nothing waits for it, but its reads and writes are felt by all",
                "run it in a quiet hour, and watch replication lag", action.relation);
    return;
  }
}

}  // namespace

extern const Rule performance_impact;
const Rule performance_impact = {
    .is = {.name = "performance-impact",
           .severity = Severity::info,
           .summary = "It reads a whole table beside everybody else's work"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (statement.effects.transactional || !statement.state.surely_transaction()) return;
  const Action& action = statement.actions.front();
  const EffectRow& row = effect_row(action.what, statement.state.version);
  finder.find(std::string(row.words) + " fails in a transaction" +
                  (statement.state.begun_at > 0
                       ? ", and this one began in line " + std::to_string(statement.state.begun_at)
                       : std::string()),
              "a file of its own with -- architrave:transaction none, or COMMIT before it",
              action.relation);
}

}  // namespace

extern const Rule concurrently_in_transaction;
const Rule concurrently_in_transaction = {
    .is = {.name = "concurrently-in-transaction",
           .severity = Severity::error,
           .summary = "A statement that can't run in a transaction stands in one"},
    .check = check};

}  // namespace architrave::migration::lint::rules

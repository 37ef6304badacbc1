#include <algorithm>

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool touches_rows(const Statement& statement) {
  if (statement.node.is("DoStmt") || statement.node.is("CallStmt")) return true;
  return std::ranges::any_of(statement.actions, [&](const Action& each) {
    const EffectRow& row = effect_row(each.what, statement.state.version);
    return (each.what >= Do::read && each.what <= Do::copy_from) || row.scans || row.rewrites;
  });
}

void check(const Statement& statement, Finder& finder) {
  const State& state = statement.state;
  if (state.exclusive_tables == 0 || !state.is_transaction() || !touches_rows(statement)) return;
  finder.find("nobody reads or writes " + quoted(state.exclusive_table) +
                  " while this runs: line " + std::to_string(state.exclusive_line) +
                  " of the same transaction holds ACCESS EXCLUSIVE on it",
              "commit first: what locks goes last, into a transaction of its own");
}

}  // namespace

extern const Rule statement_while_holding_access_exclusive;
const Rule statement_while_holding_access_exclusive = {
    .is = {.name = "statement-while-holding-access-exclusive",
           .severity = Severity::warning,
           .summary = "A statement that takes its time runs while a table is locked for everybody"},
    .check = check};

}  // namespace architrave::migration::lint::rules

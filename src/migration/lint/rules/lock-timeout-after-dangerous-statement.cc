#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (statement.node["name"].text() != "lock_timeout" || statement.state.dangerous_line == 0)
    return;
  finder.find("line " + std::to_string(statement.state.dangerous_line) +
                  " has taken a lock that others wait behind by then",
              "set lock_timeout before the first statement that locks");
}

}  // namespace

extern const Rule lock_timeout_after_dangerous_statement;
const Rule lock_timeout_after_dangerous_statement = {
    .is = {.name = "lock-timeout-after-dangerous-statement",
           .severity = Severity::warning,
           .summary = "lock_timeout is set after the lock was taken"},
    .nodes = {"VariableSetStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  const std::string_view kind = statement.node["kind"].text();
  const State& state = statement.state;
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    if (state.transaction == Transaction::begun)
      finder.find(
          "the transaction that began in line " + std::to_string(state.begun_at) +
              " still runs: this BEGIN does nothing but warn, and the next COMMIT ends both",
          "COMMIT before it, or leave it out; SAVEPOINT for a part that may fail");
    else if (state.transaction == Transaction::declared)
      finder.find("the file runs in a transaction already: this BEGIN does nothing but warn",
                  "leave BEGIN and COMMIT out, or say -- architrave:transaction none");
  } else if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK") {
    if (state.transaction == Transaction::declared)
      finder.find(
          "ends the transaction in which the file runs: what follows is committed "
          "statement by statement, and can't be taken back as one",
          "leave BEGIN and COMMIT out, or say -- architrave:transaction none");
    else if (state.transaction != Transaction::begun)
      finder.find("no BEGIN is open here",
                  "leave it out, or begin the transaction that it is meant to end");
  }
}

}  // namespace

extern const Rule transaction_nesting;
const Rule transaction_nesting = {
    .is = {.name = "transaction-nesting",
           .severity = Severity::warning,
           .summary = "BEGIN inside of a transaction, or COMMIT outside of one"},
    .nodes = {"TransactionStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

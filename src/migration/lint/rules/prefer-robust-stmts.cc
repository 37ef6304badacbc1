#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

void check(const Statement& statement, Finder& finder) {
  const State& state = statement.state;
  const Node node = statement.node;
  // In a transaction nothing is left half done; and of a single statement neither.
  const bool alone = !statement.effects.transactional;
  if (!alone && (state.surely_transaction() || state.statements_in_all < 2)) return;
  const auto say = [&](const std::string& what, std::string instead, int location = -1) {
    finder.find(what + ": when the file is run again after a failure, it fails here",
                std::move(instead),
                statement.actions.empty() ? std::string_view()
                                          : std::string_view(statement.actions.front().relation),
                location);
  };
  if (node.is("CreateStmt")) {
    if (!node["if_not_exists"].flag() && (node["oncommit"].text() != "ONCOMMIT_DROP" ||
                                          node["relation"]["relpersistence"].text() != "t"))
      say("the table may be there already", "CREATE TABLE IF NOT EXISTS");
  } else if (node.is("IndexStmt")) {
    if (!node["if_not_exists"].flag() && !node["idxname"].text().empty())
      say("the index may be there already", "CREATE INDEX … IF NOT EXISTS");
  } else if (node.is("DropStmt")) {
    if (!node["missing_ok"].flag()) say("it may be gone already", "DROP … IF EXISTS");
  } else if (node.is("AlterTableStmt")) {
    for (const Node each : node["cmds"]) {
      const std::string_view what = each["subtype"].text();
      const Node definition = each["def"];
      const int location =
          definition["location"] ? static_cast<int>(definition["location"].number()) : -1;
      if (what == "AT_AddColumn" && !each["missing_ok"].flag())
        say("the column may be there already", "ADD COLUMN IF NOT EXISTS", location);
      if ((what == "AT_DropColumn" || what == "AT_DropConstraint") && !each["missing_ok"].flag())
        say("it may be gone already",
            what == "AT_DropColumn" ? "DROP COLUMN IF EXISTS" : "DROP CONSTRAINT IF EXISTS");
      if (what == "AT_AddConstraint" &&
          !state.dropped_constraints.contains(state.schema.name_of(node["relation"]) + '.' +
                                              std::string(definition["conname"].text())))
        say("the constraint may be there already",
            "ALTER TABLE … DROP CONSTRAINT IF EXISTS … before it", location);
    }
  }
}

}  // namespace

extern const Rule prefer_robust_stmts;
const Rule prefer_robust_stmts = {
    .is = {.name = "prefer-robust-stmts",
           .severity = Severity::info,
           .summary = "A statement outside of a transaction that can't be run again"},
    .nodes = {"CreateStmt", "IndexStmt", "DropStmt", "AlterTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include <algorithm>

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// What rewrites and has no rule of its own.
bool has_no_rule(Do what) {
  return what == Do::set_access_method || what == Do::set_tablespace ||
         what == Do::add_column_constrained_domain;
}

void check(const Statement& statement, Finder& finder) {
  if (statement.node.is("TruncateStmt")) return;
  const State& state = statement.state;
  const auto& relations = statement.effects.relations;
  for (const Effect& written : relations) {
    if (!written.rewrites || !state.in_use(written.relation)) continue;
    // Of a partition, the table that the statement names.
    const Effect& each =
        written.through < 0 ? written : relations[static_cast<std::size_t>(written.through)];
    std::string message;
    for (const std::string& other : state.first_held) {
      if (other == each.relation || !message.empty()) continue;
      const Held& held = state.held.at(other);
      message = "all of " + quoted(each.relation) + " is written anew while line " +
                std::to_string(held.line) + " of the same transaction holds " +
                std::string(to_string(held.lock)) + " on " + quoted(other) + " too";
    }
    if (message.empty() && std::ranges::any_of(statement.actions, has_no_rule, &Action::what))
      message = "all of " + quoted(each.relation) + " is written anew under " +
                std::string(to_string(each.lock));
    if (message.empty()) continue;
    finder.find(std::move(message),
                "the rewrite in a transaction of its own; better, in steps: a new column or table "
                "beside it, filled in batches, and a short swap, which architrave migrate plan "
                "writes",
                each.relation);
    return;
  }
}

}  // namespace

extern const Rule rewrite_under_dangerous_lock;
const Rule rewrite_under_dangerous_lock = {
    .is = {.name = "rewrite-under-dangerous-lock",
           .severity = Severity::error,
           .summary = "A table is written anew while others wait, for another table too"},
    .check = check};

}  // namespace architrave::migration::lint::rules

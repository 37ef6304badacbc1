#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool says_the_same(const Constraint& a, const Constraint& b) {
  if (a.references_schema != b.references_schema || a.references_table != b.references_table ||
      a.columns.size() != b.columns.size())
    return false;
  const auto pairs = [](const Constraint& key) {
    std::set<std::pair<std::string, std::string>> set;
    for (std::size_t i = 0; i < std::min(key.columns.size(), key.references_columns.size()); ++i)
      set.emplace(key.columns[i], key.references_columns[i]);
    return set;
  };
  return pairs(a) == pairs(b);
}

bool acts_the_same(const Constraint& a, const Constraint& b) {
  return a.on_delete == b.on_delete && a.on_update == b.on_update && a.match_full == b.match_full &&
         a.deferrable == b.deferrable && a.deferred == b.deferred;
}

Proposal drop(const Relation& table, const Constraint& key) {
  Proposal fix = alter_table(table, "drop_constraint",
                             fmt::format("DROP CONSTRAINT {}", catalog::quote_identifier(key.name)),
                             "", Lock::access_exclusive);
  fix.down = statements_of(table, key);
  fix.title =
      fmt::format("Drop foreign key {} of {}", catalog::quote_identifier(key.name), name_of(table));
  fix.why = "The other one checks the same; each row is then checked once.";
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    std::vector<const Constraint*> kept;
    std::vector<const Constraint*> keys;
    for (const Constraint& key : table->constraints)
      if (key.type == ConstraintType::foreign_key && !key.inherited) keys.push_back(&key);
    std::ranges::stable_sort(keys, std::greater{}, &Constraint::validated);
    for (const Constraint* key : keys) {
      const auto twin = std::ranges::find_if(
          kept, [&](const Constraint* each) { return says_the_same(*each, *key); });
      if (twin == kept.end()) {
        kept.push_back(key);
        continue;
      }
      const bool same = acts_the_same(**twin, *key);
      verdict.find(
          subject_of(*table, *key),
          fmt::format("{} and {} of {} are the same foreign key{}.",
                      catalog::quote_identifier(key->name),
                      catalog::quote_identifier((*twin)->name), name_of(*table),
                      same ? ": every change is checked twice"
                           : ", and say different things about what a delete or update does"),
          {{"same as", (*twin)->name}, {"columns", join(key->columns, ", ")}},
          same ? std::optional(drop(*table, *key)) : std::nullopt);
    }
  }
}

}  // namespace

extern const Rule duplicate_fk;
const Rule duplicate_fk = {.name = "duplicate-fk",
                           .severity = Severity::warning,
                           .area = Area::keys,
                           .summary = "Two foreign keys that say the same",
                           .engines = Engines::postgresql,
                           .serves = {},
                           .needs_workload = false,
                           .check = check};

}  // namespace architrave::review::rules

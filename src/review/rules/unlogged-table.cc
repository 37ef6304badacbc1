#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    // Caches, sessions and imports are what UNLOGGED is for.
    if (!table->unlogged || stands_apart(*table)) continue;
    const bool refers_to_unlogged =
        std::ranges::any_of(table->constraints, [&](const Constraint& key) {
          const Relation* parent =
              look.catalog.relation(key.references_schema, key.references_table);
          return parent != nullptr && parent != table && parent->unlogged;
        });
    std::optional<Proposal> fix;
    if (!refers_to_unlogged && table->kind == RelationKind::table) {
      fix = alter_table(*table, "set_logged", "SET LOGGED", "SET UNLOGGED", Lock::access_exclusive);
      fix->title = fmt::format("Log {}", name_of(*table));
      fix->why = "Its rows survive a crash and reach the replicas and backups.";
      fix->impact.rewrites = true;
      fix->impact.seconds_estimate = seconds_for(look, *table, Rates::rewrite);
      fix->effort = 2;
      fix->risk = 3;
    }
    verdict.find(
        subject_of(*table),
        fmt::format("{} is unlogged: it is empty after a crash, on every replica and after "
                    "a restore of a physical backup.",
                    name_of(*table)),
        {}, std::move(fix));
  }
}

}  // namespace

extern const Rule unlogged_table;
const Rule unlogged_table = {.name = "unlogged-table",
                             .severity = Severity::warning,
                             .area = Area::model,
                             .summary = "A table that a crash empties",
                             .engines = Engines::postgresql,
                             .serves = {"BCK-1"},
                             .needs_workload = false,
                             .check = check};

}  // namespace architrave::review::rules

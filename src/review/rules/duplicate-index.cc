#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

// A foreign key hangs on one of the unique indexes of what it refers to: usually on the one that a
// constraint made, which was there first. Where there is none, it may hang on this one.
bool may_hold_a_foreign_key(const Look& look, const Relation& table, const Index& index,
                            const Index& twin) {
  if (!index.unique || !index.predicate.empty()) return false;
  const auto constraint = std::ranges::find(table.constraints, twin.constraint, &Constraint::name);
  if (twin.primary || (constraint != table.constraints.end() && !constraint->deferrable))
    return false;
  const std::vector<std::string> columns = columns_of(index);
  return std::ranges::any_of(
      look.lookup.referencing(table), [&](const catalog::Lookup::ForeignKey& key) {
        return std::ranges::is_permutation(key.constraint->references_columns, columns);
      });
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.is_partition()) continue;
    for (const Index& index : table.indexes) {
      const Index* twin = covering(table, index);
      if (twin == nullptr || !is_same(*twin, index)) continue;
      std::optional<Proposal> fix;
      if (can_drop(table, index) && !may_hold_a_foreign_key(look, table, index, *twin))
        fix = drop_index(look, table, index,
                         fmt::format("{} answers the same queries; each write gets cheaper.",
                                     catalog::quote_identifier(twin->name)));
      Evidence evidence = {{"same as", twin->name}};
      if (index.stats) evidence.push_back({"bytes", index.stats->bytes});
      if (!index.constraint.empty()) evidence.push_back({"constraint", index.constraint});
      verdict.find(subject_of(table, index),
                   fmt::format("{} is the same index of {} as {}: every write maintains both.",
                               catalog::quote_identifier(index.name), name_of(table),
                               catalog::quote_identifier(twin->name)),
                   std::move(evidence), std::move(fix));
    }
  }
}

}  // namespace

extern const Rule duplicate_index;
const Rule duplicate_index = {.name = "duplicate-index",
                              .severity = Severity::warning,
                              .area = Area::indexes,
                              .summary = "An index that is the same as another one",
                              .engines = Engines::all,
                              .serves = {"DB-2"},
                              .needs_workload = false,
                              .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.is_partition()) continue;
    for (const Index& index : table.indexes) {
      const Index* twin = covering(table, index);
      if (twin == nullptr || !is_same(*twin, index)) continue;
      std::optional<Proposal> fix;
      if (can_drop(table, index))
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

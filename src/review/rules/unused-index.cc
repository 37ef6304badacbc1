#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!has_evidence_of_use(look, verdict)) return;
  for (const Relation& table : look.catalog.relations) {
    if (table.is_partition()) continue;
    for (const Index& index : table.indexes) {
      if (!is_unused(look, table, index)) continue;
      std::optional<Proposal> fix;
      if (can_drop(table, index)) {
        fix = drop_index(look, table, index,
                         "Writes get cheaper and its disk is free. Look at the replicas first: "
                         "each counts its own scans.");
        fix->risk = 2;
      }
      verdict.find(subject_of(table, index),
                   fmt::format("No query has used {} of {}: {} that every write maintains.",
                               catalog::quote_identifier(index.name), name_of(table),
                               human_bytes(index.stats->bytes)),
                   {{"scans", std::int64_t{0}}, {"bytes", index.stats->bytes}}, std::move(fix));
    }
  }
}

}  // namespace

extern const Rule unused_index;
const Rule unused_index = {.name = "unused-index",
                           .severity = Severity::warning,
                           .area = Area::indexes,
                           .summary = "An index that no query has used",
                           .engines = Engines::postgresql,
                           .serves = {"DB-2"},
                           .needs_workload = true,
                           .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!has_evidence_of_use(look, verdict)) return;
  for (const Relation& table : look.catalog.relations) {
    if (table.kind != RelationKind::table || !table.stats || table.options.contains("fillfactor"))
      continue;
    const std::int64_t updated = table.stats->updated.value_or(0);
    if (!table.stats->hot_updated || updated < 100'000) continue;
    const double share =
        static_cast<double>(*table.stats->hot_updated) / static_cast<double>(updated);
    if (share >= 0.5) continue;
    const std::string name = name_of(table);
    Proposal fix = set_table_option(
        name, "fillfactor", "90", fmt::format("Leave room for updates in {}", name),
        "With a tenth of each page free, a new version of a row finds room beside the old one and "
        "no index has to change. It helps only where the updated columns are in no index, and "
        "holds for pages that are written from now on.");
    verdict.find(about(table),
                 fmt::format("{:.0f} % of the updates of {} had to change every index: its pages "
                             "leave no room for new versions of rows",
                             100 * (1 - share), table.name),
                 {{"updates", updated}, {"heap-only updates", *table.stats->hot_updated}},
                 std::move(fix));
  }
}

}  // namespace

extern const Rule table_fillfactor_hot;
const Rule table_fillfactor_hot = {.name = "table-fillfactor-hot",
                                   .severity = Severity::info,
                                   .area = Area::maintenance,
                                   .summary = "Updates leave no room on their page",
                                   .serves = {},
                                   .needs_workload = true,
                                   .check = check};

}  // namespace architrave::review::rules

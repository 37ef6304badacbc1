#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.kind != RelationKind::table && table.kind != RelationKind::materialized_view)
      continue;
    if (!table.stats || table.stats->last_analyze) continue;
    const std::int64_t live = table.stats->live_rows.value_or(0);
    // Statistics that came with a copy or a restore are as good as collected ones.
    const bool has_column_stats = std::ranges::any_of(
        table.columns, [](const Column& column) { return column.stats.has_value(); });
    if (live < 1000 || has_column_stats) continue;
    verdict.find(
        about(table),
        fmt::format("{} has {} rows and was never analyzed: the planner guesses; run "
                    "ANALYZE {}",
                    table.name, human_count(live), name_of(table)),
        {{"live rows", live}, {"modified", table.stats->modified_since_analyze.value_or(0)}});
  }
}

}  // namespace

extern const Rule never_analyzed;
const Rule never_analyzed = {.name = "never-analyzed",
                             .area = Area::maintenance,
                             .summary = "The planner knows nothing of a table's rows",
                             .serves = {},
                             .needs_workload = true,
                             .check = check};

}  // namespace architrave::review::rules

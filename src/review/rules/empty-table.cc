#include <fmt/format.h>

#include <cstdint>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* each : counted_tables(look, verdict)) {
    const Relation& table = *each;
    // A parent of other tables may be empty for good.
    if (!look.lookup.children(table).empty()) continue;
    const catalog::RelationStats& stats = *table.stats;
    const bool is_empty = stats.bytes == 0 && stats.live_rows.value_or(1) == 0;
    if (!is_empty || stats.inserted.value_or(1) > 0) continue;
    verdict.find(about(table),
                 fmt::format("{} is empty, and nothing was inserted in {:.0f} days", table.name,
                             counted_days(look.catalog).value_or(0)),
                 {{"live rows", std::int64_t{0}}, {"inserted", std::int64_t{0}}});
  }
}

}  // namespace

extern const Rule empty_table;
const Rule empty_table = {.name = "empty-table",
                          .severity = Severity::info,
                          .area = Area::model,
                          .summary = "A table that nobody has ever filled",
                          .serves = {},
                          .needs_workload = true,
                          .check = check};

}  // namespace architrave::review::rules

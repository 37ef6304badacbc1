#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

// Written all the time and read on the day of the accident.
bool is_journal(const Relation& table) {
  static constexpr std::string_view words[] = {"audit",   "audits", "event", "events", "history",
                                               "journal", "log",    "logs",  "ledger"};
  return std::ranges::any_of(name_words(table.name), [](const std::string& word) {
    return std::ranges::find(words, word) != std::end(words);
  });
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* each : counted_tables(look, verdict)) {
    const Relation& table = *each;
    if (is_journal(table)) continue;
    const catalog::RelationStats& stats = *table.stats;
    if (!stats.sequential_scans || *stats.sequential_scans + stats.index_scans.value_or(0) > 0)
      continue;
    const double rows = rows_of(table).value_or(0);
    if (rows < 1) continue;
    const double days = counted_days(look.catalog).value_or(0);
    verdict.find(
        about(table),
        fmt::format("{} holds {} and nobody has read it for {:.0f} days", table.name,
                    plural(static_cast<std::int64_t>(rows), "row"), days),
        {{"days", days}, {"bytes", stats.total_bytes}, {"inserted", stats.inserted.value_or(0)}});
  }
}

}  // namespace

extern const Rule never_read_table;
const Rule never_read_table = {.name = "never-read-table",
                               .severity = Severity::info,
                               .area = Area::model,
                               .summary = "A table that is kept and never read",
                               .serves = {},
                               .needs_workload = true,
                               .check = check};

}  // namespace architrave::review::rules

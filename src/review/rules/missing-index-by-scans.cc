#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr double many_rows = 100'000;
constexpr std::int64_t many_scans = 500;
constexpr double whole = 0.5;   // of the table a scan reads: less is a LIMIT that ended early
constexpr double mostly = 0.5;  // of all scans

void check(const Look& look, Verdict& verdict) {
  if (!has_evidence_of_use(look, verdict)) return;
  for (const Relation& table : look.catalog.relations) {
    if (table.kind != RelationKind::table || !table.stats || !table.stats->sequential_scans ||
        !table.stats->sequential_rows_read)
      continue;
    const double rows = rows_of(table).value_or(0);
    const std::int64_t scans = *table.stats->sequential_scans;
    const std::int64_t indexed = table.stats->index_scans.value_or(0);
    if (rows < many_rows || scans < many_scans) continue;
    const double each =
        static_cast<double>(*table.stats->sequential_rows_read) / static_cast<double>(scans);
    const double share = static_cast<double>(scans) / static_cast<double>(scans + indexed);
    if (each < whole * rows || share < mostly) continue;
    // Which columns it lacks an index on, only the queries tell.
    verdict.find(subject_of(table),
                 fmt::format("{} of {} rows was read from end to end {} times, {:.0f} % of all its "
                             "scans.",
                             name_of(table), human_count(static_cast<std::int64_t>(rows)),
                             human_count(scans), share * 100),
                 {{"sequential scans", scans},
                  {"index scans", indexed},
                  {"rows read each time", static_cast<std::int64_t>(each)}});
  }
}

}  // namespace

extern const Rule missing_index_by_scans;
const Rule missing_index_by_scans = {.name = "missing-index-by-scans",
                                     .severity = Severity::warning,
                                     .area = Area::performance,
                                     .summary = "A large table that is mostly read from end to end",
                                     .engines = Engines::postgresql,
                                     .serves = {"DB-2", "PERF-4"},
                                     .needs_workload = true,
                                     .check = check};

}  // namespace architrave::review::rules

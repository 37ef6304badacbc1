#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (!table.stats || !table.stats->dead_rows || !table.stats->live_rows) continue;
    const std::int64_t dead = *table.stats->dead_rows;
    const std::int64_t live = *table.stats->live_rows;
    // Autovacuum comes at a fifth of the rows; a quarter of all means that it does not keep up.
    if (dead < 10'000 || dead * 3 < live) continue;
    verdict.find(about(table),
                 fmt::format("{} of {} rows of {} are dead: they are read past by every scan; run "
                             "VACUUM, and look for what holds it up",
                             human_count(dead), human_count(dead + live), table.name),
                 {{"dead rows", dead},
                  {"live rows", live},
                  {"last vacuum", table.stats->last_vacuum ? iso_time(*table.stats->last_vacuum)
                                                           : std::string("never")}});
  }
}

}  // namespace

extern const Rule dead_rows;
const Rule dead_rows = {.name = "dead-rows",
                        .area = Area::maintenance,
                        .summary = "Dead rows take a large share of a table",
                        .serves = {},
                        .needs_workload = true,
                        .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr std::int64_t large = 100'000'000'000;

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->kind != RelationKind::table || !table->stats || table->stats->bytes < large)
      continue;
    verdict.find(
        subject_of(*table),
        fmt::format("{} holds {} in one piece: vacuuming, indexing and deleting old rows all "
                    "work on the whole.",
                    name_of(*table), human_bytes(table->stats->bytes)),
        {{"bytes", table->stats->bytes}});
  }
}

}  // namespace

extern const Rule large_table_not_partitioned;
const Rule large_table_not_partitioned = {.name = "large-table-not-partitioned",
                                          .severity = Severity::info,
                                          .area = Area::scaling,
                                          .summary = "A very large table in one piece",
                                          .engines = Engines::postgresql,
                                          .serves = {},
                                          .needs_workload = false,
                                          .check = check};

}  // namespace architrave::review::rules

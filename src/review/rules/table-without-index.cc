#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr double many_rows = 10'000;

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->kind != RelationKind::table || !table->indexes.empty()) continue;
    const double rows = rows_of(*table).value_or(0);
    if (rows < many_rows) continue;
    verdict.find(subject_of(*table),
                 fmt::format("{} has {} rows and no index: whoever wants one row reads them all.",
                             name_of(*table), human_count(static_cast<std::int64_t>(rows))),
                 {{"rows", static_cast<std::int64_t>(rows)}});
  }
}

}  // namespace

extern const Rule table_without_index;
const Rule table_without_index = {.name = "table-without-index",
                                  .severity = Severity::warning,
                                  .area = Area::indexes,
                                  .summary = "A table of many rows without any index",
                                  .engines = Engines::postgresql,
                                  .serves = {"DB-2"},
                                  .needs_workload = false,
                                  .check = check};

}  // namespace architrave::review::rules

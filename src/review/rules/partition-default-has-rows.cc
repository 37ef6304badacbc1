#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.kind != RelationKind::partitioned_table) continue;
    for (const Relation* child : look.lookup.children(table)) {
      const double rows = rows_of(*child).value_or(0);
      if (child->partition_bound != "DEFAULT" || rows <= 0) continue;
      verdict.find(
          subject_of(*child),
          fmt::format("About {} rows of {} lie in its default partition: no other partition "
                      "was made for them, and none can be while they are there.",
                      human_count(static_cast<std::int64_t>(rows)), name_of(table)),
          {{"rows", static_cast<std::int64_t>(rows)}, {"key", table.partition_key}});
    }
  }
}

}  // namespace

extern const Rule partition_default_has_rows;
const Rule partition_default_has_rows = {.name = "partition-default-has-rows",
                                         .severity = Severity::warning,
                                         .area = Area::scaling,
                                         .summary = "Rows in the default partition",
                                         .engines = Engines::postgresql,
                                         .serves = {},
                                         .needs_workload = false,
                                         .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr std::size_t many = 1000;

// Partitions that hold rows; they may be partitioned themselves.
std::size_t leaves(const Look& look, const Relation& table) {
  std::size_t count = 0;
  for (const Relation* child : look.lookup.children(table))
    count += child->kind == RelationKind::partitioned_table ? leaves(look, *child) : 1;
  return count;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->kind != RelationKind::partitioned_table) continue;
    const std::size_t count = leaves(look, *table);
    if (count <= many) continue;
    verdict.find(subject_of(*table),
                 fmt::format("{} has {} partitions: a query that can't be pinned to a few of them "
                             "plans slowly and locks them all.",
                             name_of(*table), count),
                 {{"partitions", static_cast<std::int64_t>(count)}, {"key", table->partition_key}});
  }
}

}  // namespace

extern const Rule partition_too_many;
const Rule partition_too_many = {
    .name = "partition-too-many",
    .severity = Severity::warning,
    .area = Area::scaling,
    .summary = "A table with more partitions than the planner takes lightly",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

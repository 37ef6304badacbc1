#include "migration/plan/traffic.h"

#include <algorithm>

namespace architrave::migration {

using catalog::Relation;
using catalog::RelationKind;

const Relation* Traffic::busy(const Relation& table) const {
  const Relation* before = from_.relation(table.object_name());
  const bool is_it = before != nullptr && before->kind == table.kind && is_large(*before);
  return is_it ? before : nullptr;
}

bool Traffic::is_large(const Relation& before) const {
  const bool is_small =
      before.kind == RelationKind::partitioned_table ||
      (before.stats && before.stats->bytes <= small_bytes_ && before.stats->rows >= 0);
  return !is_small || std::ranges::any_of(lookup_.children(before),
                                          [&](const Relation* child) { return is_large(*child); });
}

std::vector<const Relation*> Traffic::holders(const Relation& before) const {
  std::vector<const Relation*> list;
  if (before.kind == RelationKind::table) list.push_back(&before);
  for (const Relation* child : lookup_.children(before)) {
    const std::vector<const Relation*> its = holders(*child);
    list.insert(list.end(), its.begin(), its.end());
  }
  return list;
}

bool Traffic::is_attached(const Relation& table) const {
  const Relation* before = from_.relation(table.object_name());
  return before != nullptr &&
         (before->parents != table.parents || before->partition_bound != table.partition_bound);
}

}  // namespace architrave::migration

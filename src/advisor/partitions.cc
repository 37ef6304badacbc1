#include "advisor/partitions.h"

#include <algorithm>

#include "catalog/index_size.h"

namespace architrave::advisor {

using catalog::Relation;
using catalog::RelationKind;

Partitions::Partitions(const catalog::Catalog& catalog) {
  for (const Relation& each : catalog.relations)
    if (each.is_partition() && !each.parents.empty())
      children_[catalog.relation(each.parents.front())].push_back(&each);
}

std::vector<const Relation*> Partitions::below(const Relation& table) const {
  std::vector<const Relation*> all;
  const auto children = children_.find(&table);
  if (children == children_.end()) return all;
  for (const Relation* child : children->second) {
    all.push_back(child);
    std::ranges::copy(below(*child), std::back_inserter(all));
  }
  return all;
}

std::vector<const Relation*> Partitions::leaves(const Relation& table) const {
  if (table.kind != RelationKind::partitioned_table) return {&table};
  std::vector<const Relation*> all = below(table);
  std::erase_if(all,
                [](const Relation* each) { return each->kind == RelationKind::partitioned_table; });
  return all;
}

const Relation* largest(const std::vector<const Relation*>& tables) {
  const auto found = std::ranges::max_element(
      tables, {}, [](const Relation* each) { return rows_of(*each).value_or(-1); });
  return found != tables.end() ? *found : nullptr;
}

}  // namespace architrave::advisor

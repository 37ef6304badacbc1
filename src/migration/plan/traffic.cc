#include "migration/plan/traffic.h"

#include <algorithm>

namespace architrave::migration {

using catalog::Catalog;
using catalog::Relation;
using catalog::RelationKind;

bool is_published(const Catalog& catalog, const Relation& table) {
  const std::string schema = " TABLES IN SCHEMA " + catalog::quote_identifier(table.schema);
  return std::ranges::any_of(catalog.others, [&](const catalog::OtherObject& other) {
    return other.kind == catalog::Kind::publication &&
           (other.properties.contains(to_string(object_of(table))) ||
            std::ranges::any_of(other.definition, [&](const std::string& sql) {
              return sql.find(" FOR ALL TABLES") != std::string::npos || sql.ends_with(schema);
            }));
  });
}

bool is_large(const Relation& table, std::int64_t small_bytes) {
  const bool is_small =
      table.kind == RelationKind::partitioned_table ||
      (table.stats && table.stats->bytes <= small_bytes && table.stats->rows >= 0);
  return !is_small;
}

const Relation* Traffic::busy(const Relation& table) const {
  const Relation* before = from_.relation(table.object_name());
  const bool is_it = before != nullptr && before->kind == table.kind && is_any_large(*before);
  return is_it ? before : nullptr;
}

bool Traffic::is_any_large(const Relation& before) const {
  return is_large(before, small_bytes_) ||
         std::ranges::any_of(lookup_.children(before),
                             [&](const Relation* child) { return is_any_large(*child); });
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

#include "catalog/key_statistics.h"

#include <algorithm>

#include "catalog/index_size.h"

namespace architrave::catalog {

void KeyStatistics::refer(const Relation& table, const std::map<std::string, std::string>& columns,
                          const Relation& parent) {
  const auto rows = rows_of(parent);
  if (columns.size() < 2 || !rows) return;
  for (const Index& index : parent.indexes) {
    if (!index.unique || !index.predicate.empty() || index.keys.size() < 2) continue;
    Bound bound{{}, std::max(1.0, *rows)};
    for (const IndexKey& key : index.keys)
      for (const auto& [own, others] : columns)
        if (others == key.column && !others.empty()) bound.columns.insert(own);
    // The other way round it is no reference: the key is the table's own.
    if (bound.columns.size() == index.keys.size()) bounds_[&table].push_back(std::move(bound));
  }
}

void KeyStatistics::know(const Relation& table, const std::string& expression, Column column) {
  expressions_.insert_or_assign({&table, expression}, std::move(column));
}

const Column* KeyStatistics::expression(const Relation& table,
                                        const std::string& expression) const {
  const auto found = expressions_.find({&table, expression});
  return found != expressions_.end() ? &found->second : nullptr;
}

double KeyStatistics::combinations(const Relation& table,
                                   const std::map<std::string, double>& alone, double rows) const {
  const auto product = [&](const std::set<std::string>& without) {
    double count = 1;
    for (const auto& [column, values] : alone)
      if (!without.contains(column)) count = std::min(rows, count * values);
    return count;
  };
  double least = product({});
  const auto bounds = bounds_.find(&table);
  if (bounds == bounds_.end()) return least;
  for (const Bound& each : bounds->second)
    if (std::ranges::all_of(each.columns,
                            [&](const std::string& column) { return alone.contains(column); }))
      least = std::min(least, each.most * product(each.columns));
  return least;
}

}  // namespace architrave::catalog

#include "advisor/key_statistics.h"

#include <algorithm>

#include "advisor/index_size.h"

namespace architrave::advisor {

using catalog::Relation;

KeyStatistics::KeyStatistics(const catalog::Catalog& catalog,
                             const std::vector<sql::QueryFacts>& facts) {
  for (const Relation& table : catalog.relations)
    for (const catalog::Constraint& each : table.constraints) {
      if (each.type != catalog::ConstraintType::foreign_key || !each.validated) continue;
      const Relation* parent = catalog.relation(each.references_schema, each.references_table);
      std::map<std::string, std::string> columns;
      for (std::size_t i = 0; i < each.columns.size() && i < each.references_columns.size(); ++i)
        columns[each.columns[i]] = each.references_columns[i];
      if (parent != nullptr) refer(table, columns, *parent);
    }
  for (const sql::QueryFacts& query : facts) {
    std::map<std::pair<std::size_t, std::size_t>, std::map<std::string, std::string>> joined;
    for (const sql::ColumnUse& use : query.uses)
      if (use.use == sql::Use::join && !use.partner_column.empty())
        joined[{use.relation, use.partner}][use.column] = use.partner_column;
    for (const auto& [relations, columns] : joined) {
      const sql::Mention& own = query.relations[relations.first];
      const sql::Mention& other = query.relations[relations.second];
      const Relation* table = catalog.relation(own.schema, own.name);
      const Relation* parent = catalog.relation(other.schema, other.name);
      if (table != nullptr && parent != nullptr && table != parent) refer(*table, columns, *parent);
    }
  }
}

void KeyStatistics::refer(const Relation& table, const std::map<std::string, std::string>& columns,
                          const Relation& parent) {
  const auto rows = rows_of(parent);
  if (columns.size() < 2 || !rows) return;
  for (const catalog::Index& index : parent.indexes) {
    if (!index.unique || !index.predicate.empty() || index.keys.size() < 2) continue;
    Bound bound{{}, std::max(1.0, *rows)};
    for (const catalog::IndexKey& key : index.keys)
      for (const auto& [own, others] : columns)
        if (others == key.column && !others.empty()) bound.columns.insert(own);
    // The other way round it is no reference: the key is the table's own.
    if (bound.columns.size() == index.keys.size()) bounds_[&table].push_back(std::move(bound));
  }
}

void KeyStatistics::know(const Relation& table, const std::string& expression,
                         catalog::Column column) {
  expressions_.insert_or_assign({&table, expression}, std::move(column));
}

const catalog::Column* KeyStatistics::expression(const Relation& table,
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

}  // namespace architrave::advisor

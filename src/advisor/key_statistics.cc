#include "advisor/key_statistics.h"

namespace architrave::advisor {

using catalog::Relation;

catalog::KeyStatistics key_statistics_of(const catalog::Catalog& catalog,
                                         const std::vector<sql::QueryFacts>& facts) {
  catalog::KeyStatistics statistics;
  for (const Relation& table : catalog.relations)
    for (const catalog::Constraint& each : table.constraints) {
      if (each.type != catalog::ConstraintType::foreign_key || !each.validated) continue;
      const Relation* parent = catalog.relation(each.references_schema, each.references_table);
      std::map<std::string, std::string> columns;
      for (std::size_t i = 0; i < each.columns.size() && i < each.references_columns.size(); ++i)
        columns[each.columns[i]] = each.references_columns[i];
      if (parent != nullptr) statistics.refer(table, columns, *parent);
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
      if (table != nullptr && parent != nullptr && table != parent)
        statistics.refer(*table, columns, *parent);
    }
  }
  return statistics;
}

}  // namespace architrave::advisor

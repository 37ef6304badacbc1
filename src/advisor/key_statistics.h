// What sizes of indexes need and a table's columns do not say: how many values an expression has,
// and how many combinations columns have that depend on each other.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "sql/query_facts.h"

namespace architrave::advisor {

class KeyStatistics {
 public:
  KeyStatistics() = default;
  // Columns that refer to a key of several, by a foreign key or because queries join them with it,
  // have no more combinations than that key's table has rows.
  KeyStatistics(const catalog::Catalog& catalog, const std::vector<sql::QueryFacts>& facts);

  // The expression as if it were a column.
  void know(const catalog::Relation& table, const std::string& expression, catalog::Column column);
  const catalog::Column* expression(const catalog::Relation& table,
                                    const std::string& expression) const;

  // How many combinations of these columns there are at most; `rows` if nothing is known, and
  // `alone`: of each, how many values.
  double combinations(const catalog::Relation& table, const std::map<std::string, double>& alone,
                      double rows) const;

 private:
  struct Bound {
    std::set<std::string> columns;
    double most = 0;
  };
  void refer(const catalog::Relation& table, const std::map<std::string, std::string>& columns,
             const catalog::Relation& parent);

  std::map<const catalog::Relation*, std::vector<Bound>> bounds_;
  std::map<std::pair<const catalog::Relation*, std::string>, catalog::Column> expressions_;
};

}  // namespace architrave::advisor

// What sizes of indexes need and a table's columns do not say: how many values an expression has,
// and how many combinations columns have that depend on each other.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::catalog {

class KeyStatistics {
 public:
  // Columns of a table that refer to a key of several of another have no more combinations than
  // that has rows. `columns`: of the table, to those of the other.
  void refer(const Relation& table, const std::map<std::string, std::string>& columns,
             const Relation& parent);
  // The expression as if it were a column.
  void know(const Relation& table, const std::string& expression, Column column);
  const Column* expression(const Relation& table, const std::string& expression) const;

  // How many combinations of these columns there are at most; `rows` if nothing is known, and
  // `alone`: of each, how many values.
  double combinations(const Relation& table, const std::map<std::string, double>& alone,
                      double rows) const;

 private:
  struct Bound {
    std::set<std::string> columns;
    double most = 0;
  };

  std::map<const Relation*, std::vector<Bound>> bounds_;
  std::map<std::pair<const Relation*, std::string>, Column> expressions_;
};

}  // namespace architrave::catalog

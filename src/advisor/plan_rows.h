// How many rows a plan's nodes give, where the planner is known to be wrong: it takes the columns
// of a join to be independent. A join over all columns of a unique key of several is a foreign key,
// declared or not: every row finds its partner, where the planner expects hardly one.
#pragma once

#include <map>
#include <string>

#include "catalog/catalog.h"
#include "plan/plan.h"

namespace architrave::advisor {

class PlanRows {
 public:
  explicit PlanRows(const catalog::Catalog& catalog);
  // For one loop; at least one.
  double of(const plan::Node& node);

 private:
  using Names = std::map<std::string, const catalog::Relation*, std::less<>>;
  double factor(const plan::Node& node);
  double own_factor(const plan::Node& node) const;
  void gather_names(const plan::Node& node, Names& names) const;

  Names tables_;
  std::map<const plan::Node*, double> factors_;  // of what the planner expects
};

}  // namespace architrave::advisor

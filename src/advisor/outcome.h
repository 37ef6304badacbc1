// What a search for indexes came to, together with what it was about: read by those who run,
// describe and propose it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "advisor/indexes.h"
#include "workload/workload.h"

namespace architrave::advisor {

struct Outcome {
  const catalog::Catalog& catalog;
  std::vector<const workload::Query*> queries;
  std::vector<WeightedQuery> weighted;  // the same, as the planner is asked about them
  IndexProblem problem;
  SearchResult result;
  std::set<std::string> taken;  // names of new indexes, "schema.name"

  // The new indexes of the set.
  std::vector<std::size_t> chosen() const;
  // Those of them that the query's plan uses.
  std::vector<std::size_t> used_by(const Oracle& oracle, std::size_t query) const;
  // Cost of a call with what exists, and with the set.
  double before(const Oracle& oracle, std::size_t query) const;
  double after(const Oracle& oracle, std::size_t query) const;
  // About a query with the set.
  engine::Question under_the_set(std::size_t query) const;
  // Names the new indexes of the set that have no name yet.
  void name_indexes();
};

constexpr double noticeable = 1e-3;  // share of its cost that a query must gain to be named

}  // namespace architrave::advisor

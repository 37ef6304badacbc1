// The index advisor: from queries and their weights to the set of indexes that makes them cheapest
// within a budget.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "advisor/candidates.h"
#include "advisor/search/oracle.h"
#include "advisor/search/search.h"
#include "engine/planner.h"

namespace architrave::advisor {

struct WeightedQuery {
  std::string sql;
  std::vector<std::optional<std::string>> parameters;  // see engine::PlannerQuery
  double calls = 1;
  double rows_per_call = 1;  // of a write
};

enum class Sizes { own, hypopg };

struct IndexOptions {
  std::int64_t budget = 0;
  int max_width = 3;
  double seconds = 60;
  double gap = 0.005;
  bool thorough = false;  // looks at covering and partial forms whatever it takes
  Sizes sizes = Sizes::own;
};

// Everything that is known before the search: the candidates that the server takes, with their
// sizes and what they cost writes; and behind them the indexes that exist and may be given up.
struct IndexProblem {
  std::vector<sql::QueryFacts> facts;   // of the queries, in order
  std::vector<std::string> complaints;  // why a query can't be planned; empty for the others
  std::vector<Candidate> candidates;
  std::size_t hypothetical = 0;  // so many of the candidates are new
  SearchInput input;
  std::vector<std::vector<std::size_t>> relevant;  // of each query
};

Result<IndexProblem> index_problem(const catalog::Catalog& catalog,
                                   const std::vector<WeightedQuery>& queries,
                                   engine::Planner& planner, const IndexOptions& options);

// Tells how long plans take. Both must outlive it.
Judge judge_of(const catalog::Catalog& catalog, const IndexProblem& problem);

// What a candidate costs the queries that write, in the planner's units.
double maintenance_of(const Candidate& candidate, const std::vector<sql::QueryFacts>& facts,
                      const std::vector<WeightedQuery>& queries);

// What is known of relations by name, for sql::query_facts. An unqualified name is looked for in
// `public` first, then wherever it is alone.
class CatalogNames {
 public:
  explicit CatalogNames(const catalog::Catalog& catalog);
  const sql::Known* operator()(std::string_view schema, std::string_view name) const;

 private:
  std::map<std::pair<std::string, std::string>, sql::Known, std::less<>> known_;
  std::map<std::string, std::vector<const sql::Known*>, std::less<>> by_name_;
};

}  // namespace architrave::advisor

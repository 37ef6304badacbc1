// What a search chooses from and what it knows of it: candidates, the queries that they help, what
// sets of them cost, and between which figures the best possible set lies.
#pragma once

#include <optional>
#include <vector>

#include "advisor/search/likeness.h"
#include "advisor/search/oracle.h"
#include "advisor/search/search.h"

namespace architrave::advisor {

using Question = std::pair<std::size_t, Set>;

class Space {
 public:
  // Both must outlive it.
  Space(Oracle& oracle, const SearchInput& input);

  const SearchInput& input() const { return input_; }
  double weight(std::size_t query) const { return input_.weights[query]; }
  const Likeness& likeness() const { return likeness_; }
  // Queries that some set makes cheaper.
  const std::vector<std::size_t>& helped() const { return helped_; }
  // These, and others whose plan may change.
  const std::vector<std::size_t>& touched() const { return touched_; }
  // Cost of the queries that no set makes cheaper.
  double fixed() const { return fixed_; }
  // Cost with everything that is in the pool, for nothing.
  double lowest() const { return lowest_; }

  // The pool: what the programs choose from. That is all candidates but the variants that nobody
  // has asked for yet; of each query by place among its relevant ones.
  const std::vector<Set>& pool() const { return pool_; }
  const Set& all(std::size_t query) const { return pool_[query % oracle_.queries()]; }
  std::int64_t pool_size() const;
  // So few candidates that which of the largest are there decides nearly everything.
  bool is_small() const;
  std::vector<std::size_t> largest_first() const;  // candidates of the pool, by their size
  // Of each table the query's candidates.
  std::vector<Set> tables_of(std::size_t query) const;
  void mark(std::size_t query, const Set& set, std::vector<bool>& candidates) const;
  std::vector<bool> present() const;
  // A set's candidates that some query's plan uses, by what is known.
  std::vector<bool> used_of(const std::vector<bool>& chosen) const;
  std::int64_t bytes_of(const std::vector<bool>& chosen) const;

  // Without any candidate, with those that exist, and with all of the pool: every set lies between
  // the first and the last.
  Status look_at_both_ends();
  // Whether something outside the pool would help beside this set; it then is in the pool.
  Result<bool> widen(const std::vector<bool>& chosen);
  // Plans that were seen.
  std::size_t known_plans() const;

  // By what is known: at most, and at least. Maintenance included.
  double cost(const std::vector<bool>& chosen) const;
  double least_cost(const std::vector<bool>& chosen) const;
  // The query of whose cost under the set least is known, if not all are.
  std::optional<std::size_t> least_known(const std::vector<bool>& chosen) const;
  // Asks about the queries of which least is known first, until the set proves to cost as much.
  Result<bool> is_cheaper(const std::vector<bool>& chosen, double than);
  // Makes known what the set costs each query.
  Status ask_about(const std::vector<bool>& chosen);

  // Where the search stands.
  double after = 0;    // cost with the best set so far
  double bound = 0;    // no set is below
  double dearest = 0;  // of the queries with the best set: cost of the dearest
  double gap() const { return after > 0 ? (after - bound) / after : 0; }
  // Of the cost, what queries cost beside the one that costs nearly everything, if there is one.
  double without_dominant(double cost) const;
  // Its share of the cost with the best set.
  double rest() const { return after > 0 ? without_dominant(after) / after : 1; }
  // What the bound may miss of a query's cost: a part of the gap at which the search is content. It
  // spares the program the many candidates that make hardly a difference.
  double tolerance(std::size_t query) const;
  // A query that costs more than this alone makes no set that is better than the best.
  double cap(std::size_t query) const;

 private:
  void take_into_pool(const std::vector<bool>& candidates);
  double maintenance_of(const std::vector<bool>& chosen) const;

  Oracle& oracle_;
  const SearchInput& input_;
  const Likeness likeness_;
  std::vector<bool> in_pool_;  // of the candidates
  std::vector<Set> pool_;
  std::vector<std::size_t> helped_;
  std::vector<std::size_t> touched_;
  double fixed_ = 0;
  double lowest_ = 0;
};

}  // namespace architrave::advisor

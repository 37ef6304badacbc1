// What queries cost under sets of candidates, asked of the planner as seldom as possible.
//
// If a plan made under the set X uses only U ⊆ X, then it is the best plan as well under every Y
// with U ⊆ Y ⊆ X: one answer holds for an interval of sets. And since another index never makes
// the best plan dearer, an answer bounds the cost of every set above U from above, and of every set
// below X from below.
//
// A plan that is cheaper by the planner's units and yet expected to take more time than the one
// without candidates is slow: its indexes are not to be had together.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "advisor/plan_time.h"
#include "base/result.h"
#include "engine/planner.h"

namespace architrave::advisor {

// Of a query's own candidates, by their place in Oracle::relevant(query).
constexpr std::size_t most_relevant = 256;
using Set = std::bitset<most_relevant>;

// How long the plan of an answer takes.
using Judge = std::function<std::optional<PlanTime>(const engine::Answer& answer)>;

class Oracle {
 public:
  struct Entry {
    Set used;
    Set asked;
    double cost;
    std::vector<std::string> existing;  // real indexes that the plan uses
    double milliseconds = 0;            // that it takes, if there is a judge
  };

  // relevant[query]: the candidates (numbers of the planner's hypothetical indexes) that can matter
  // to it, at most `most_relevant`, sorted. From number `hypothetical` on they are indexes that
  // exist (the planner's dispensable ones), with which plans are compared that are new.
  Oracle(engine::Planner& planner, std::vector<std::vector<std::size_t>> relevant, Judge judge = {},
         std::size_t hypothetical = static_cast<std::size_t>(-1));

  std::int64_t calls() const { return planner_.calls(); }
  std::size_t queries() const { return relevant_.size() / 2; }
  // The same query planned without parallel workers: to be asked about like any other.
  std::size_t serial(std::size_t query) const { return queries() + query; }
  bool has_judge() const { return judge_ != nullptr; }
  const std::vector<std::size_t>& relevant(std::size_t query) const { return relevant_[query]; }
  Set all(std::size_t query) const;
  // Those that exist.
  const Set& present(std::size_t query) const { return present_[query]; }
  // Of a set of candidates those that matter to the query.
  Set of(std::size_t query, const std::vector<bool>& candidates) const;

  // From what has been asked so far: the cost lies between them.
  double lower(std::size_t query, const Set& set) const;
  double upper(std::size_t query, const Set& set) const;
  // What the cheapest known plan for this set uses.
  const Entry* best(std::size_t query, const Set& set) const;
  bool is_known(std::size_t query, const Set& set) const;
  // Of the time of the query's plan with what exists; 0 where that is not known.
  double slowdown(std::size_t query, const Entry& entry) const;
  bool is_slow(std::size_t query, const Entry& entry) const;
  const std::vector<Entry>& entries(std::size_t query) const { return entries_[query]; }

  // Makes all of these known, in one round trip. Queries that fail get an infinite cost.
  Status ask(const std::vector<std::pair<std::size_t, Set>>& questions);

 private:
  engine::Planner& planner_;
  Judge judge_;
  std::vector<std::vector<std::size_t>> relevant_;
  std::size_t hypothetical_;
  std::vector<Set> present_;
  std::vector<std::vector<Entry>> entries_;
};

}  // namespace architrave::advisor

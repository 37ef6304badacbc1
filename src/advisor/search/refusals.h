// Which sets make a query slow, by the judge's opinion of its plans; and what is learned of one set
// said of as many as possible.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "advisor/search/likeness.h"
#include "advisor/search/oracle.h"
#include "advisor/search/program.h"

namespace architrave::advisor {

// With these a query is slow, whatever else of `asked` is there. It is known of both ends, and
// taken to be so between them.
struct Refusal {
  std::size_t query = 0;  // or Oracle::serial of it
  Set used;
  Set asked;
  double slowdown = 0;  // 1.5: it is expected to take half as long again
};

class Refusals {
 public:
  Refusals(Oracle& oracle, const Likeness& likeness) : oracle_(oracle), likeness_(likeness) {}

  bool is_slow(std::size_t query, const Set& set) const;
  // Of each of the queries whose plan is slow under the set, with workers or without: what the plan
  // uses, and the most beside which the query still is slow, of what is in the pool (of each
  // query).
  Status learn(const std::vector<bool>& chosen, const std::vector<std::size_t>& queries,
               const std::vector<Set>& pool);
  // The refusal that forbids the set, or null.
  const Refusal* of(const std::vector<bool>& chosen) const;
  // Rows of a program: of what a refusal speaks of something is missing, or something else of the
  // pool is there. What has no variable is not there.
  void forbid(Program& program, const std::map<std::size_t, std::size_t>& variable_of,
              const std::function<std::size_t(std::size_t)>& candidate,
              const std::vector<Set>& pool) const;
  const std::vector<Refusal>& list() const { return list_; }

 private:
  bool forbids(const Refusal& refusal, const Set& set) const;
  bool is_refused(std::size_t query, const Set& set) const;
  // Of a set that makes the query slow a part that does so, too. Asks the planner.
  Result<Set> shrink(std::size_t query, Set set);
  // Those that a refusal means by the one at this place: what is learned of it is known of them.
  Set group(const Refusal& refusal, std::size_t place) const;

  Oracle& oracle_;
  const Likeness& likeness_;
  std::vector<Refusal> list_;
};

}  // namespace architrave::advisor

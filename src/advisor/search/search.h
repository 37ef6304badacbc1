// Finds the set of candidates that makes a workload cheapest within a budget of bytes, and how far
// from the best possible set it can be at most.
//
// Two integer programs look at the same costs from both sides. The one chooses among plans that
// were seen (query, used set, cost), so that what it finds can be had. The other knows only what no
// set can beat: where the planner, given all candidates but those outside Y, asks c(Y), a query
// costs that or one of the candidates outside Y is there. Its solution is where the next questions
// are asked; each answer lifts its bound or lowers the best cost, until the two meet.
//
// With an oracle that judges how long plans take, sets with which a query gets slow are out of the
// question. What is learned of one speaks of many: with what its plan uses, or what is like that,
// and whatever else may be there without another plan being preferred, the query is slow. The bound
// then speaks of the sets that are left.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "advisor/search/oracle.h"
#include "advisor/search/refusals.h"

namespace architrave::advisor {

struct SearchInput {
  std::vector<double> weights;      // of the queries: how often each is run
  std::vector<std::int64_t> bytes;  // of the candidates
  std::vector<std::size_t> tables;  // of the candidates: the same number for the same table
  // Of the candidates: the same number for the same table and first key; a partition's is that of
  // the whole. May be empty.
  std::vector<std::size_t> leading;
  // Of the candidates: which ones are rather taken, the best first, if that costs the workload no
  // more; as large, and more use to others. May be empty.
  std::vector<std::vector<std::size_t>> rather;
  // Of each query, by place among its relevant candidates. May be empty.
  std::vector<std::vector<Kind>> kinds;
  std::vector<double> maintenance;  // of the candidates, in the planner's units for the workload
  // Of the candidates: a wider or narrower form of another (INCLUDE, WHERE), which is looked at
  // once a good set of the others is known.
  std::vector<bool> variant;
  // Of the candidates: exists, takes nothing of the budget, and may be given up for the sake of the
  // writes. May be empty.
  std::vector<bool> present;
  std::int64_t budget = 0;                  // bytes
  double seconds = 60;                      // to search at most
  std::int64_t most_calls = 1'000'000'000;  // questions, about so many at most
  // Variants are looked at if no more questions than these were asked before, or if `thorough`.
  std::int64_t allowance = 200;
  bool thorough = false;
  double gap = 0.001;  // at which to be content
};

struct SearchResult {
  std::vector<bool> chosen;  // of the candidates
  double before = 0;         // cost of the workload with what exists, its maintenance included
  double after = 0;          // with those chosen, their maintenance included
  double bound = 0;          // no set within the budget and without what is refused is below
  double first_seconds = 0;  // until the first answer stood
  int rounds = 0;
  std::int64_t looked_at = 0;  // candidates that the bound speaks of
  std::vector<Refusal> refused;
  // Other sets that are about as good, the best first: what costs more may run faster.
  std::vector<std::vector<bool>> others;
  double gap() const { return after > 0 ? (after - bound) / after : 0; }
};

using SearchProgress = std::function<void(double after, double bound)>;

Result<SearchResult> search(Oracle& oracle, const SearchInput& input,
                            const SearchProgress& progress = {});

}  // namespace architrave::advisor

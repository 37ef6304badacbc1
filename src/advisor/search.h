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

#include "advisor/oracle.h"

namespace architrave::advisor {

// What a query's plans can make of a candidate.
struct Kind {
  std::size_t same;     // the same number: differ in size alone
  std::size_t similar;  // the same number: are often as good as each other
};

struct SearchInput {
  std::vector<double> weights;      // of the queries: how often each is run
  std::vector<std::int64_t> bytes;  // of the candidates
  std::vector<std::size_t> tables;  // of the candidates: the same number for the same table
  // Of the candidates: the same number for the same table and first key; a partition's is that of
  // the whole. May be empty.
  std::vector<std::size_t> leading;
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

// With these a query is slow, whatever else of `asked` is there. It is known of both ends, and
// taken to be so between them.
struct Refusal {
  std::size_t query = 0;  // or Oracle::serial of it
  Set used;
  Set asked;
  double slowdown = 0;  // 1.5: it is expected to take half as long again
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

// The published algorithms that it is measured against, on the same costs. DB2Advis (Valentin et
// al., ICDE 2000): each query's best set, its benefit shared out, the best ratio first. `without`:
// candidates that are left aside, or empty.
Result<std::vector<bool>> db2advis(Oracle& oracle, const SearchInput& input,
                                   const std::vector<bool>& without = {});
// Extend (Schlosser et al., ICDE 2019), over the same candidates: adds or widens the index with the
// best ratio of benefit and bytes until nothing helps. `widens[i]`: candidates whose keys begin
// with those of i.
Result<std::vector<bool>> extend(Oracle& oracle, const SearchInput& input,
                                 const std::vector<std::vector<std::size_t>>& widens);
// Cost of the workload under the set, maintenance included; asks what is not known.
Result<double> cost_of(Oracle& oracle, const SearchInput& input, const std::vector<bool>& chosen);

}  // namespace architrave::advisor

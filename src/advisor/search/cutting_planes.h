// The program that looks at the costs from below: it knows only what no set can beat. Its solution
// is where the next questions are asked; each answer is a cut that takes away what it believed.
#pragma once

#include <optional>
#include <vector>

#include "advisor/search/refusals.h"
#include "advisor/search/set_program.h"
#include "advisor/search/space.h"

namespace architrave::advisor {

class CuttingPlanes {
 public:
  // All must outlive it.
  CuttingPlanes(const Space& space, Oracle& oracle, const Refusals& refusals)
      : space_(space), oracle_(oracle), refusals_(refusals) {}

  struct Solution {
    double bound;
    // Which set it believes to be the best, and what each of Space::helped costs with it at least;
    // none: no set is better than the best so far.
    std::vector<bool> chosen;
    std::vector<double> believed;
  };
  // Absent where it found nothing within so many seconds.
  std::optional<Solution> solve(double seconds) const;
  // Where the program believed in less than the planner says, it learns why not: of which table
  // another index is missing, or else of all tables together. Of the queries that it erred most
  // about, so many.
  Status learn(const Solution& solution, std::size_t queries);

 private:
  // A query costs at least what it does with these candidates alone, or one of the others is there.
  struct Cut {
    std::size_t query;
    Set inside;
    std::vector<Set> others;  // the weakest first; together with `inside` all there are
  };
  // A set with which a query costs more than was believed, on its way to a cut.
  struct Doubt {
    std::size_t query;
    Set base;
    double cost;              // with the base
    double enough;            // what a cut need not exceed
    Set rest;                 // of the candidates outside: those that may change nothing
    std::vector<Set> layers;  // of the others, the strongest first
    double last = 0;          // cost with the layer that was found last
    bool settled = false;
  };

  void add_row(SetProgram& program, const Cut& cut, std::size_t theta) const;
  Result<std::vector<Doubt>> doubts_of(const Solution& solution, std::size_t queries);
  Status deepen(std::vector<Doubt>& doubts);

  const Space& space_;
  Oracle& oracle_;
  const Refusals& refusals_;
  std::vector<Cut> cuts_;
};

}  // namespace architrave::advisor

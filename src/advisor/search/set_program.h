// A program whose solutions are sets of candidates: which of them is there, the budget, and what is
// refused. Costs are scaled, so that the cost with the best set so far is `unit`.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "advisor/search/program.h"
#include "advisor/search/refusals.h"
#include "advisor/search/space.h"

namespace architrave::advisor {

class SetProgram {
 public:
  static constexpr double unit = 1e6;

  SetProgram(const Space& space, Program::Way way)
      : space_(space), scale_(space.after / unit), program_(way) {}

  Program& rows() { return program_; }
  double scaled(double cost) const { return cost / scale_; }
  double unscaled(double value) const { return value * scale_; }
  // The variable that says whether the candidate is there. What has none is not.
  std::size_t candidate(std::size_t number);

  struct Solution {
    std::vector<double> values;
    std::vector<bool> chosen;  // none: there is no solution below the cutoff
    double bound = 0;          // cost of the workload that no set is below
  };
  // To within a part of the search's gap, or what is found within so many seconds; absent where
  // nothing is. Only sets below `cutoff` (of the best cost so far) are looked for.
  std::optional<Solution> solve(const Refusals& refusals, double gap, double seconds,
                                double cutoff);

 private:
  const Space& space_;
  const double scale_;
  Program program_;
  std::map<std::size_t, std::size_t> variable_of_;
};

}  // namespace architrave::advisor

// A linear program with variables that are whole numbers, solved by CBC.
#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace architrave::advisor {

// Minimizes Σ cost·x under the rows added, 0 ≤ x ≤ upper.
class Program {
 public:
  using Terms = std::vector<std::pair<std::size_t, double>>;
  // How the solver goes about it: by what it sees; the same without cuts, which small programs
  // don't repay; or by deciding those first that were added first.
  enum class Way { usual, without_cuts, in_order };

  explicit Program(Way way) : way_(way) {}

  // Returns the variable's number.
  std::size_t variable(double cost, double upper, bool whole);
  void at_least(Terms terms, double value);
  void at_most(Terms terms, double value);

  struct Solution {
    std::vector<double> values;  // none: there is no solution below the cutoff
    double objective = 0;
    double bound = 0;  // no solution can be below
  };
  // Stops at the gap (relative) or after so many seconds with the best so far; absent where there
  // is none. `cutoff`: only solutions below it are looked for.
  std::optional<Solution> solve(double gap, double seconds,
                                std::optional<double> cutoff = {}) const;

 private:
  struct Variable {
    double cost, upper;
    bool whole;
  };
  struct Row {
    Terms terms;
    double low, high;
  };
  const Way way_;
  std::vector<Variable> variables_;
  std::vector<Row> rows_;
};

}  // namespace architrave::advisor

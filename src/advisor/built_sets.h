// The better estimate is not always the faster set: where rows are at hand, the sets that are about
// as good are built and the queries run, and the fastest is taken.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "advisor/outcome.h"
#include "engine/engine.h"

namespace architrave::advisor {

struct Runs {
  engine::Sandbox* rows;  // holds the source's rows; is left as it was
  double limit;           // seconds that one run of a query may take
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
};

struct RunTimes {
  std::vector<std::size_t> queries;  // that were run
  std::vector<double> before;        // run_times of these without new indexes
  std::vector<double> after;         // and with those of the set
  std::vector<std::string> notes;
};

// The outcome's set becomes the fastest of its own and the others that were found, without the
// indexes with which a query runs slower by more than a fifth.
Result<RunTimes> choose_by_running(Outcome& outcome, Oracle& oracle, const Runs& runs);

}  // namespace architrave::advisor

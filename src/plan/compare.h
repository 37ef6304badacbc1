// Two plans of one query beside each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace architrave::plan {

// What a whole plan comes to.
struct Totals {
  double cost = 0;
  std::optional<double> milliseconds;       // of its execution
  std::optional<std::int64_t> blocks;       // shared blocks that it asked for, from cache or disk
  std::optional<std::int64_t> temp_blocks;  // written to temporary files
};
Totals totals(const Plan& plan);

// Nodes that only one of both has, those of the same table or alias together. `before` is empty for
// what is new, `after` for what is gone.
struct Change {
  std::string before;
  std::string after;
};
std::vector<Change> changes(const Plan& before, const Plan& after);

}  // namespace architrave::plan

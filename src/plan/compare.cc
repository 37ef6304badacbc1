#include "plan/compare.h"

#include <algorithm>

#include "plan/measure.h"

namespace architrave::plan {

Totals totals(const Plan& plan) {
  Totals sum{.cost = plan.root.total_cost, .milliseconds = plan.execution_ms};
  if (!sum.milliseconds && plan.root.actual && plan.root.actual->total_ms > 0)
    sum.milliseconds = plan.root.actual->total_ms * plan.root.actual->loops;
  if (plan.root.buffers) {
    sum.blocks = plan.root.buffers->shared_hit + plan.root.buffers->shared_read;
    sum.temp_blocks = plan.root.buffers->temp_written;
  }
  return sum;
}

std::vector<Change> changes(const Plan& before, const Plan& after) {
  struct Named {
    std::string title;
    std::string alias;
  };
  const auto names = [](const Plan& plan) {
    std::vector<Named> list;
    for (const Measured& each : measure(plan))
      list.push_back({title(*each.node), each.node->alias});
    return list;
  };
  std::vector<Named> gone = names(before);
  std::vector<Named> come = names(after);
  std::erase_if(gone, [&](const Named& each) {
    const auto same = std::ranges::find(come, each.title, &Named::title);
    if (same == come.end()) return false;
    come.erase(same);
    return true;
  });
  std::vector<Change> list;
  for (const Named& each : gone) {
    Change change{each.title, {}};
    const auto same =
        each.alias.empty() ? come.end() : std::ranges::find(come, each.alias, &Named::alias);
    if (same != come.end()) {
      change.after = same->title;
      come.erase(same);
    }
    list.push_back(std::move(change));
  }
  for (const Named& each : come) list.push_back({{}, each.title});
  return list;
}

}  // namespace architrave::plan

// How much processor time a plan takes, reckoned from what its nodes do and not from the planner's
// units. These weigh a page from disk; on data that lies in memory a look-up through an index costs
// what many rows of a scan do, and the planner spreads the pages of a nested loop over all rows of
// the outer table, even where a join leaves few. So a plan may be cheaper and slower.
//
// What the server's shared_buffers don't hold is read from the operating system: a page that a
// look-up needs takes twice as long then, a page of a scan hardly longer.
//
// The figures are those of one core and count only beside each other: a plan with an index against
// the plan without. They were fitted (bench/plan_time.py) to 160 plans of the queries of TPC-H at
// scale 1 under 60 sets of indexes, without workers, with all data in memory and shared_buffers of
// 128 MB, 1 GB and 4 GB.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "plan/plan.h"

namespace architrave::advisor {

struct PlanTime {
  double milliseconds = 0;
};

// An index by the name that the plan says; null where it is not known.
using FindIndex = std::function<const catalog::Index*(std::string_view name)>;

PlanTime plan_time(const plan::Node& root, const catalog::Catalog& catalog, const FindIndex& find);

}  // namespace architrave::advisor

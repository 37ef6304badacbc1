// From a workload to what makes it cheaper: which indexes to make and to drop, what each brings to
// which query, and why nothing was found for the others.
#pragma once

#include <functional>
#include <string>

#include "advisor/indexes.h"
#include "proposal/tuning.h"
#include "workload/workload.h"

namespace architrave::advisor {

struct TuneOptions {
  IndexOptions index;
  std::size_t most_queries = 500;  // by total time; the rest is counted and left out
  // Holds the source's rows, where there are any: the chosen indexes are built in it and the
  // SELECTs of the workload run; what makes one of them slower is not proposed. May be null.
  engine::Sandbox* rows = nullptr;
  double run_limit = 10;  // seconds that one run of a query may take there
  int plans = 0;          // of how many queries to keep the plans before and after
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
};

// Asks the planner; changes nothing. Fills in everything but rewrites, advice and settings. Errors:
// "workload.empty" where there is nothing to plan, those of the planner, "interrupted".
Result<Tuning> tune(const catalog::Catalog& catalog, const workload::Workload& workload,
                    engine::Planner& planner, const TuneOptions& options);

}  // namespace architrave::advisor

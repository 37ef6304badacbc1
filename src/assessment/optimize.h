// Calls the rooms below for `optimize`: source and workload, the index advisor, rewrites, settings,
// proof, and the one report of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "advisor/settings.h"
#include "engine/engine.h"
#include "report/tuning.h"

namespace architrave::assessment {

struct OptimizeOptions {
  engine::OpenOptions open;
  // .workload files, logs, .sql files, or a server's URL; empty: the source's own statistics.
  std::vector<std::string> workload;
  std::int64_t budget = 0;  // bytes for new indexes
  int max_width = 3;
  double seconds = 60;
  bool thorough = false;
  bool prove = true;
  advisor::Machine machine;  // what people say of the server's machine, for settings
  int plans = 0;             // of how many queries the report shows the plans
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
};

// Errors are those of engine::open, engine::make_planner, workload::read and advisor::tune, and
// "workload.none" where no workload was given and the source has none.
Result<report::TuningReport> optimize(const std::string& source, const OptimizeOptions& options);

}  // namespace architrave::assessment

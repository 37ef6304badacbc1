// Calls the rooms below and makes the one report: source, catalog, findings, proposals, proof.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "report/report.h"
#include "review/review.h"

namespace architrave::assessment {

struct Options {
  std::string command = "assess";  // or "review"
  engine::OpenOptions open;
  review::Settings rules;
  bool prove = true;
  bool show_refuted = false;
  std::optional<std::string> baseline;  // an earlier JSON report
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
};

struct Assessment {
  std::unique_ptr<engine::Opened> opened;  // the report points into its catalog
  report::Report report;
};

// Errors are those of engine::open, and "baseline.json". A proof that could not be run at all (no
// server here) is no error: the report says why.
Result<Assessment> assess(const std::string& source, const Options& options);

}  // namespace architrave::assessment

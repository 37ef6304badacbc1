// What `optimize` found, as a value, and its writers: each a function to bytes, and the same value
// gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proposal/tuning.h"
#include "report/report.h"

namespace architrave::report {

struct TuningReport {
  std::string tool_version;
  std::optional<double> generated_at;  // Unix time
  Source source;
  // Of the workload.
  std::string workload;
  std::int64_t statements = 0;
  std::int64_t unparsed = 0;
  bool partial = false;  // a part of it could not be read
  Tuning tuning;
  std::string proof_note;
  std::vector<Problem> problems;  // of the source
  std::vector<std::string> notes;
};

// Proposals that were not refuted.
std::vector<const Proposal*> offered(const Tuning& tuning);

std::string to_text(const TuningReport& report, const TextOptions& options = {});
std::string to_json(const TuningReport& report);  // docs/optimize.schema.json has its shape
std::string to_markdown(const TuningReport& report);
std::string to_html(const TuningReport& report);

}  // namespace architrave::report

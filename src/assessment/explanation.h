// `explain`: queries → plans → remarks → one report.
#pragma once

#include <string>
#include <string_view>

#include "engine/explain.h"
#include "report/explanation.h"

namespace architrave::assessment {

struct ExplainOptions {
  bool analyze = false;
  std::string compare;  // CREATE INDEX statements, or a file with other queries; "": nothing
  engine::OpenOptions open;
};

// The statements of a file ("-": standard input), each explained on the source. Errors are those of
// engine::explain and of reading the files, and "explain.queries" for a file without any, or two
// that do not match.
Result<report::Explanation> explain(const std::string& source, const std::string& queries,
                                    const ExplainOptions& options);

// A file that holds what EXPLAIN printed, as JSON or text. Errors: those of reading it, and
// "plan.format".
Result<report::Explanation> explain_plan(const std::string& file);

}  // namespace architrave::assessment

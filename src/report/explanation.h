// What `explain` found, as a value, and its writers: each a function to bytes, and the same value
// gives the same bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/diagnose.h"
#include "report/report.h"

namespace architrave::report {

struct ExplainedPlan {
  std::string title;  // "as it is", "with CREATE INDEX …"; for one plan alone empty
  std::optional<plan::Plan> plan;
  std::string error;  // why there is none
  std::vector<plan::Remark> remarks;
};

struct ExplainedQuery {
  std::string name;   // "query.sql:12"
  std::string query;  // as it was given; may be empty for a plan that came alone
  std::vector<std::string> notes;
  ExplainedPlan plan;
  std::optional<ExplainedPlan> other;  // what it is compared with
};

struct Explanation {
  std::string tool_version;
  std::optional<double> generated_at;
  Source source;    // name and kind empty for a plan that was given as a file
  std::string how;  // "planned by the live server, not run"
  std::vector<ExplainedQuery> queries;
  std::vector<Problem> problems;  // of the source
  std::vector<std::string> notes;
};

std::string to_text(const Explanation& explanation, const TextOptions& options = {});
std::string to_json(const Explanation& explanation);  // docs/explain.schema.json has its shape
std::string to_markdown(const Explanation& explanation);
std::string to_html(const Explanation& explanation);

}  // namespace architrave::report

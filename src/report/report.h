// The one report, as a value: what `assess` and `review` found. Writers beside this file turn it
// into text, JSON, Markdown, HTML, SARIF and GitHub annotations; each is a function from Report to
// bytes, and the same Report gives the same bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "proposal/rule.h"

namespace architrave::report {

struct Source {
  std::string kind;            // "live", "file", "folder", "twin"
  std::string engine;          // "postgresql", "sqlite"
  std::string server_version;  // "15.20"
  std::string name;            // never with a password
};

// A statement of a source file that did not load.
struct Problem {
  std::string file;
  int line = 0;
  std::string statement;
  std::string message;
  std::string hint;
};

// What an area came to. The score is 100 less what its findings weigh, per size of the schema:
// assessment/score.h has the formula.
struct AreaScore {
  std::string area;  // "Keys", "Indexes", …
  int score = 100;   // 0..100
  int errors = 0;
  int warnings = 0;
  int infos = 0;
  bool judged = true;  // false: nothing of it could be looked at on this source
  std::string why;     // one line: what weighs most, or why it was not judged
};

// One of the five things to do first, or a line of the roadmap.
struct Action {
  std::string title;
  std::string why;
  std::string rule;
  Severity severity = Severity::warning;
  int findings = 1;                    // how many findings it mends
  std::vector<std::string> proposals;  // ids
  int risk = 1;                        // as Proposal::risk
  int effort = 1;                      // as Proposal::effort
};

struct Report {
  std::string tool_version;
  std::string command;                 // "assess" or "review": review's text is findings alone
  std::optional<double> generated_at;  // Unix time
  Source source;
  catalog::Counts counts;
  const catalog::Catalog* catalog = nullptr;
  Review review;
  std::string verdict;            // one or two sentences
  int score = 100;                // of the whole
  std::vector<AreaScore> scores;  // in the order of enum Area
  std::vector<Action> actions;    // the whole roadmap in order; the first five matter most
  std::vector<Problem> problems;
  std::vector<std::string> notes;
  std::string proof_note;  // "tried in a PostgreSQL 15.20 sandbox", or why nothing was
  bool show_refuted = false;
  // With --baseline: fingerprints of findings that the baseline had and that are gone. The
  // review then holds only new findings.
  bool has_baseline = false;
  std::vector<Finding> gone;
};

struct TextOptions {
  int width = 100;
};

std::string to_text(const Report& report, const TextOptions& options = {});
std::string to_json(const Report& report);
std::string to_markdown(const Report& report);
std::string to_html(const Report& report);
std::string to_sarif(const Report& report);
std::string to_github(const Report& report);

// Findings of an earlier to_json(), for --baseline. Error: "baseline.json".
Result<std::vector<Finding>> findings_of_json(std::string_view json);

}  // namespace architrave::report

// What lint says of a statement in a file of migrations, as values: the rules of migrations find
// them, the report writes them down one by one, so that neither holds all of a large folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proposal/proposal.h"

namespace architrave {

struct LintRule {
  std::string_view name;  // also its page's: docs/lint/NAME.md
  Severity severity = Severity::warning;
  std::string_view summary;  // one sentence: what is wrong when it fires
  // What it needs to be sure: "text" the statement, "schema" what was there before, "data" the
  // rows (or statistics of them).
  std::string_view needs = "text";
};

struct LintFinding {
  std::string_view rule;
  Severity severity = Severity::warning;
  std::string file;
  int line = 1;            // from 1
  int column = 1;          // in bytes, from 1
  std::string relation;    // "app.orders"; empty if it is about none
  std::string message;     // one or two sentences
  std::string instead;     // SQL or advice: what to write in its place
  Lock lock = Lock::none;  // that the statement takes on the relation, if others may use it
  bool rewrites = false;
  std::string cost;  // "about 40 s of ACCESS EXCLUSIVE on orders (16 GB)", where sizes are known
};

struct LintSummary {
  std::int64_t files = 0;
  std::int64_t statements = 0;
  std::int64_t errors = 0, warnings = 0, infos = 0;
  std::int64_t ignored = 0;  // findings that a comment silences
  std::int64_t fixed = 0;
};

}  // namespace architrave

// Asks a source's planner for the plans of queries, and where nobody can be hurt by it runs them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/diagnose.h"

namespace architrave::engine {

struct ExplainRequest {
  std::vector<std::string> queries;  // one statement each; $1, $2, … are planned as generic plans
  std::vector<std::string> indexes;  // CREATE INDEX: plans are asked with them too
  bool analyze = false;              // run SELECTs on a live server too
  bool compares = false;  // what is run is run twice, and the faster told: caches are warm for both
  OpenOptions open;       // its statement_timeout is each query's
};

struct ExplainedQuery {
  Result<plan::Plan> plan;  // an error is the server's about this query
  std::optional<Result<plan::Plan>> with_indexes;
  std::vector<std::string> notes;  // why it was not run
};

struct Explained {
  SourceInfo source;
  std::string how;  // "planned by the live server, not run"
  std::vector<ExplainedQuery> queries;
  plan::Known known;  // of the plans' tables
  std::vector<LoadProblem> problems;
  std::vector<std::string> notes;
};

// On a live server: in a READ ONLY transaction that is rolled back, planned only unless `analyze`;
// what would change data is never run there. A .sql source's sandbox has its rows, so queries are
// run (in a transaction that is rolled back) after VACUUM ANALYZE. A twin plans. `indexes` are
// hypothetical (HypoPG) on a live server that has it; else in a twin of it, which has them without
// rows where its server has no HypoPG either; in a sandbox with rows they are built. SQLite says
// plans without figures.
//
// Errors: those of open() and make_sandbox(), "explain.index" for an index that was not taken.
Result<Explained> explain(const std::string& source, const ExplainRequest& request);

}  // namespace architrave::engine

// EXPLAIN, one query and one transaction at a time.
#pragma once

#include <string>
#include <vector>

#include "engine/explain.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

struct Asking {
  bool read_only = false;  // the transaction; what would change data is then never run
  bool run = false;        // EXPLAIN ANALYZE
  bool twice = false;      // and the faster of two runs, the first of which may fill caches
  double timeout = 0;      // seconds, of each query; 0: the session's
  std::vector<std::string> preparations;  // run first in each transaction; rolled back with it
};

struct Asked {
  Result<plan::Plan> plan;
  std::vector<std::string> notes;
};

// Every query's plan. Errors: "explain.index" for a preparation that fails, and those of a
// connection that is lost.
Result<std::vector<Asked>> explain(Connection& connection, const std::vector<std::string>& queries,
                                   const Asking& asking);

// HypoPG's calls that stand for these CREATE INDEX statements in this session, the first of which
// forgets all others; empty where the database does not have the extension.
Result<std::vector<std::string>> hypothetical(Connection& connection,
                                              const std::vector<std::string>& create_indexes);

// What the server knows of the plans' tables: their rows (those that were never counted are left
// out), indexes, extended statistics.
Result<plan::Known> known_of(Connection& connection, const std::vector<const plan::Plan*>& plans);

}  // namespace architrave::postgres

// The planner of a PostgreSQL server under hypothetical indexes, asked through HypoPG over two
// sessions at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/planner.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/sandbox.h"

namespace architrave::postgres {

struct WhatIfServer {
  std::string connection;  // for libpq
  ConnectOptions options;
  std::string description;  // "PostgreSQL 15.20 twin"
  bool is_own = false;      // a sandbox: HypoPG may be installed in it, its CPU time counted
  PostgresSandbox* twin = nullptr;  // the sandbox, if it is one that holds no rows
};

// Error "planner.hypopg" where HypoPG is neither there nor, in a sandbox, to be had.
Result<std::unique_ptr<engine::Planner>> make_what_if(const WhatIfServer& server);

}  // namespace architrave::postgres

// Loads .sql scripts into a sandbox, as psql would: each statement its own transaction, a failure
// reported with its line and the rest going on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/postgres/sandbox.h"

namespace architrave::postgres {

struct Script {
  std::string file;  // for people, and the folder that \i and \copy are relative to; "-" for stdin
  std::string text;
};

struct Loaded {
  std::vector<engine::LoadProblem> problems;
  std::vector<std::string>
      notes;  // data files that are not there, psql commands that were left out
  std::int64_t statements = 0;
};

// Roles that the scripts name are made first (without a login). COPY to and from programs and files
// is refused: a schema that is only looked at gets to run nothing on this machine. The error is for
// a server that went away, or an interrupt; statements that fail are problems.
Result<Loaded> load_scripts(const std::vector<Script>& scripts, PostgresSandbox& sandbox);

}  // namespace architrave::postgres

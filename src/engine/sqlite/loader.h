// Runs an SQL script, as the sqlite3 shell would.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite {

struct Loaded {
  std::vector<engine::LoadProblem> problems;
  std::vector<std::string> notes;
};

// Statement by statement: one that fails is reported with its line, and the rest goes on. PRAGMA,
// BEGIN and COMMIT are honoured; a transaction that is still open at the end is committed, which a
// note says. The shell's own commands (.mode and its like) are skipped, with a note. The connection
// is confined, so that a script touches no file but its own. The only error is "interrupted".
Result<Loaded> run_script(Connection& connection, const std::string& script,
                          const std::string& file);

}  // namespace architrave::sqlite

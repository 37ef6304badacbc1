// What every command that changes something begins with: the runner's lock, where the history
// stands under it, and somebody's yes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "migration/run/standing.h"

namespace architrave::migration {

struct Session {
  std::unique_ptr<Target> target;  // holds the lock, but for a dry run
  Situation situation;

  // The history is there, and as this version writes it.
  Status prepare_history();
};
Result<Session> begin(const RunOptions& options);

// Asks whether this is to be done, a line each. Error "migration.declined".
Status agree(const RunOptions& options, const std::vector<std::string>& what, const char* hint);

}  // namespace architrave::migration

// Runs what was chosen: shown and agreed to first, each recorded as it is done, a command before
// and after.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "migration/run/choice.h"
#include "migration/run/session.h"

namespace architrave::migration {

struct Done {
  std::string version;
  std::string name;
  Direction direction = Direction::up;
  double seconds = 0;
};

// Nothing with dry_run: then `say` gets what would be run, as SQL. Errors "migration.syntax",
// "migration.hook", "migration.declined", and the server's own, at file:line:column.
Result<std::vector<Done>> perform(Session& session, const std::vector<Item>& items,
                                  const RunOptions& options);

}  // namespace architrave::migration

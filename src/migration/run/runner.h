// Applies a folder of migrations to a database, undoes them, goes on with what was stopped, and
// says how it stands. Whatever ends it, at whatever moment: each migration is then applied, not
// applied, or stopped at a step that the database itself has recorded.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "migration/run/options.h"
#include "migration/run/perform.h"
#include "migration/run/standing.h"

namespace architrave::migration {

// Nothing is changed. Errors of the folder, and "postgres.connect", "postgres.version" (too old),
// "migration.server" (a standby).
Result<Situation> status(const RunOptions& options);

// What was done, in order; nothing with dry_run (then `say` gets what would be run, as SQL).
// Errors besides those above: "migration.history" (changed or missing, and which),
// "migration.locked", "migration.stopped" (something is under way that must be resumed or undone
// first), "migration.down" (no way back), "migration.version" (no such), "migration.hook",
// "migration.declined"; and the server's own, at file:line:column.
Result<std::vector<Done>> up(const RunOptions& options);
Result<std::vector<Done>> down(const RunOptions& options);
Result<std::vector<Done>> resume(const RunOptions& options);

// Writes into the history, without running anything, that the migrations up to `options.to` are
// applied, as far as it does not say so already, or those that another tool has applied (`from`:
// "flyway", …). Gives their versions.
Result<std::vector<std::string>> baseline(const RunOptions& options, const std::string& from);

// Writes into the history that the down scripts that have changed are right as they are now. Gives
// the versions.
Result<std::vector<std::string>> accept_downs(const RunOptions& options);

}  // namespace architrave::migration

// Applies a folder of migrations to a database, undoes them, goes on with what was stopped, and
// says how it stands. Whatever ends it, at whatever moment: each migration is then applied, not
// applied, or stopped at a step that the database itself has recorded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migration/files.h"
#include "migration/run/history.h"
#include "migration/run/options.h"
#include "migration/run/target.h"

namespace architrave::migration {

// A migration as the folder and the database have it: one of the two may be missing.
struct Standing {
  std::string version;
  std::string name;
  std::optional<std::size_t> migration;  // in the folder's list
  std::optional<Entry> entry;
  // "applied", "baseline", "pending", "stopped" (while it was applied), "undoing", "changed"
  // (since it was applied), "missing" (from the folder), "gap" (something later is applied).
  // Of a database at which a runner is at work now, what it is doing is "running".
  std::string state;
  // The down script is not the one that was there when it was applied, or is gone; of one that is
  // being undone, what of it is done already was something else.
  bool down_changed = false;
  int order = -1;  // its place among the applied, the first is 0
};

struct Situation {
  Folder folder;
  bool has_history = false;
  std::vector<Standing> list;         // in the folder's order; what is missing there at the end
  std::vector<std::string> problems;  // what keeps `up` from running, in words
  std::vector<std::string> down_problems;  // and `down`
  std::string at_work;                     // another runner, at this moment: who it is
  std::vector<std::string> foreign;        // other tools' histories, where there is none of ours
  std::string next;                        // what to do now
  std::string down_next;                   // and about the downs
};

struct Done {
  std::string version;
  std::string name;
  Direction direction = Direction::up;
  double seconds = 0;
};

// Nothing is changed. Errors of the folder, and "postgres.connect", "migration.server" (too old, or
// a standby).
Result<Situation> status(const RunOptions& options);

// For people and for programs.
std::string to_text(const Situation& situation);
std::string to_json(const Situation& situation);

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

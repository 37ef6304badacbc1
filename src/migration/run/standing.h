// Where a history stands: what the folder has beside what the database says was applied.
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

// The rows in the order in which they were applied; absent where there is no history yet.
Situation situation_of(Folder folder, const std::optional<std::vector<Entry>>& history,
                       std::vector<std::string> foreign, bool allow_gaps);
// The same, read from the folder and the database.
Result<Situation> read_situation(Target& target, const RunOptions& options);

// Of one that is in the folder.
const Migration& migration_of(const Situation& situation, const Standing& standing);
// "migrations 1, 2"
std::string list_of(const std::vector<std::string>& versions);
// Of one with down_changed: what is wrong, and what to do.
std::string down_problem(const Situation& situation, const Standing& standing);
const char* down_hint(const Standing& standing);

// For people and for programs.
std::string to_text(const Situation& situation);
std::string to_json(const Situation& situation);

}  // namespace architrave::migration

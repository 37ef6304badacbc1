// Which migrations a command is to run, by where the history stands, and what it refuses. Nothing
// here asks a database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migration/run/standing.h"

namespace architrave::migration {

struct Item {
  const Migration* migration;
  Direction direction;
  const Entry* entry;    // null: it has no row
  std::string why = {};  // this one and no other, where that may surprise

  // Of a migration that is undone, the down script, which is there.
  const Script& script() const;
  // It is under way in this direction.
  bool goes_on() const;
};

// Errors "migration.history", "migration.stopped", "migration.takeover", "migration.version",
// "migration.down". `to`: see RunOptions. What is chosen points into the situation.
Result<std::vector<Item>> to_apply(const Situation& situation, const std::string& to);
Result<std::vector<Item>> to_undo(const Situation& situation, const std::string& to);
Result<std::vector<Item>> to_resume(const Situation& situation);
// What is not applied yet, up to that version.
Result<std::vector<const Migration*>> to_take_over(const Situation& situation,
                                                   const std::string& to);

// What keeps anything from being applied: changed or missing files.
Status refuse_problems(const Situation& situation);
// Something is "stopped" or "undoing".
Status refuse_stopped(const Situation& situation, std::string_view state);

}  // namespace architrave::migration

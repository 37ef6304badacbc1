// What was applied to a database: the table architrave.migrations, a row for each migration that
// is there or under way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/files.h"

namespace architrave::migration {

enum class Direction { up, down };

enum class State { applied, baseline, applying, reverting };
std::string_view word(State state);

struct Entry {
  std::string version;
  std::string name;
  std::string phase;
  std::string checksum;            // of the up script as it was applied
  std::string down_checksum = {};  // of the down script then; "": there was none, or nobody knows
  State state = State::applied;
  std::string started;   // "2026-11-21 01:30:00+00"
  std::string finished;  // "" while it is under way
  std::string by;
  // Of one that is under way: the steps that are done, of how many; whether the next, a statement
  // outside of a transaction, was begun; a hash of the steps done; how far a backfill came.
  int step = 0;
  int steps = 0;
  bool begun = false;
  std::string done;
  std::string batch;  // or a note of that statement's
  std::int64_t rows = 0;
  bool partial = false;  // it is being undone, and was never applied in full

  bool is_under_way() const { return state == State::applying || state == State::reverting; }
};

// As the folder has it now.
Entry entry_of(const Migration& migration, State state);

// "0007 add_price_cents"; once where a layout has names alone.
std::string title(std::string_view version, std::string_view name);

// How many of a script's steps are to be run: all of them, unless a phase is undone that has
// stopped before what it made took its place. `entry`: null if there is none.
std::size_t steps_to_run(const Migration& migration, Direction direction, const Entry* entry);

// A hash of the first `count` steps: what must not have changed when the rest is to be done.
std::string hash_of_steps(const std::vector<Step>& steps, std::size_t count);

// The rows in the order in which they were applied; nothing if there is no such table yet.
Result<std::optional<std::vector<Entry>>> read_history(postgres::Connection& connection);
Status create_history(postgres::Connection& connection);
// A table made before there were checksums of down scripts gets them, where this role may change
// it. Whether it has them now.
Result<bool> extend_history(postgres::Connection& connection);
// The server's error of a statement on that table: which grants a role lacks.
Error of_history(Error error, const postgres::Connection& connection);

// The statements below change one row each and return it; none returned means that somebody else
// has changed it meanwhile. `or_fail` makes an error of that, which is_conflict knows, so that what
// stands behind it is not run.
std::string or_fail(const std::string& record);
bool is_conflict(const Error& error);
Error conflict();
// `downs`: the table has checksums of down scripts.
std::string insert_entry(const Migration& migration, State state, std::size_t steps, bool downs);
// As another tool's history has it.
std::string insert_entry(const Entry& entry, bool downs);
// A migration is about to be undone in so many steps; `partial` if it was never applied in full.
std::string begin_undo(std::string_view version, std::size_t steps, bool partial);
std::string begin_statement(std::string_view version, std::size_t step, const std::string& note);
std::string record_step(std::string_view version, std::size_t step, std::size_t next,
                        const std::string& done);
std::string record_batch(std::string_view version, std::size_t step, const std::string& batch,
                         std::int64_t rows);
// Its last step is done: the row says so, or is gone after an undo.
std::string record_end(std::string_view version, State was);
// The file has changed behind the steps that were done.
std::string record_change(std::string_view version, const std::string& checksum, std::size_t steps);
// So has its down script, or is gone ("").
std::string record_down(std::string_view version, const std::string& checksum);

}  // namespace architrave::migration

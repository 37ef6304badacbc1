// What the runner needs of a database, whatever its engine: its history, a lock that keeps other
// runners out, and migrations run in it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migration/files.h"
#include "migration/run/history.h"
#include "migration/run/options.h"

namespace architrave::migration {

class Target {
 public:
  virtual ~Target() = default;
  virtual Dialect dialect() const = 0;
  virtual std::string history_name() const = 0;  // "the table architrave.migrations"

  // Keeps other runners out until this ends, however it ends. Error "migration.locked".
  virtual Status lock() = 0;
  // Who does so now, for people; empty if nobody does.
  virtual std::string runner_at_work() = 0;
  // The rows in the order in which they were applied; nothing if there is no such table yet.
  virtual Result<std::optional<std::vector<Entry>>> history() = 0;
  virtual Status make_history() = 0;
  // Of one that was made by an earlier version: what it lacks, as far as this role may add it.
  virtual Status extend_history() = 0;
  // Rows of what was applied before, all or none.
  virtual Status take_over(const std::vector<Entry>& entries) = 0;
  // The file has changed behind the steps that were done.
  virtual Status accept_change(const Entry& entry, const Migration& migration) = 0;
  virtual Status accept_down(const Migration& migration) = 0;

  // Other tools' histories that are there, and what one of them has applied; see foreign.h.
  virtual Result<std::vector<std::string>> foreign() = 0;
  virtual Result<std::vector<Entry>> read_foreign(const std::string& tool,
                                                  const Folder& folder) = 0;

  // Before anything is run: what can't be SQL. Error "migration.syntax".
  virtual Status check(const Script& script) = 0;
  // `entry`: its row, where it has one.
  virtual Status run(const Migration& migration, Direction direction, const Entry* entry) = 0;
};

// `to_look`: nothing will be changed. Errors "postgres.connect", "postgres.version", "sqlite.open",
// "migration.server".
Result<std::unique_ptr<Target>> open_target(const RunOptions& options, bool to_look);
// Whether that names a SQLite database, and no server's.
bool is_sqlite(const std::string& database);
// By engine.
Result<std::unique_ptr<Target>> open_postgres_target(const RunOptions& options, bool to_look);
Result<std::unique_ptr<Target>> open_sqlite_target(const RunOptions& options,
                                                   const std::filesystem::path& file, bool to_look);

}  // namespace architrave::migration

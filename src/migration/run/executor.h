// Runs one migration, up or down, step by step, each recorded together with what it did.
#pragma once

#include <optional>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/files.h"
#include "migration/run/history.h"
#include "migration/run/options.h"

namespace architrave::migration {

enum class Direction { up, down };

class Executor {
 public:
  Executor(postgres::Connection& connection, const RunOptions& options)
      : connection_(connection), options_(options) {}

  // `entry`: its row, where it has one. One that is under way in this direction is gone on with;
  // one whose up has stopped is undone as far as it came: what its down script can't undo because
  // it was never done is left out, and said. Errors stand at file:line:column and say what to do.
  Status run(const Migration& migration, Direction direction, const Entry* entry);

 private:
  struct Task;
  Status run_steps(Task& task);
  Status run_step(Task& task, std::size_t step, bool last);
  Status run_transaction(Task& task, std::size_t step, const std::string& record);
  Status run_alone(Task& task, std::size_t step);
  Result<std::size_t> attempt(Task& task, std::size_t step, const std::string& record,
                              Error& error);
  Status record(const std::string& statement);
  Status set_timeouts(const Step& step, bool in_transaction);

  postgres::Connection& connection_;
  const RunOptions& options_;
};

}  // namespace architrave::migration

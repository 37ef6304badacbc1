// Runs one migration, up or down, step by step, each recorded together with what it did.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/files.h"
#include "migration/run/blockers.h"
#include "migration/run/history.h"
#include "migration/run/options.h"
#include "migration/run/target.h"

namespace architrave::migration {

class Executor {
 public:
  // `downs`: the history has checksums of down scripts.
  Executor(postgres::Connection& connection, Blockers& blockers, const RunOptions& options,
           bool downs)
      : connection_(connection), blockers_(blockers), options_(options), downs_(downs) {}

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
  // How far a transaction came: all of its statements, or the one that failed.
  struct Attempt {
    std::size_t statement = 0;
    std::optional<Error> error;
  };
  Result<Attempt> attempt_at_once(Task& task, std::size_t step, const std::string& record);
  Result<Attempt> attempt_one_by_one(Task& task, std::size_t step, const std::string& record);
  Status record(const std::string& statement);
  std::vector<std::string> timeouts(const Step& step, bool in_transaction) const;

  postgres::Connection& connection_;
  Blockers& blockers_;
  const RunOptions& options_;
  bool downs_;
};

}  // namespace architrave::migration

// Rests a backfill while the server has more urgent things to do: standbys that fall behind, too
// much WAL, sessions that wait for locks.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/run/options.h"

namespace architrave::migration {

class Watch {
 public:
  // Opens no connection of its own: it asks between batches, when no transaction is open.
  Watch(postgres::Connection& connection, const Throttle& throttle, const RunOptions& options)
      : connection_(connection), throttle_(throttle), options_(options) {}

  // After a batch that took so many seconds: returns when the next may begin.
  Status between(double batch_seconds);

 private:
  // Why to rest; empty if there is no reason.
  Result<std::string> reason();
  postgres::Connection& connection_;
  const Throttle& throttle_;
  const RunOptions& options_;
  double asked_ = 0;
  double wal_ = -1;  // bytes of WAL ever written, as of asked_
};

}  // namespace architrave::migration

// Rests a backfill while the server has more urgent things to do: standbys that fall behind, too
// much WAL, sessions that wait for locks.
#pragma once

#include <deque>
#include <string>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/run/options.h"

namespace architrave::migration {

// How many seconds standbys are behind. A standby whose replay has stopped reports nothing new, and
// the server's replay_lag stays what it was: so it is asked when the server wrote what the standby
// has not replayed yet.
class Lag {
 public:
  // The server has written so many bytes of WAL by now.
  void written(double now, double bytes);
  // Of one that has replayed so many.
  double behind(double now, double replayed) const;
  // No standby has to replay less than that any more.
  void forget(double replayed);

 private:
  struct Sample {
    double at = 0;
    double bytes = 0;
  };
  std::deque<Sample> samples_;  // each with more bytes than the one before
};

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
  Lag lag_;
  bool warned_ = false;  // that standbys are there and their lag can't be seen
  double asked_ = 0;
  double wal_ = -1;  // bytes of WAL ever written, as of asked_
};

}  // namespace architrave::migration

// Waiting: for a lock that somebody else holds, between attempts, for another runner.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/run/blockers.h"
#include "migration/run/options.h"

namespace architrave::migration {

// Sleeps, unless interrupted: error "interrupted".
Status pause(double seconds);

// Attempts at something that failed for a reason that passes: a lock not had in time, a deadlock,
// a serialization failure. Each wait is about twice the one before, by chance up to half more or
// less, so that two who meet do not meet again.
class Attempts {
 public:
  Attempts(const RunOptions& options, Blockers& blockers);
  // Waits and returns; the error itself if it does not pass, or if enough was tried: then it says
  // how often, and who was in the way.
  Status again(const Error& error);
  int count() const { return count_; }

 private:
  Blockers& blockers_;
  int most_;
  double deadline_;
  double wait_;
  int count_ = 0;
};
bool passes(const Error& error);

// The lock of the runner, held by the connection: the server gives it back when that ends, however
// it ends. While waiting the connection has no transaction and no snapshot, so that a CREATE INDEX
// CONCURRENTLY of who holds it never waits for who waits. Error "migration.locked", naming them.
Status lock_runner(postgres::Connection& connection, const RunOptions& options);

// "process 4711, shop_admin from 10.0.0.7, since …: CREATE INDEX …", who holds that lock; empty if
// nobody does.
std::string runner_at_work(postgres::Connection& connection);

// Limits that a server, database or role sets for sessions that hang about: a runner's has to
// outlive a backup before the first migration, and a transaction takes as long as it takes.
Status lift_limits(postgres::Connection& connection);

}  // namespace architrave::migration

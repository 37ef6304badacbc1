// Who keeps a connection waiting for a lock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/postgres/connection.h"
#include "migration/run/options.h"

namespace architrave::migration {

// A session, or a transaction that was prepared and belongs to none.
struct Blocker {
  std::string process;   // "4711"; empty of a prepared transaction
  std::string prepared;  // its name
  std::string user;
  std::string application;
  std::string address;  // "" for this machine's socket
  std::string state;    // "idle in transaction"; empty where this role may not see it
  std::string since;    // when its transaction was begun: "2026-11-22 05:14:03"
  double seconds = 0;   // and how long that is
  std::string query;    // the first line of what it runs, or has run last
  bool is_autovacuum = false;
  std::string waits_for;  // it waits itself, for these processes
};
std::string describe(const Blocker& blocker);
// What ends it.
std::string remedy(const Blocker& blocker);

// Looks, while that connection waits, who it waits for, through a connection of its own, which is
// opened with the first wait that lasts. The server knows it only as long as the wait does.
class Blockers {
 public:
  Blockers(postgres::Connection& waiting, const RunOptions& options);
  ~Blockers();
  Blockers(const Blockers&) = delete;
  Blockers& operator=(const Blockers&) = delete;

  void forget();  // a new wait begins
  // Those seen last: first who waits for nobody.
  const std::vector<Blocker>& seen() const { return seen_; }
  // "public.orders is held by process 4711 (…): SELECT …"; empty if nobody was seen.
  std::string who() const;
  std::string remedies() const;

 private:
  void look();
  std::vector<Blocker> prepared();
  postgres::Connection& waiting_;
  const RunOptions& options_;
  std::string process_;  // of the one that waits
  std::optional<postgres::Connection> own_;
  bool given_up_ = false;
  std::string relation_;  // that the lock is on, where it is a table's
  std::vector<Blocker> seen_;
};

}  // namespace architrave::migration

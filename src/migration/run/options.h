// How a folder is run against a database, and what is told of it meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace architrave::migration {

// When a backfill rests. Each is looked at about once a second.
struct Throttle {
  double batch_seconds = 0.1;           // how long a batch is meant to take
  double max_lag = 10;                  // seconds that a standby may be behind; 0: any
  std::int64_t max_wal_per_second = 0;  // bytes that the server may write; 0: any
  int max_lock_waits = 5;               // sessions that may be waiting for locks; 0: any
  double share = 1;                     // of the time that it works; batches are shorter by as much
};

struct RunOptions {
  std::string database;  // for libpq; empty: its environment
  std::filesystem::path folder = "migrations";
  std::string to;  // a version; up: the last to apply; down: the last to keep, "0" for none
  bool dry_run = false;
  bool allow_gaps = false;  // apply what stands before something that is applied already

  // Seconds. A transaction that waits longer for a lock is given up and tried again, so that
  // nobody queues behind it for longer. Absent: what its file says, else 0.1.
  std::optional<double> lock_timeout;
  int lock_retries = 100;
  double lock_wait = 300;                   // and altogether, of one transaction
  std::optional<double> statement_timeout;  // absent: what the file says, else none
  double runner_wait = 60;                  // for another runner to end
  Throttle throttle;

  std::string before;  // shell commands
  std::string after;

  // Asked once, with what is to be done, a line each. Empty: yes.
  std::function<bool(const std::vector<std::string>& what)> confirm;
  // "0007 add_price_cents" when something was done; notes.
  std::function<void(const std::string&)> say;
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
};

}  // namespace architrave::migration

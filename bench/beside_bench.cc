// What pgbench notices of a backfill of its accounts.
//
//   beside_bench [SHARE …]      its latencies while a backfill runs with so much of the time (1,
//   0.2,
//                               0.1), beside those of the same run while the backfill rests
//
// Both take turns of two seconds within one run of pgbench, so that they meet the same machine.
// pgbench makes 400 transactions a second on four connections.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/postgres/sandbox.h"
#include "migration/run/runner.h"
#include "take.h"

namespace {

using namespace architrave;
using namespace architrave::migration;
namespace fs = std::filesystem;

constexpr int scale = 100;  // of pgbench: ten million accounts
constexpr int pairs = 20;   // of turns
constexpr double turn = 2;  // seconds
constexpr double margin = 0.2;

// As pgbench writes it.
double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct Turn {
  double begin;
  double end;
};

// Works while it is let, in a thread of its own.
class Gate {
 public:
  void set(bool open) {
    const std::scoped_lock lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class Bench {
 public:
  Bench() {
    const auto installation = take(postgres::choose_installation(15));
    pgbench_ = installation.bin / "pgbench";
    sandbox_ = take(postgres::make_empty_sandbox(
        installation, {"shared_buffers = 512MB", "max_wal_size = 8GB", "max_connections = 20"}));
    std::string pattern = (fs::temp_directory_path() / "beside-bench-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const auto made = take(run(
        {.arguments = {pgbench_.string(), "-i", "-q", "-s", std::to_string(scale), database()}}));
    if (made.code != 0) {
      fmt::print(stderr, "{}\n", made.output);
      std::exit(2);
    }
    Migration migration;
    migration.version = "1";
    migration.name = "bench";
    migration.up.steps = {Step::fill(
        {"public.pgbench_accounts", {"aid"}, "cents = abalance::bigint * 100", "cents IS NULL"})};
    check(write_migration(migration, folder_));
  }
  ~Bench() { fs::remove_all(folder_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void measure(double share) {
    for (const char* sql :
         {"DROP SCHEMA IF EXISTS architrave CASCADE",
          "ALTER TABLE pgbench_accounts DROP COLUMN IF EXISTS cents",
          "ALTER TABLE pgbench_accounts ADD cents bigint", "VACUUM pgbench_accounts", "CHECKPOINT"})
      ask(sql);
    const fs::path log = folder_ / "latency";
    const double seconds = 2 * pairs * (turn + margin) + 10;
    const pid_t pgbench = take(
        start({.arguments = {pgbench_.string(), "-n", "-T", std::to_string(std::llround(seconds)),
                             "-c", "4", "-j", "1", "-M", "prepared", "-R", "400", "-l",
                             "--log-prefix=" + log.string(), database()},
               .output = "/dev/null"}));
    Gate gate;
    std::atomic<bool> ended = false;
    std::atomic<std::size_t> rows = 0;
    std::thread runner([&] {
      RunOptions options;
      options.database = database();
      options.folder = folder_;
      options.throttle.share = share;
      options.progress = [&](std::string_view, std::size_t done, std::size_t) {
        rows = done;
        gate.pass();
      };
      static_cast<void>(up(options));
      ended = true;
    });
    ::sleep(3);
    std::vector<Turn> alone;
    std::vector<Turn> beside;
    for (int i = 0; i < pairs && !ended; ++i) {
      alone.push_back(wait_out());
      gate.set(true);
      const Turn next = wait_out();
      if (!ended) beside.push_back(next);
      gate.set(false);
    }
    const double rate =
        static_cast<double>(rows) / (static_cast<double>(beside.size()) * (turn + margin));
    gate.set(true);
    ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
        "'architrave' AND pid <> pg_backend_pid()");
    runner.join();
    wait(pgbench);
    const auto [of_alone, of_beside] = latencies(alone, beside);
    fmt::print(
        "share {:.2f}  {:>6.0f} rows/s  pgbench alone p50 {:.2f} p99 {:.2f} ms  beside p50 {:.2f} "
        "p99 {:.2f} ms  ratio {:.2f}  goal 1.10\n",
        share, rate, at(of_alone, 0.5), at(of_alone, 0.99), at(of_beside, 0.5), at(of_beside, 0.99),
        at(of_beside, 0.99) / at(of_alone, 0.99));
    std::fflush(stdout);
  }

 private:
  std::string database() const { return sandbox_->connection_string(); }
  void ask(const std::string& sql) const {
    auto connection =
        take(postgres::Connection::open(database(), {.statement_timeout = 0, .lock_timeout = 0}));
    static_cast<void>(take(connection.query(sql)));
  }
  static Turn wait_out() {
    ::usleep(static_cast<useconds_t>(margin * 1e6));  // what the last turn began comes to its end
    const double begin = now();
    ::usleep(static_cast<useconds_t>(turn * 1e6));
    return {begin, now()};
  }
  static double at(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  }
  // Milliseconds of the transactions that ended in these turns, sorted.
  std::pair<std::vector<double>, std::vector<double>> latencies(
      const std::vector<Turn>& alone, const std::vector<Turn>& beside) const {
    std::pair<std::vector<double>, std::vector<double>> found;
    for (const auto& file : fs::directory_iterator(folder_)) {
      if (!file.path().filename().string().starts_with("latency")) continue;
      std::ifstream lines(file.path());
      // client, transaction, microseconds, script, seconds, microseconds
      std::int64_t ignored = 0;
      double latency = 0;
      double seconds = 0;
      double micros = 0;
      for (std::string line; std::getline(lines, line);) {
        std::istringstream(line) >> ignored >> ignored >> latency >> ignored >> seconds >> micros;
        const double ended = seconds + micros / 1e6;
        const auto within = [&](const Turn& each) {
          return ended >= each.begin && ended < each.end;
        };
        if (std::ranges::any_of(alone, within)) found.first.push_back(latency / 1000);
        if (std::ranges::any_of(beside, within)) found.second.push_back(latency / 1000);
      }
      lines.close();
      fs::remove(file.path());
    }
    std::ranges::sort(found.first);
    std::ranges::sort(found.second);
    return found;
  }

  fs::path pgbench_;
  fs::path folder_;
  std::unique_ptr<postgres::PostgresSandbox> sandbox_;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<double> shares;
  for (int i = 1; i < argc; ++i) shares.push_back(std::stod(argv[i]));
  if (shares.empty()) shares = {1, 0.2, 0.1};
  Bench bench;
  for (const double share : shares) bench.measure(share);
}

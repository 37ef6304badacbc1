// What running migrations costs on a server of its own.
//
//   migrate_bench backfill [ROWS …]      rows a second, beside one plain UPDATE of the same
//   migrate_bench load [ROWS [FOLDER]]   a new column, filled, indexed, NOT NULL, and a foreign key
//                                        under four writers: the longest that one of them waits,
//                                        failed and lost writes; or the migrations of a folder,
//                                        there and back, after its before.sql, which may make
//                                        another of orders
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/postgres/sandbox.h"
#include "migration/run/runner.h"
#include "take.h"

namespace {

using namespace architrave;
using namespace architrave::migration;
namespace fs = std::filesystem;

double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Bench {
  std::unique_ptr<postgres::PostgresSandbox> sandbox;
  fs::path folder;

  Bench() {
    const auto installation = take(postgres::choose_installation(15));
    sandbox = take(postgres::make_empty_sandbox(
        installation, {"shared_buffers = 512MB", "max_wal_size = 8GB", "max_connections = 20"}));
    std::string pattern = (fs::temp_directory_path() / "migrate-bench-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~Bench() { fs::remove_all(folder); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  postgres::Connection connect() const {
    return take(postgres::Connection::open(sandbox->connection_string(),
                                           {.statement_timeout = 0, .lock_timeout = 0}));
  }
  std::string ask(const std::string& sql) const {
    auto connection = connect();
    auto rows = take(connection.query(sql));
    return rows.size() > 0 ? std::string(rows.cell(0, 0)) : "";
  }
  void fill(std::int64_t rows) const {
    ask("DROP SCHEMA IF EXISTS architrave CASCADE");
    ask("DROP TABLE IF EXISTS orders");
    ask("CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, price numeric NOT "
        "NULL, note text)");
    ask(
        fmt::format("INSERT INTO orders SELECT i, i % 1000, i, 'note ' || i FROM "
                    "generate_series(1, {}) i",
                    rows));
    ask("VACUUM ANALYZE orders");
  }
  // `doing` is told what is under way.
  double run(const std::string& to, const std::function<void(const std::string&)>& doing = {},
             Result<std::vector<Done>> (*direction)(const RunOptions&) = up) const {
    RunOptions options;
    options.database = sandbox->connection_string();
    options.folder = folder;
    options.to = to;
    if (doing)
      options.progress = [&](std::string_view what, std::size_t done, std::size_t) {
        doing(fmt::format("{} {}", what, done));
      };
    const double begun = monotonic_seconds();
    take(direction(options));
    return monotonic_seconds() - begun;
  }
  void write(const std::string& version, std::vector<Step> steps) const {
    Migration migration;
    migration.version = version;
    migration.name = "bench";
    migration.up.steps = std::move(steps);
    check(write_migration(migration, folder));
  }
};

void backfill(const std::vector<std::int64_t>& sizes) {
  const Bench bench;
  const std::string set = "price_cents = round(price * 100)";
  bench.write("0", {Step::single("ALTER TABLE orders ADD price_cents bigint")});
  bench.write("1", {Step::fill({"orders", {"id"}, set, "price_cents IS NULL"})});
  // By turns, each on a fresh table, since a machine is seldom as fast as it was a minute ago.
  for (const std::int64_t rows : sizes) {
    const int rounds = rows < 100'000 ? 15 : 3;
    const auto prepare = [&] {
      bench.fill(rows);
      // With it the runner's own table, which a database has from its first migration on.
      bench.run("0");
      bench.ask("CHECKPOINT");
    };
    std::vector<double> plain;
    std::vector<double> ours;
    std::vector<double> shares;
    for (int round = 0; round < rounds; ++round) {
      prepare();
      const double begun = monotonic_seconds();
      bench.ask("UPDATE orders SET " + set + " WHERE price_cents IS NULL");
      plain.push_back(monotonic_seconds() - begun);
      prepare();
      ours.push_back(bench.run("1"));
      if (bench.ask("SELECT count(*) FROM orders WHERE price_cents IS NULL") != "0") std::exit(1);
      shares.push_back(plain.back() / ours.back());
    }
    const auto count = static_cast<double>(rows);
    const auto [least, most] = std::ranges::minmax(shares);
    fmt::print(
        "backfill {:>10} rows  {:>8.0f} rows/s  one UPDATE {:>8.0f} rows/s  share {:.2f} ({:.2f} "
        "to {:.2f})  goal 50,000 and 0.80\n",
        human_count(rows), count / median(ours), count / median(plain), median(shares), least,
        most);
    std::fflush(stdout);
  }
}

// A client that writes without pause.
struct Writer {
  struct Write {
    double begun;
    double seconds;
    bool operator<(const Write& other) const { return seconds < other.seconds; }
  };
  std::int64_t updates = 0;
  std::int64_t inserts = 0;
  std::int64_t failed = 0;
  std::vector<Write> writes;

  void run(postgres::Connection connection, std::int64_t rows, std::int64_t first_id, unsigned seed,
           const std::atomic<bool>& stop) {
    std::minstd_rand generator(seed);
    std::uniform_int_distribution<std::int64_t> pick(1, rows);
    while (!stop) {
      const bool inserts_now = generator() % 10 == 0;
      const std::string sql =
          inserts_now
              ? fmt::format("INSERT INTO orders (id, customer, price) VALUES ({}, 1, 0)",
                            first_id + inserts)
              : fmt::format("UPDATE orders SET price = price + 1 WHERE id = {}", pick(generator));
      const double begun = monotonic_seconds();
      const auto done = connection.query(sql);
      writes.push_back({begun, monotonic_seconds() - begun});
      if (!done) {
        ++failed;
      } else {
        ++(inserts_now ? inserts : updates);
      }
    }
  }
};

struct Event {
  double at;
  std::string what;
};

void print_waits(const char* what, std::vector<Writer>& writers, const std::vector<Event>& events) {
  std::vector<Writer::Write> all;
  std::int64_t failed = 0;
  for (Writer& each : writers) {
    all.insert(all.end(), each.writes.begin(), each.writes.end());
    failed += each.failed;
    each.writes.clear();
  }
  std::ranges::sort(all, std::less<>());
  const auto at = [&](double share) {
    return 1000 *
           all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))].seconds;
  };
  fmt::print(
      "{:<22} {:>9} writes  p50 {:.2f} ms  p99 {:.2f} ms  p99.9 {:.2f} ms  longest {:.1f} ms  "
      "failed {}\n",
      what, human_count(std::ssize(all)), at(0.5), at(0.99), at(0.999), at(1), failed);
  for (std::size_t i = 0; i < 6 && !events.empty(); ++i) {
    const Writer::Write& write = all[all.size() - 1 - i];
    const auto next = std::ranges::upper_bound(events, write.begun, {}, &Event::at);
    fmt::print("  {:.1f} ms from {:.3f} s, after: {}\n", 1000 * write.seconds,
               write.begun - events.front().at,
               next == events.begin() ? ""
                                      : fmt::format("{} at {:.3f} s", (next - 1)->what,
                                                    (next - 1)->at - events.front().at));
  }
  std::fflush(stdout);
}

// How long some writer has been waiting for a lock now, and for whom. A write may also be slow
// because the machine is busy, which is nobody's lock.
struct LockWait {
  double seconds = 0;
  std::string whom;
};
LockWait lock_wait(postgres::Connection& connection) {
  ::usleep(5000);
  auto rows = take(connection.query(
      "SELECT extract(epoch FROM clock_timestamp() - l.waitstart),"
      " (SELECT b.state || ': ' || left(regexp_replace(b.query, '\\s+', ' ', 'g'), 90)"
      " FROM pg_stat_activity b WHERE b.pid = (pg_blocking_pids(l.pid))[1])"
      " FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted"
      " AND a.query ~ '^(INSERT INTO|UPDATE) orders' AND a.query !~ 'price_cents'"
      " AND l.waitstart IS NOT NULL ORDER BY 1 DESC LIMIT 1"));
  if (rows.size() == 0) return {};
  return {std::stod(std::string(rows.cell(0, 0))), std::string(rows.cell(0, 1))};
}

void write_steps(const Bench& bench) {
  const auto zero = [](const char* sql) { return Step::transaction({sql}); };
  bench.write(
      "1",
      {Step::transaction({"ALTER TABLE orders ADD price_cents bigint",
                          "CREATE FUNCTION cents() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                          "NEW.price_cents := round(NEW.price * 100); RETURN NEW; END $$",
                          "CREATE TRIGGER cents BEFORE INSERT OR UPDATE ON orders FOR EACH ROW "
                          "EXECUTE FUNCTION cents()"})});
  bench.write(
      "2",
      {Step::fill({"orders", {"id"}, "price_cents = round(price * 100)", "price_cents IS NULL"})});
  bench.write("3", {Step::single("CREATE INDEX CONCURRENTLY orders_cents ON orders (price_cents)"),
                    zero("ALTER TABLE orders ADD CONSTRAINT there CHECK (price_cents IS NOT NULL) "
                         "NOT VALID"),
                    zero("ALTER TABLE orders VALIDATE CONSTRAINT there"),
                    zero("ALTER TABLE orders ALTER price_cents SET NOT NULL"),
                    zero("ALTER TABLE orders DROP CONSTRAINT there")});
  bench.write("4", {zero("ALTER TABLE orders ADD CONSTRAINT customer_known FOREIGN KEY (customer) "
                         "REFERENCES customers NOT VALID"),
                    zero("ALTER TABLE orders VALIDATE CONSTRAINT customer_known"),
                    zero("ALTER TABLE orders DROP COLUMN note"),
                    Step::single("DROP INDEX CONCURRENTLY orders_cents")});
}

void load(std::int64_t rows, const fs::path& others) {
  const Bench bench;
  bench.fill(rows);
  bench.ask("CREATE TABLE customers (id int PRIMARY KEY)");
  bench.ask("INSERT INTO customers SELECT generate_series(0, 999)");
  if (others.empty()) {
    write_steps(bench);
  } else {
    fs::copy(others, bench.folder);
    if (const fs::path before = bench.folder / "before.sql"; fs::exists(before)) {
      for (const std::string& sql : split(take(read_file(before)), ';'))
        if (!trim(sql).empty()) bench.ask(sql);
      fs::remove(before);
    }
  }

  constexpr unsigned writers_count = 4;
  std::vector<Writer> writers(writers_count);
  std::vector<Event> events;
  const auto begin = [&](std::atomic<bool>& stop) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < writers_count; ++i)
      threads.emplace_back([&, i, connection = bench.connect()]() mutable {
        writers[i].run(std::move(connection), rows, rows + 1 + i * 1'000'000'000LL, i + 1, stop);
      });
    return threads;
  };
  const auto during = [&](const char* what, auto work) {
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads = begin(stop);
    LockWait longest;
    threads.emplace_back([&, connection = bench.connect()]() mutable {
      while (!stop)
        if (LockWait now = lock_wait(connection); now.seconds > longest.seconds)
          longest = std::move(now);
    });
    work();
    stop = true;
    for (std::thread& each : threads) each.join();
    print_waits(what, writers, events);
    fmt::print("  longest wait for a lock {:.1f} ms, of {}\n", 1000 * longest.seconds,
               longest.whom.empty() ? "nobody" : longest.whom);
  };
  during("alone", [] { ::sleep(10); });
  const auto note = [&](const std::string& doing) {
    events.push_back({monotonic_seconds(), doing});
  };
  during("while it is migrated",
         [&] { fmt::print("the migrations took {}\n", human_seconds(bench.run("", note))); });
  if (!others.empty())
    during("while it comes back", [&] {
      events.clear();
      fmt::print("the way back took {}\n", human_seconds(bench.run("0", note, down)));
    });
  std::int64_t updates = 0;
  std::int64_t inserts = 0;
  for (const Writer& each : writers) {
    updates += each.updates;
    inserts += each.inserts;
  }
  const std::int64_t wanted = rows * (rows + 1) / 2 + updates;
  const std::string lost = bench.ask(fmt::format("SELECT {} - sum(price) FROM orders", wanted));
  const std::string missing =
      bench.ask(fmt::format("SELECT {} - count(*) FROM orders", rows + inserts));
  const std::string wrong =
      others.empty()
          ? bench.ask(
                "SELECT count(*) FROM orders WHERE price_cents IS DISTINCT FROM round(price*100)")
          : "not asked";
  fmt::print(
      "lost updates {}, lost inserts {}, rows out of step {}; goal: longest 200 ms, none "
      "failed or lost\n",
      lost, missing, wrong);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  std::vector<std::int64_t> sizes;
  const bool has_folder = what == "load" && argc > 3;
  for (int i = 2; i < (has_folder ? 3 : argc); ++i) sizes.push_back(std::stoll(argv[i]));
  if (what == "backfill") {
    backfill(sizes.empty() ? std::vector<std::int64_t>{10'000, 100'000, 1'000'000, 10'000'000}
                           : sizes);
  } else if (what == "load") {
    load(sizes.empty() ? 3'000'000 : sizes[0], has_folder ? argv[3] : "");
  } else {
    fmt::print(stderr, "migrate_bench backfill [ROWS …] | load [ROWS [FOLDER]]\n");
    return 2;
  }
}

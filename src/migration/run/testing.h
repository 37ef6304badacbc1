// What the tests of the runner share: a server of each version, a folder of migrations, and runs
// that are killed.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "engine/postgres/reader.h"
#include "engine/postgres/sandbox.h"
#include "migration/run/runner.h"

namespace architrave::migration::testing {

namespace fs = std::filesystem;
using postgres::Connection;

class OnServers : public ::testing::TestWithParam<postgres::Installation> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "runner-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    auto made = postgres::make_empty_sandbox(
        GetParam(), {"max_connections = 30", "max_prepared_transactions = 5"});
    ASSERT_TRUE(made) << describe(made.error());
    sandbox = std::move(*made);
    options.folder = folder;
    options.lock_wait = 20;
    use("postgres");
  }
  void TearDown() override { fs::remove_all(folder); }

  void use(const std::string& database) {
    options.database = sandbox->server().connection_string(database);
  }
  void new_database(const std::string& name) {
    ASSERT_EQ(ask("CREATE DATABASE " + name), "");
    use(name);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
  }
  Connection connect() const { return std::move(*Connection::open(options.database)); }
  std::string ask(const std::string& sql) const {
    Connection connection = connect();
    const auto rows = connection.query(sql);
    return !rows ? rows.error().message : rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
  }
  // "+0001 +0002 -0002", or the error's message, place and hint.
  static std::string told(const Result<std::vector<Done>>& done) {
    if (!done) return done.error().message + " | " + done.error().where + " | " + done.error().hint;
    std::string text;
    for (const Done& each : *done)
      text += (text.empty() ? "" : " ") + std::string(each.direction == Direction::up ? "+" : "-") +
              each.version;
    return text;
  }
  std::string states() const {
    const auto situation = status(options);
    if (!situation) return situation.error().message;
    std::string text;
    for (const Standing& each : situation->list)
      text += (text.empty() ? "" : " ") + each.version + ' ' + each.state;
    return text;
  }
  // The definitions and rows of what stands in the database, but for the history.
  catalog::Catalog catalog() const {
    Connection connection = connect();
    auto read = postgres::read_catalog(connection, {.measurements = false});
    EXPECT_TRUE(read) << describe(read.error());
    return read ? std::move(*read) : catalog::Catalog();
  }

  // A change in three phases with all that no transaction holds.
  void write_zero_downtime() {
    write("0001_start.up.sql",
          "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, price "
          "numeric NOT NULL, note text);\n"
          "INSERT INTO orders (price, note) SELECT i / 7.0, 'n' || i FROM generate_series(1, "
          "20000) i;\n");
    write("0001_start.down.sql", "DROP TABLE orders;\n");
    Migration expand;
    expand.version = "0002";
    expand.name = "cents";
    expand.phase = Phase::expand;
    Step add = Step::transaction(
        {"ALTER TABLE orders ADD price_cents bigint",
         "CREATE FUNCTION cents() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
         " NEW.price_cents := round(NEW.price * 100); RETURN NEW; END $$",
         "CREATE TRIGGER cents BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION "
         "cents()"});
    add.lock_timeout = "100ms";
    expand.up.steps = {add, Step::single("CREATE INDEX CONCURRENTLY orders_note ON orders (note)")};
    expand.down =
        Script{{},
               {},
               {},
               {Step::single("DROP INDEX CONCURRENTLY orders_note"),
                Step::transaction({"DROP TRIGGER cents ON orders", "DROP FUNCTION cents()",
                                   "ALTER TABLE orders DROP price_cents"})}};
    ASSERT_TRUE(write_migration(expand, folder));
    Migration fill;
    fill.version = "0003";
    fill.name = "cents";
    fill.phase = Phase::migrate;
    fill.up.steps = {
        Step::fill(
            {"public.orders", {"id"}, "price_cents = round(price * 100)", "price_cents IS NULL"}),
        Step::transaction({"ALTER TABLE orders ADD CONSTRAINT cents_there CHECK (price_cents IS "
                           "NOT NULL) NOT VALID"}),
        Step::transaction({"ALTER TABLE orders VALIDATE CONSTRAINT cents_there"}),
        Step::single("CREATE UNIQUE INDEX CONCURRENTLY orders_cents ON orders (price_cents, id)")};
    fill.down = Script{{},
                       {},
                       {},
                       {Step::single("DROP INDEX CONCURRENTLY orders_cents"),
                        Step::transaction({"ALTER TABLE orders DROP CONSTRAINT cents_there"})}};
    ASSERT_TRUE(write_migration(fill, folder));
    Migration contract;
    contract.version = "0004";
    contract.name = "cents";
    contract.phase = Phase::contract;
    contract.up.steps = {Step::transaction({"ALTER TABLE orders ALTER price_cents SET NOT NULL",
                                            "ALTER TABLE orders DROP CONSTRAINT cents_there"}),
                         Step::single("DROP INDEX CONCURRENTLY orders_note"),
                         Step::single("REINDEX INDEX CONCURRENTLY orders_cents")};
    contract.down = Script{
        {},
        {},
        {},
        {Step::single("CREATE INDEX CONCURRENTLY orders_note ON orders (note)"),
         Step::transaction({"ALTER TABLE orders ADD CONSTRAINT cents_there CHECK (price_cents IS "
                            "NOT NULL)",
                            "ALTER TABLE orders ALTER price_cents DROP NOT NULL"})}};
    ASSERT_TRUE(write_migration(contract, folder));
  }
  static constexpr const char* rows_of_orders =
      "SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o";

  // Runs `work` in a process of its own, which is killed at the n-th thing it tells of, or after so
  // many microseconds. Says whether it was.
  template <class Work>
  bool killed(Work work, int at, useconds_t after = 0) const {
    const pid_t pid = ::fork();
    if (pid == 0) {
      RunOptions own = options;
      int told_of = 0;
      own.progress = [&](std::string_view, std::size_t, std::size_t) {
        if (++told_of == at) ::raise(SIGKILL);
      };
      const auto done = work(own);
      if (!done) std::fprintf(stderr, "%s\n", describe(done.error()).c_str());
      ::_exit(done ? 0 : 1);
    }
    if (after > 0) {
      ::usleep(after);
      ::kill(pid, SIGKILL);
    }
    int ended = 0;
    ::waitpid(pid, &ended, 0);
    EXPECT_TRUE(WIFSIGNALED(ended) || WEXITSTATUS(ended) == 0);
    return WIFSIGNALED(ended);
  }

  fs::path folder;
  std::unique_ptr<postgres::PostgresSandbox> sandbox;
  RunOptions options;
};

}  // namespace architrave::migration::testing

// The runner on real servers: what it applies, what it refuses, and what is left when it is killed.
#include "migration/run/runner.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "catalog/diff.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/sandbox.h"
#include "migration/run/waiting.h"

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;
using postgres::Connection;
using postgres::Installation;

class RunnerTest : public testing::TestWithParam<Installation> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "runner-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    auto made = postgres::make_empty_sandbox(GetParam(), {"max_connections = 30"});
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
INSTANTIATE_TEST_SUITE_P(Servers, RunnerTest, testing::ValuesIn(postgres::installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RunnerTest);

TEST_P(RunnerTest, UpAndDown) {
  write_zero_downtime();
  const catalog::Catalog empty = catalog();
  EXPECT_EQ(states(), "0001 pending 0002 pending 0003 pending 0004 pending");
  options.to = "0001";
  EXPECT_EQ(told(up(options)), "+0001");
  const std::string rows = ask(rows_of_orders);
  const catalog::Catalog start = catalog();
  options.to.clear();
  EXPECT_EQ(told(up(options)), "+0002 +0003 +0004");
  EXPECT_EQ(states(), "0001 applied 0002 applied 0003 applied 0004 applied");
  EXPECT_EQ(ask("SELECT count(*) FROM orders WHERE price_cents = round(price * 100)"), "20000");
  EXPECT_EQ(ask("SELECT rows FROM architrave.migrations WHERE version = '0003'"), "20000");
  EXPECT_EQ(told(up(options)), "");
  EXPECT_EQ(told(resume(options)), "");
  EXPECT_EQ(told(down(options)), "-0004");
  options.to = "start";
  EXPECT_EQ(told(down(options)), "-0003 -0002");
  EXPECT_EQ(ask(rows_of_orders), rows);
  for (const auto& change : catalog::diff(start, catalog())) ADD_FAILURE() << describe(change);
  options.to = "0";
  EXPECT_EQ(told(down(options)), "-0001");
  ask("DROP SCHEMA architrave CASCADE");
  for (const auto& change : catalog::diff(empty, catalog())) ADD_FAILURE() << describe(change);
}

TEST_P(RunnerTest, KilledAnywhereItEndsTheSame) {
  write_zero_downtime();
  ASSERT_EQ(told(up(options)), "+0001 +0002 +0003 +0004");
  const catalog::Catalog wanted = catalog();
  const std::string rows = ask(rows_of_orders);
  int kills = 0;
  const auto check = [&](const std::string& at) {
    EXPECT_EQ(told(up(options)).find(" | "), std::string::npos) << at << told(up(options));
    for (const auto& change : catalog::diff(wanted, catalog()))
      ADD_FAILURE() << at << describe(change);
    EXPECT_EQ(ask(rows_of_orders), rows) << at;
  };
  // At each thing it tells of: every step, every batch.
  for (int at = 1; at <= 40; ++at) {
    new_database("told" + std::to_string(at));
    if (!killed([](const RunOptions& own) { return up(own); }, at)) break;
    ++kills;
    check("told of " + std::to_string(at) + ": ");
  }
  EXPECT_GE(kills, 10);
  // At moments that it does not choose, again and again in the same database.
  for (int round = 0; round < 2; ++round) {
    new_database("time" + std::to_string(round));
    for (int i = 0; i < 40; ++i) {
      const auto after = static_cast<useconds_t>(3000 + 4000 * i + 1300 * round);
      if (!killed([](const RunOptions& own) { return up(own); }, 0, after)) break;
      ++kills;
    }
    check("round " + std::to_string(round) + ": ");
  }
  EXPECT_GE(kills, 20);
}

TEST_P(RunnerTest, KilledOnTheWayBackItIsUndoneAllTheSame) {
  write_zero_downtime();
  options.to = "0001";
  ASSERT_EQ(told(up(options)), "+0001");
  const catalog::Catalog wanted = catalog();
  const std::string rows = ask(rows_of_orders);
  for (int at = 1; at <= 20; ++at) {
    new_database("back" + std::to_string(at));
    options.to.clear();
    ASSERT_EQ(told(up(options)), "+0001 +0002 +0003 +0004");
    options.to = "0001";
    const bool was = killed([](const RunOptions& own) { return down(own); }, at);
    if (states().find("undoing") != std::string::npos) {
      EXPECT_NE(told(up(options)).find("was being undone and stopped at step"), std::string::npos);
      ASSERT_EQ(told(resume(options)).find(" | "), std::string::npos);
    }
    EXPECT_EQ(told(down(options)).find(" | "), std::string::npos) << at;
    for (const auto& change : catalog::diff(wanted, catalog()))
      ADD_FAILURE() << at << ": " << describe(change);
    EXPECT_EQ(ask(rows_of_orders), rows) << at;
    if (!was) break;
  }
}

TEST_P(RunnerTest, WhatStoppedHalfWayIsUndone) {
  write_zero_downtime();
  options.to = "0001";
  ASSERT_EQ(told(up(options)), "+0001");
  const catalog::Catalog wanted = catalog();
  options.to.clear();
  int undone = 0;
  for (int at = 2; at <= 20; ++at) {
    if (!killed([](const RunOptions& own) { return up(own); }, at)) break;
    options.to = "0001";
    const std::string text = told(down(options));
    ASSERT_EQ(text.find(" | "), std::string::npos) << at << ": " << text;
    options.to.clear();
    for (const auto& change : catalog::diff(wanted, catalog()))
      ADD_FAILURE() << at << ": " << describe(change);
    ++undone;
  }
  EXPECT_GT(undone, 5);
}

TEST_P(RunnerTest, TwoAtOnceDoNotDeadlock) {
  write_zero_downtime();
  options.runner_wait = 60;
  std::string first;
  std::string second;
  std::thread other([&] { second = told(up(options)); });
  first = told(up(options));
  other.join();
  // The work was done once, by one or the other.
  EXPECT_EQ(first + second, "+0001 +0002 +0003 +0004");
  options.runner_wait = 0;
  Connection holder = connect();
  ASSERT_TRUE(lock_runner(holder, options));
  EXPECT_NE(told(up(options)).find("another runner is at work on this database: process"),
            std::string::npos);
}

TEST_P(RunnerTest, RefusesWhatIsNotAsItWas) {
  write("1_a.up.sql", "CREATE TABLE a ();");
  write("2_b.up.sql", "CREATE TABLE b ();");
  write("2_b.down.sql", "DROP TABLE b;");
  ASSERT_EQ(told(up(options)), "+1 +2");
  write("1_a.up.sql", "CREATE TABLE a (x int);");
  EXPECT_EQ(states(), "1 changed 2 applied");
  EXPECT_TRUE(told(up(options)).starts_with("migration 1 changed after being applied | "))
      << told(up(options));
  // What stands behind it can be undone.
  EXPECT_EQ(told(down(options)), "-2");
  EXPECT_TRUE(told(down(options)).starts_with("there is no way back") ||
              told(down(options)).starts_with("migration 1 changed"));
  write("1_a.up.sql", "CREATE TABLE a ();\r\n");
  EXPECT_EQ(states(), "1 changed 2 pending");  // a line end more is a change
  write("1_a.up.sql", "CREATE TABLE a ();");
  EXPECT_EQ(told(up(options)), "+2");
  fs::remove(folder / "1_a.up.sql");
  EXPECT_EQ(states(), "2 applied 1 missing");
  EXPECT_TRUE(told(up(options)).starts_with("migration 1 applied, but not in "))
      << told(up(options));
  write("1_a.up.sql", "CREATE TABLE a ();");
  write("1.5_c.up.sql", "CREATE TABLE c ();");
  EXPECT_TRUE(told(up(options)).starts_with("migration 1.5 not applied, though later ones are"));
  options.allow_gaps = true;
  EXPECT_EQ(told(up(options)), "+1.5");
  EXPECT_TRUE(told(down(options)).starts_with("-2")) << told(down(options));
  EXPECT_TRUE(told(down(options)).starts_with("there is no way back from 1.5 c"));
}

TEST_P(RunnerTest, AnErrorLeavesNothingHalfDoneAndSaysWhatToDo) {
  write("1_a.up.sql", "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1), (1);\n");
  write("2_b.up.sql",
        "CREATE TABLE b ();\n-- é\nALTER TABLE a\n  ADD CHECK (x > 1);\nCREATE TABLE c ();\n");
  EXPECT_EQ(told(up(options)),
            "check constraint \"a_x_check\" of relation \"a\" is violated by some row | " +
                (folder / "2_b.up.sql").string() +
                ":3:1 | nothing of 2 was kept: mend the cause, then run architrave migrate up "
                "again");
  EXPECT_EQ(ask("SELECT to_regclass('b') IS NULL"), "t");
  EXPECT_EQ(states(), "1 applied 2 pending");
  write("2_b.up.sql", "CREATE TABLE b ();\nSELECT nothing FROM b;\n");
  EXPECT_TRUE(told(up(options)).find("2_b.up.sql:2:8 | ") != std::string::npos);
  write("2_b.up.sql", "CREATE TABLE b ();\nCREATE TABL c ();\n");
  EXPECT_EQ(told(up(options)), "syntax error at or near \"TABL\" | " +
                                   (folder / "2_b.up.sql").string() +
                                   ":2:8 | nothing was run: mend the file, then run the same "
                                   "command again");
  // Of several steps, those before stay, and the rest may be mended.
  write("2_b.up.sql",
        "CREATE TABLE b ();\nCREATE UNIQUE INDEX CONCURRENTLY i ON a (x);\nCREATE TABLE c ();\n");
  write("2_b.down.sql", "DROP TABLE c; DROP TABLE b;");
  const std::string text = told(up(options));
  EXPECT_NE(text.find("2 stopped at step 2 of 3: mend the cause, then architrave migrate resume "
                      "goes on from there, architrave migrate down undoes it"),
            std::string::npos)
      << text;
  EXPECT_EQ(ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
  EXPECT_EQ(states(), "1 applied 2 stopped");
  write("2_b.up.sql",
        "CREATE TABLE b ();\nCREATE INDEX CONCURRENTLY i ON a (x);\nCREATE TABLE c ();\n");
  EXPECT_EQ(states(), "1 applied 2 stopped");
  EXPECT_EQ(told(resume(options)), "+2");
  EXPECT_EQ(ask("SELECT to_regclass('c') IS NULL"), "f");
  EXPECT_EQ(states(), "1 applied 2 applied");
  EXPECT_EQ(told(down(options)), "-2");
  // The first step is no longer what it was.
  write("2_b.up.sql", "CREATE TABLE b ();\nCREATE UNIQUE INDEX CONCURRENTLY j ON a (x);\n");
  EXPECT_NE(told(up(options)).find("2 stopped at step 2 of 2"), std::string::npos);
  write("2_b.up.sql", "CREATE TABLE bb ();\nCREATE INDEX CONCURRENTLY j ON a (x);\n");
  EXPECT_EQ(states(), "1 applied 2 changed");
}

TEST_P(RunnerTest, ALockThatIsHeldIsTriedForAgain) {
  write("1_a.up.sql", "CREATE TABLE a (x int);");
  write("2_b.up.sql", "ALTER TABLE a ADD y int;");
  options.to = "1";
  ASSERT_EQ(told(up(options)), "+1");
  options.to.clear();
  Connection holder = connect();
  ASSERT_TRUE(holder.query("BEGIN"));
  ASSERT_TRUE(holder.query("SELECT * FROM a"));
  options.lock_retries = 2;
  const std::string text = told(up(options));
  EXPECT_NE(text.find("lock timeout (tried 3 times)"), std::string::npos) << text;
  EXPECT_NE(text.find("SELECT * FROM a"), std::string::npos) << text;
  EXPECT_EQ(states(), "1 applied 2 pending");
  options.lock_retries = 100;
  std::atomic<int> waits = 0;
  options.progress = [&](std::string_view what, std::size_t, std::size_t) {
    if (what.find("waiting for a lock") != std::string_view::npos && ++waits == 3)
      static_cast<void>(holder.query("COMMIT"));
  };
  EXPECT_EQ(told(up(options)), "+2");
  EXPECT_EQ(waits, 3);
}

TEST_P(RunnerTest, ALostConnectionLeavesNothingHalfDone) {
  write("1_a.up.sql",
        "CREATE TABLE a (x int);\nSELECT pg_terminate_backend(pg_backend_pid());\nCREATE TABLE b "
        "();\n");
  const std::string text = told(up(options));
  EXPECT_NE(text.find("nothing of 1 was kept: run architrave migrate up again"), std::string::npos)
      << text;
  EXPECT_EQ(ask("SELECT to_regclass('a') IS NULL"), "t");
  EXPECT_EQ(states(), "1 pending");
}

TEST_P(RunnerTest, ItsConnectionCutAnywhereItEndsTheSame) {
  write_zero_downtime();
  ASSERT_EQ(told(up(options)), "+0001 +0002 +0003 +0004");
  const catalog::Catalog wanted = catalog();
  const std::string rows = ask(rows_of_orders);
  new_database("cut");
  int cuts = 0;
  for (int i = 0; i < 40; ++i) {
    std::string text;
    std::atomic<bool> ended = false;
    std::thread runner([&] {
      text = told(up(options));
      ended = true;
    });
    // After the moment that it is found, and so many milliseconds more.
    while (!ended && ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                         "'architrave' AND pid <> pg_backend_pid()") == "0") {
    }
    ::usleep(static_cast<useconds_t>(4000 * (i % 20)));
    if (!ended)
      ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
          "'architrave' AND pid <> pg_backend_pid()");
    runner.join();
    if (text.find(" | ") == std::string::npos) {
      for (const auto& change : catalog::diff(wanted, catalog())) ADD_FAILURE() << describe(change);
      EXPECT_EQ(ask(rows_of_orders), rows);
      options.to = "0";
      EXPECT_EQ(told(down(options)), "-0004 -0003 -0002 -0001");
      options.to.clear();
      continue;
    }
    ++cuts;
    EXPECT_TRUE(text.find("run architrave migrate up again") != std::string::npos ||
                text.find("architrave migrate resume goes on") != std::string::npos ||
                text.find("see whether the server still runs") != std::string::npos ||
                text.find("cannot connect") != std::string::npos)
        << text;
  }
  EXPECT_GT(cuts, 3);
  EXPECT_EQ(told(up(options)).find(" | "), std::string::npos);
  for (const auto& change : catalog::diff(wanted, catalog())) ADD_FAILURE() << describe(change);
  EXPECT_EQ(ask(rows_of_orders), rows);
}

TEST_P(RunnerTest, TransactionsOfEveryKind) {
  write("1_a.up.sql",
        "BEGIN ISOLATION LEVEL SERIALIZABLE;\nSET LOCAL lock_timeout = '2s';\nCREATE TABLE a (x "
        "text);\nINSERT INTO a SELECT current_setting('transaction_isolation') || "
        "current_setting('lock_timeout');\nCOMMIT;\n");
  write("2_b.up.sql", "CREATE TABLE b (x int, y text);\nCOPY b FROM STDIN;\n1\tone\n\\.\n");
  write("3_c.up.sql", "ALTER TABLE a ADD CONSTRAINT u UNIQUE (x) DEFERRABLE INITIALLY DEFERRED;\n");
  write("4_d.up.sql", "CREATE TABLE d ();\nINSERT INTO a SELECT x FROM a;\n");
  const std::string text = told(up(options));
  EXPECT_TRUE(text.find("duplicate key") != std::string::npos &&
              text.find("4_d.up.sql:2:1") != std::string::npos)
      << text;
  EXPECT_EQ(states(), "1 applied 2 applied 3 applied 4 pending");
  EXPECT_EQ(ask("SELECT x FROM a"), "serializable2s");
  EXPECT_EQ(ask("SELECT y FROM b"), "one");
  EXPECT_EQ(ask("SELECT to_regclass('d') IS NULL"), "t");
}

TEST_P(RunnerTest, HooksAndAsking) {
  write("1_a.up.sql", "CREATE TABLE a (x int);");
  const std::string sign = (folder / "sign").string();
  options.before = "exit 3";
  EXPECT_EQ(told(up(options)),
            "the command of --before failed with 3: exit 3 |  | nothing was changed");
  EXPECT_EQ(states(), "1 pending");
  options.before = "echo before >> " + sign;
  options.after = "echo after >> " + sign;
  std::vector<std::string> asked;
  options.confirm = [&](const std::vector<std::string>& what) {
    asked = what;
    return false;
  };
  EXPECT_TRUE(told(up(options)).starts_with("nobody has said yes"));
  EXPECT_EQ(join(asked, "; "), "apply 1 a");
  options.confirm = nullptr;
  options.dry_run = true;
  std::string shown;
  options.say = [&](const std::string& line) { shown += line + '\n'; };
  EXPECT_EQ(told(up(options)), "");
  EXPECT_NE(shown.find("BEGIN;\nCREATE TABLE a (x int);\nCOMMIT;"), std::string::npos) << shown;
  options.dry_run = false;
  EXPECT_FALSE(fs::exists(sign));
  EXPECT_EQ(told(up(options)), "+1");
  std::ifstream file(sign);
  std::string all((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(all, "before\nafter\n");
}

TEST_P(RunnerTest, BackfillsOfEveryKindOfKey) {
  write("1_a.up.sql",
        "CREATE TABLE a (x text COLLATE \"C\", y timestamptz, z int, PRIMARY KEY (x, y));\n"
        "INSERT INTO a SELECT 'k''' || i % 97, timestamptz '2024-01-01' + i * interval '1.001 s' "
        "FROM generate_series(1, 30000) i;\n"
        "CREATE TABLE b (x int, z int);\n"
        "INSERT INTO b SELECT i FROM generate_series(1, 30000) i;\n"
        "CREATE TABLE c (id uuid PRIMARY KEY, z int);\n"
        "INSERT INTO c SELECT md5(i::text)::uuid FROM generate_series(1, 3000) i;\n"
        "CREATE TABLE d (id int PRIMARY KEY, z int);\n");
  Migration fill;
  fill.version = "2";
  fill.name = "fill";
  const std::vector<Backfill> all = {{"a", {"x", "y"}, "z = 1", "z IS NULL"},
                                     {"b", {}, "z = x + 1", "z IS NULL"},
                                     {"public.c", {"id"}, "z = coalesce(z, 0) + 1", ""},
                                     {"d", {"id"}, "z = 1", ""}};
  for (const Backfill& each : all) fill.up.steps.push_back(Step::fill(each));
  ASSERT_TRUE(write_migration(fill, folder));
  ASSERT_EQ(told(up(options)), "+1 +2");
  EXPECT_EQ(ask("SELECT count(*) FROM a WHERE z = 1"), "30000");
  EXPECT_EQ(ask("SELECT count(*) FROM b WHERE z = x + 1"), "30000");
  EXPECT_EQ(ask("SELECT count(*) FROM c WHERE z = 1"), "3000");  // each once
  // The same by psql: the files need no runner.
  ask("UPDATE a SET z = NULL");
  ask("UPDATE b SET z = NULL");
  ask("UPDATE c SET z = NULL");
  Connection connection = connect();
  for (const Backfill& each : all) {
    const Status done = connection.execute(backfill_block(each));
    ASSERT_TRUE(done) << describe(done.error());
  }
  EXPECT_EQ(ask("SELECT count(*) FROM a WHERE z = 1"), "30000");
  EXPECT_EQ(ask("SELECT count(*) FROM b WHERE z = x + 1"), "30000");
  EXPECT_EQ(ask("SELECT count(*) FROM c WHERE z = 1"), "3000");
}

TEST_P(RunnerTest, ABackfillEndsWhileRowsAreAdded) {
  write("1_a.up.sql",
        "CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, z int);\n"
        "INSERT INTO a (z) SELECT NULL FROM generate_series(1, 20000);\n");
  Migration fill;
  fill.version = "2";
  fill.name = "fill";
  fill.up.steps = {Step::fill({"a", {"id"}, "z = 1", "z IS NULL"})};
  ASSERT_TRUE(write_migration(fill, folder));
  options.to = "1";
  ASSERT_EQ(told(up(options)), "+1");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    Connection connection = connect();
    for (; !stop; ::usleep(2000))
      static_cast<void>(
          connection.query("INSERT INTO a (z) SELECT NULL FROM generate_series(1, 200)"));
  });
  options.to.clear();
  const std::string text = told(up(options));
  stop = true;
  writer.join();
  EXPECT_EQ(text, "+2");
  EXPECT_EQ(ask("SELECT count(*) FROM a WHERE id <= 20000 AND z IS NULL"), "0");
}

TEST_P(RunnerTest, TakesOverFromOthers) {
  write("V1__a.sql", "CREATE TABLE a ();");
  write("V2__b.sql", "CREATE TABLE b ();");
  write("V3__c.sql", "CREATE TABLE c ();");
  ask("CREATE TABLE flyway_schema_history (installed_rank int, version varchar(50), description "
      "varchar(200), type varchar(20), script varchar(1000), checksum int, installed_by "
      "varchar(100), installed_on timestamp DEFAULT now(), execution_time int, success boolean)");
  ask("INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', 1, 'ann', "
      "'2024-01-02 03:04:05', 7, true), (2, '2', 'b', 'SQL', 'V2__b.sql', 2, 'ann', now(), 7, "
      "true), "
      "(3, '2', 'b', 'UNDO_SQL', 'U2__b.sql', 2, 'ann', now(), 7, true)");
  EXPECT_NE(told(up(options)).find("architrave migrate baseline --from flyway"), std::string::npos);
  const auto taken = baseline(options, "flyway");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "1");
  EXPECT_EQ(ask("SELECT applied_by || finished::date FROM architrave.migrations"), "ann2024-01-02");
  EXPECT_EQ(told(up(options)), "+2 +3");
  EXPECT_EQ(baseline(options, "flyway").error().code, "migration.history");
}

TEST_P(RunnerTest, TakesOverFromGolangMigrate) {
  write("000001_a.up.sql", "CREATE TABLE a ();");
  write("000002_b.up.sql", "CREATE TABLE b ();");
  write("000003_c.up.sql", "CREATE TABLE c ();");
  ask("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean)");
  ask("INSERT INTO schema_migrations VALUES (2, true)");
  EXPECT_EQ(baseline(options, "golang-migrate").error().message,
            "golang-migrate stopped half way in 2");
  ask("UPDATE schema_migrations SET dirty = false");
  const auto taken = baseline(options, "golang-migrate");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "000001 000002");
  EXPECT_EQ(told(up(options)), "+000003");
}

TEST_P(RunnerTest, TakesOverFromTheRest) {
  fs::create_directories(folder / "20240101000000_a");
  write("20240101000000_a/migration.sql", "CREATE TABLE a ();");
  fs::create_directories(folder / "20240102000000_b");
  write("20240102000000_b/migration.sql", "CREATE TABLE b ();");
  ask("CREATE TABLE _prisma_migrations (id text, checksum text, finished_at timestamptz, "
      "migration_name text, logs text, rolled_back_at timestamptz, started_at timestamptz DEFAULT "
      "now(), applied_steps_count int)");
  ask("INSERT INTO _prisma_migrations VALUES ('1', '', now(), '20240101000000_a', '', NULL, now(), "
      "1), ('2', '', NULL, '20240102000000_b', '', now(), now(), 0)");
  auto taken = baseline(options, "prisma");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "20240101000000");
  EXPECT_EQ(told(up(options)), "+20240102000000");

  new_database("other");
  fs::remove_all(folder / "20240101000000_a");
  fs::remove_all(folder / "20240102000000_b");
  write("20240101000000_a.sql", "-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\n");
  ask("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
  ask("INSERT INTO schema_migrations VALUES ('20240101000000'), ('20250101000000')");
  EXPECT_EQ(baseline(options, "dbmate").error().message,
            "dbmate has applied 20250101000000, which is not in " + folder.string());
  ask("DELETE FROM schema_migrations WHERE version > '2025'");
  taken = baseline(options, "dbmate");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "20240101000000");

  new_database("third");
  fs::remove(folder / "20240101000000_a.sql");
  write("sqitch.plan",
        "%project=x\n\na 2024-01-01T00:00:00Z A <a@b>\n@v1 2024-01-01T00:00:00Z A <a@b>\n"
        "b 2024-01-02T00:00:00Z A <a@b>\na [a@v1] 2024-01-03T00:00:00Z A <a@b>\n");
  fs::create_directories(folder / "deploy");
  for (const char* name : {"deploy/a@v1.sql", "deploy/b.sql", "deploy/a.sql"})
    write(name, "SELECT 1;");
  ask("CREATE SCHEMA sqitch");
  ask("CREATE TABLE sqitch.changes (change_id text, change text, committer_name text, committed_at "
      "timestamptz)");
  ask("INSERT INTO sqitch.changes VALUES ('1', 'a', 'Ann', '2024-01-01'), ('2', 'b', 'Ann', "
      "'2024-01-02')");
  taken = baseline(options, "sqitch");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "a@v1 b");
  EXPECT_EQ(told(up(options)), "+a");

  new_database("fourth");
  fs::remove_all(folder / "deploy");
  fs::remove(folder / "sqitch.plan");
  fs::create_directories(folder / "2024-01-01-000000_a");
  write("2024-01-01-000000_a/up.sql", "SELECT 1;");
  ask("CREATE TABLE __diesel_schema_migrations (version varchar PRIMARY KEY, run_on timestamp)");
  ask("INSERT INTO __diesel_schema_migrations VALUES ('20240101000000', now())");
  taken = baseline(options, "diesel");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "2024-01-01-000000");
}

TEST_P(RunnerTest, WhatIsRepeatableRunsWheneverItChanges) {
  write("V1__a.sql", "CREATE TABLE a (x int);");
  write("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;");
  EXPECT_EQ(told(up(options)), "+1 +R__view");
  EXPECT_EQ(told(up(options)), "");
  write("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 2 AS one;");
  write("V2__b.sql", "CREATE TABLE b (x int);");
  EXPECT_EQ(states(), "1 applied 2 pending R__view pending");
  EXPECT_EQ(told(up(options)), "+2 +R__view");
  EXPECT_EQ(ask("SELECT one FROM v"), "2");
  EXPECT_EQ(told(up(options)), "");
}

TEST_P(RunnerTest, AnIndexWithoutANameIsBuiltOnce) {
  write("1_a.up.sql", "CREATE TABLE a (x int); CREATE INDEX ON a (x);");
  write("2_b.up.sql", "CREATE INDEX CONCURRENTLY ON a (x);\nCREATE TABLE b ();\n");
  options.to = "1";
  ASSERT_EQ(told(up(options)), "+1");
  options.to.clear();
  // Begun and done by a runner that was killed before it could say so.
  ASSERT_TRUE(killed([](const RunOptions& own) { return up(own); }, 1));
  ask("UPDATE architrave.migrations SET begun = true, batch = (SELECT array_agg(indexrelid)::text "
      "FROM pg_index WHERE indrelid = 'a'::regclass) WHERE version = '2'");
  ask("CREATE INDEX ON a (x)");
  ask("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'a_x_idx1'::regclass");
  EXPECT_EQ(told(up(options)), "+2");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass AND indisvalid"),
            "2");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass"), "2");
}

TEST_P(RunnerTest, ABaselineRunsNothing) {
  write("1_a.up.sql", "CREATE TABLE a ();");
  write("2_b.up.sql", "CREATE TABLE b ();");
  options.to = "1";
  ASSERT_TRUE(baseline(options, ""));
  options.to.clear();
  EXPECT_EQ(states(), "1 baseline 2 pending");
  EXPECT_EQ(told(up(options)), "+2");
  EXPECT_EQ(ask("SELECT to_regclass('a') IS NULL"), "t");
}

}  // namespace
}  // namespace architrave::migration

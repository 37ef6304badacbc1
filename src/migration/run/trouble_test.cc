// What is left when a run is killed, cut off, refused or kept waiting, and that the next one ends
// the same.
#include <atomic>
#include <thread>

#include "catalog/diff.h"
#include "migration/run/testing.h"
#include "migration/run/waiting.h"

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;
using postgres::Connection;

class TroubleTest : public testing::OnServers {};
INSTANTIATE_TEST_SUITE_P(Servers, TroubleTest, ::testing::ValuesIn(postgres::installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TroubleTest);

TEST_P(TroubleTest, KilledAnywhereItEndsTheSame) {
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

TEST_P(TroubleTest, KilledOnTheWayBackItIsUndoneAllTheSame) {
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

TEST_P(TroubleTest, WhatStoppedHalfWayIsUndone) {
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

// What only stands beside is taken away: nothing that the phase would have done is done back.
TEST_P(TroubleTest, AnUndoGoesNoFurtherThanThePhaseDid) {
  const auto up_to = [&](const char* swap) {
    write("1_a.up.sql", std::string("-- architrave:transaction none\nCREATE TABLE a (i int);\n"
                                    "BEGIN;\nCREATE TABLE beside (i int);\nCOMMIT;\nANALYZE a;\n") +
                            "-- architrave:swap\nBEGIN;\n" + swap + "COMMIT;\nANALYZE nowhere;\n");
  };
  write("1_a.down.sql",
        "BEGIN;\nDROP TABLE beside;\nCOMMIT;\nBEGIN;\nDROP TABLE a;\nCOMMIT;\n"
        "-- architrave:swap\nSET lock_timeout = '0';\nBEGIN;\nSELECT 1 / 0;\nCOMMIT;\n");
  up_to("DROP TABLE nowhere;\n");
  EXPECT_NE(told(up(options)).find("1 stopped at step 4 of 5"), std::string::npos);
  EXPECT_EQ(told(down(options)), "-1");
  EXPECT_EQ(ask("SELECT to_regclass('a')"), "");
  up_to("SELECT;\n");
  EXPECT_NE(told(up(options)).find("1 stopped at step 5 of 5"), std::string::npos);
  EXPECT_TRUE(told(down(options)).starts_with("division by zero | ")) << told(down(options));
  // It stopped in its undo, and goes on to the end of that.
  EXPECT_TRUE(told(resume(options)).starts_with("division by zero | "));
  EXPECT_EQ(states(), "1 undoing");
  ask("DROP SCHEMA architrave CASCADE");
  // An undo that stops itself is as short when it goes on.
  up_to("DROP TABLE nowhere;\n");
  EXPECT_NE(told(up(options)).find("1 stopped at step 4 of 5"), std::string::npos);
  ask("CREATE VIEW v AS SELECT * FROM a");
  EXPECT_NE(told(down(options)).find("1 stopped at step 2 of 2"), std::string::npos);
  ask("DROP VIEW v");
  EXPECT_EQ(told(resume(options)), "-1");
  EXPECT_EQ(ask("SELECT to_regclass('a')"), "");
}

TEST_P(TroubleTest, TwoAtOnceDoNotDeadlock) {
  write_zero_downtime();
  options.runner_wait = 60;
  // The second comes while the first makes its history, adds a column, builds an index, fills.
  for (const useconds_t later : {0, 5'000, 20'000, 60'000, 150'000}) {
    new_database("later" + std::to_string(later));
    std::string first;
    std::string second;
    std::thread other([&] {
      ::usleep(later);
      second = told(up(options));
    });
    first = told(up(options));
    other.join();
    // The work was done once, by one or the other.
    EXPECT_EQ(first + second, "+0001 +0002 +0003 +0004") << later;
  }
  options.runner_wait = 0;
  Connection holder = connect();
  ASSERT_TRUE(lock_runner(holder, options));
  EXPECT_NE(told(up(options)).find("another runner is at work on this database: process"),
            std::string::npos);
}

TEST_P(TroubleTest, AFullDiskLeavesNothingHalfDone) {
  // As a server that cannot extend a file says it, wherever it is met.
  write("1_start.up.sql",
        "CREATE TABLE a (id bigint PRIMARY KEY, b int, c int);\n"
        "INSERT INTO a SELECT i, i FROM generate_series(1, 5000) i;\n"
        "CREATE TABLE full_disk ();\n"
        "CREATE FUNCTION room(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN\n"
        "IF $1 = 4000 AND to_regclass('public.full_disk') IS NOT NULL THEN\n"
        "  RAISE 'could not extend file \"base/1/2\": No space left on device' USING\n"
        "    ERRCODE = '53100', HINT = 'Check free disk space.';\n"
        "END IF; RETURN $1; END $$;\n");
  ASSERT_EQ(told(up(options)), "+1");
  Migration fill;
  fill.version = "2";
  fill.name = "fill";
  fill.up.steps = {Step::fill({"public.a", {"id"}, "c = public.room(id)", "c IS NULL"})};
  ASSERT_TRUE(write_migration(fill, folder));
  write("3_index.up.sql",
        "-- architrave:transaction none\n"
        "CREATE INDEX CONCURRENTLY a_room ON a (public.room(id));\n");
  write("4_rewrite.up.sql", "ALTER TABLE a ALTER b TYPE bigint USING public.room(id);\n");
  write("4_rewrite.down.sql", "ALTER TABLE a ALTER b TYPE int;\n");

  const auto expect = [&](const std::string& text, const char* hint) {
    EXPECT_NE(text.find("No space left on device"), std::string::npos) << text;
    EXPECT_NE(text.find(hint), std::string::npos) << text;
  };
  constexpr const char* full = "CREATE TABLE IF NOT EXISTS full_disk ()";
  constexpr const char* room = "DROP TABLE full_disk";
  constexpr const char* go_on = "mend the cause, then architrave migrate resume goes on from there";
  expect(told(up(options)), go_on);
  // Batches before are kept and known; the one that failed is not there.
  const std::string filled = ask("SELECT count(c) FROM a");
  EXPECT_LT(std::stoi(filled), 4000);
  EXPECT_EQ(ask("SELECT rows FROM architrave.migrations WHERE version LIKE '%2'"), filled);
  expect(told(resume(options)), go_on);
  ask(room);
  options.to = "2";
  EXPECT_EQ(told(up(options)), "+2");
  EXPECT_EQ(ask("SELECT count(*) FROM a WHERE c = id"), "5000");
  options.to.clear();
  ask(full);
  expect(told(up(options)), go_on);
  expect(told(resume(options)), go_on);
  ask(room);
  options.to = "3";
  EXPECT_EQ(told(up(options)), "+3");
  EXPECT_EQ(ask("SELECT string_agg(indexrelid::regclass || indisvalid::text, ' ' ORDER BY 1) FROM "
                "pg_index WHERE indrelid = 'a'::regclass"),
            "a_pkeytrue a_roomtrue");
  options.to.clear();
  ask(full);
  expect(told(up(options)),
         "nothing of 4 was kept: mend the cause, then run architrave migrate up again");
  EXPECT_EQ(ask("SELECT pg_typeof(b) FROM a LIMIT 1"), "integer");
  ask(room);
  EXPECT_EQ(told(up(options)), "+4");
}

TEST_P(TroubleTest, AnErrorLeavesNothingHalfDoneAndSaysWhatToDo) {
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
  EXPECT_EQ(told(up(options)),
            "syntax error at or near \"TABL\" | " + (folder / "2_b.up.sql").string() +
                ":2:8 | nothing was run: mend the file (the server is "
                "PostgreSQL " +
                std::to_string(GetParam().major) + "), then run the same command again");
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

TEST_P(TroubleTest, RowsThatWereNeverChangedAreNotChangedBack) {
  write("1_a.up.sql", "CREATE TABLE a (x int); INSERT INTO a VALUES (1), (2);");
  ASSERT_EQ(told(up(options)), "+1");
  const std::string index = "CREATE INDEX CONCURRENTLY i ON a (x);\n";
  const std::string change = "UPDATE a SET x = x * 100;\n";
  const std::string fails = "SELECT 1 / 0;\n";
  write("2_b.down.sql", "UPDATE a SET x = x / 100;\nDROP INDEX i;\n");
  write("2_b.up.sql", index + fails + change);
  EXPECT_NE(told(up(options)).find("2 stopped at step 2 of 3"), std::string::npos);
  EXPECT_NE(told(down(options))
                .find("it can't be known whether what this would undo was done | " +
                      (folder / "2_b.down.sql").string() + ":1:1"),
            std::string::npos);
  EXPECT_EQ(ask("SELECT sum(x) FROM a"), "3");
  // What is known is undone.
  write("2_b.down.sql", "DROP INDEX i;\n");
  EXPECT_EQ(told(down(options)), "-2");
  write("2_b.down.sql", "UPDATE a SET x = x / 100;\nDROP INDEX i;\n");
  write("2_b.up.sql", index + change + fails);
  EXPECT_NE(told(up(options)).find("2 stopped at step 3 of 3"), std::string::npos);
  EXPECT_EQ(ask("SELECT sum(x) FROM a"), "300");
  EXPECT_EQ(told(down(options)), "-2");
  EXPECT_EQ(ask("SELECT sum(x) FROM a"), "3");
}

TEST_P(TroubleTest, ALockThatIsHeldIsTriedForAgain) {
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

TEST_P(TroubleTest, WhatEndsWhileItIsLookedAtHasNotStopped) {
  write("1_a.up.sql", "-- architrave:transaction none\nCREATE TABLE a ();\nCREATE TABLE b ();");
  write("1_a.down.sql", "-- architrave:transaction none\nDROP TABLE b;\nDROP TABLE a;");
  ASSERT_EQ(told(up(options)), "+1");
  std::atomic<bool> runs = true;
  std::thread runner([&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(told(down(options)), "-1");
      EXPECT_EQ(told(up(options)), "+1");
    }
    runs = false;
  });
  while (runs) {
    const std::string seen = states();
    EXPECT_TRUE(seen == "1 applied" || seen == "1 pending" || seen == "1 running") << seen;
  }
  runner.join();
}

TEST_P(TroubleTest, ALockThatIsNeverHadIsSaidToBeWhose) {
  write("1_a.up.sql", "CREATE TABLE a (id int PRIMARY KEY, x int);\nINSERT INTO a VALUES (1);");
  write("2_b.up.sql", "ALTER TABLE a ADD y int;");
  options.to = "1";
  ASSERT_EQ(told(up(options)), "+1");
  options.to.clear();
  options.lock_retries = 2;
  const auto process = [](Connection& connection) {
    return "process " + std::string(connection.query("SELECT pg_backend_pid()")->cell(0, 0));
  };
  // Open for longer, and in nobody's way.
  Connection older = connect();
  ASSERT_TRUE(older.execute("BEGIN; SELECT 1 FROM pg_class"));
  Connection holder = connect();
  ASSERT_TRUE(holder.execute("SET application_name = 'shop'"));
  ASSERT_TRUE(holder.execute("BEGIN; SELECT *\n  FROM a"));
  const std::string held = told(up(options));
  EXPECT_NE(held.find("lock timeout (tried 3 times): a is held by " + process(holder) + " ("),
            std::string::npos)
      << held;
  EXPECT_NE(held.find(", shop, idle in transaction, its transaction open since "),
            std::string::npos)
      << held;
  EXPECT_NE(held.find("): BEGIN; SELECT * … |"), std::string::npos) << held;
  EXPECT_NE(held.find("SELECT pg_terminate_backend(" + process(holder).substr(8) + ")"),
            std::string::npos)
      << held;
  EXPECT_EQ(held.find(process(older)), std::string::npos) << held;
  // A queue: who waits itself is not the cause.
  std::thread next([&] { ask("DO 'BEGIN LOCK TABLE a; END'"); });
  while (ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") ::usleep(1000);
  write("2_b.up.sql",
        "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION "
        "suppress_redundant_updates_trigger();");
  const std::string queued = told(up(options));
  EXPECT_NE(queued.find("a is held by " + process(holder)), std::string::npos) << queued;
  EXPECT_NE(queued.find("waiting itself for " + process(holder).substr(8)), std::string::npos)
      << queued;
  ASSERT_TRUE(holder.execute("COMMIT"));
  next.join();
  // A transaction that was prepared has no process.
  ASSERT_TRUE(holder.execute("BEGIN; UPDATE a SET x = 1; PREPARE TRANSACTION 'it''s'"));
  const std::string prepared = told(up(options));
  EXPECT_NE(prepared.find("a is held by the prepared transaction 'it''s' ("), std::string::npos)
      << prepared;
  EXPECT_NE(prepared.find("| end it: COMMIT PREPARED 'it''s' or ROLLBACK PREPARED 'it''s'; "),
            std::string::npos)
      << prepared;
  // A row, in a backfill; and outside of transactions.
  write("2_b.up.sql",
        "-- architrave:transaction none\nSET lock_timeout = '100ms';\nVACUUM FULL a;\n");
  const std::string alone = told(up(options));
  EXPECT_NE(alone.find("a is held by the prepared transaction"), std::string::npos) << alone;
  ASSERT_TRUE(holder.execute("ROLLBACK PREPARED 'it''s'"));
  ASSERT_EQ(told(up(options)), "+2");
  Migration fill;
  fill.version = "3";
  fill.name = "fill";
  fill.up.steps = {Step::fill({"public.a", {"id"}, "x = 2", "x IS NULL"})};
  ASSERT_TRUE(write_migration(fill, folder));
  ASSERT_TRUE(holder.execute("BEGIN; UPDATE a SET x = 1"));
  const std::string row = told(up(options));
  EXPECT_NE(row.find("(tried 3 times): the lock is held by " + process(holder)), std::string::npos)
      << row;
}

TEST_P(TroubleTest, ALostConnectionLeavesNothingHalfDone) {
  write("1_a.up.sql",
        "CREATE TABLE a (x int);\nSELECT pg_terminate_backend(pg_backend_pid());\nCREATE TABLE b "
        "();\n");
  const std::string text = told(up(options));
  EXPECT_NE(text.find("nothing of 1 was kept: run architrave migrate up again"), std::string::npos)
      << text;
  EXPECT_EQ(ask("SELECT to_regclass('a') IS NULL"), "t");
  EXPECT_EQ(states(), "1 pending");
}

TEST_P(TroubleTest, ItsConnectionCutAnywhereItEndsTheSame) {
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

}  // namespace
}  // namespace architrave::migration

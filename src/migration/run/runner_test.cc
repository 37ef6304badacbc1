// The runner on real servers: what it applies and what it refuses.
#include "migration/run/runner.h"

#include <atomic>
#include <thread>

#include "base/text.h"
#include "catalog/diff.h"
#include "migration/run/testing.h"

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;
using postgres::Connection;

class RunnerTest : public testing::OnServers {};
INSTANTIATE_TEST_SUITE_P(Servers, RunnerTest, ::testing::ValuesIn(postgres::installations()),
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

TEST_P(RunnerTest, ABackfillsRestsAreToldApart) {
  write_zero_downtime();
  options.throttle.share = 0.2;
  std::string told_last;
  options.progress = [&](std::string_view what, std::size_t, std::size_t) {
    if (what.starts_with("public.orders: ")) told_last = what;
  };
  ASSERT_EQ(told(up(options)), "+0001 +0002 +0003 +0004");
  // "public.orders: 20,000 rows, 100,000 rows/s (20,000 with rests)"
  const auto figure = [&](std::string_view before) {
    const std::size_t at = told_last.find(before);
    if (at == std::string::npos) return 0.0;
    std::string digits = told_last.substr(at + before.size(), 12);
    std::erase(digits, ',');
    return std::strtod(digits.c_str(), nullptr);
  };
  EXPECT_NE(told_last.find(" with rests)"), std::string::npos) << told_last;
  EXPECT_GT(figure("rows, "), 2 * figure("rows/s (")) << told_last;
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
  EXPECT_TRUE(told(down(options)).starts_with("there is no way back from 1.5 c"));
}

TEST_P(RunnerTest, DownTakesWhatWasAppliedLast) {
  for (const char* name : {"1", "3", "4"}) {
    write(std::string(name) + "_t.up.sql", std::string("CREATE TABLE t") + name + " ();");
    write(std::string(name) + "_t.down.sql", std::string("DROP TABLE t") + name + ";");
  }
  ASSERT_EQ(told(up(options)), "+1 +3 +4");
  write("2_t.up.sql", "CREATE TABLE t2 ();");
  write("2_t.down.sql", "DROP TABLE t2;");
  options.allow_gaps = true;
  ASSERT_EQ(told(up(options)), "+2");
  options.allow_gaps = false;
  std::string asked;
  options.confirm = [&](const std::vector<std::string>& what) {
    asked = join(what, "; ");
    return true;
  };
  EXPECT_EQ(told(down(options)), "-2");
  EXPECT_EQ(asked, "undo  2 t, which was applied last, after 4");
  EXPECT_EQ(told(down(options)), "-4");
  EXPECT_EQ(asked, "undo  4 t");
  // By version where one is named, and where it was only written down that it is there.
  options.allow_gaps = true;
  ASSERT_EQ(told(up(options)), "+2 +4");
  ASSERT_EQ(told(down(options)), "-4");
  ASSERT_EQ(told(down(options)), "-2");
  ask("CREATE TABLE t2 ()");
  options.to = "2";
  ASSERT_TRUE(baseline(options, ""));
  options.to.clear();
  EXPECT_EQ(told(down(options)), "-3");
  ASSERT_EQ(told(up(options)), "+3 +4");
  fs::remove(folder / "2_t.up.sql");
  fs::remove(folder / "2_t.down.sql");
  options.to = "1";
  EXPECT_TRUE(told(down(options)).starts_with("migration 2 is applied, but not in "));
}

TEST_P(RunnerTest, AChangedDownIsNotRun) {
  const auto is = [&](const char* down) { write("2_b.down.sql", down); };
  const auto problems = [&] {
    const auto found = status(options);
    return found ? join(found->problems, "; ") + '|' + join(found->down_problems, "; ") : "";
  };
  write("1_a.up.sql", "CREATE TABLE a ();");
  write("2_b.up.sql", "CREATE TABLE b ();");
  is("DROP TABLE b;");
  ASSERT_EQ(told(up(options)), "+1 +2");
  EXPECT_EQ(problems(), "|");
  is("DROP TABLE a;");
  EXPECT_EQ(problems(), "|the down script of migration 2 changed after it was applied");
  EXPECT_EQ(
      told(down(options)),
      "the down script of migration 2 changed after it was applied |  | put it back as it was "
      "(git checkout), or say that it is right as it is now: architrave migrate baseline "
      "--changed-downs");
  fs::remove(folder / "2_b.down.sql");
  EXPECT_TRUE(told(down(options))
                  .starts_with("the down script of migration 2 is gone since it was applied | "));
  // Nothing keeps the next from being applied. A down that comes later is welcome.
  write("1_a.down.sql", "DROP TABLE a;");
  write("3_c.up.sql", "CREATE TABLE c ();");
  is("DROP TABLE b CASCADE;");
  ASSERT_EQ(told(up(options)), "+3");
  const auto accepted = accept_downs(options);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(join(*accepted, " "), "2");
  EXPECT_EQ(problems(), "|");
  write("3_c.down.sql", "DROP TABLE c;");
  EXPECT_EQ(told(down(options)), "-3");
  EXPECT_EQ(told(down(options)), "-2");
  EXPECT_EQ(told(down(options)), "-1");
  // One that has stopped may be mended, its down too.
  write("2_b.up.sql", "CREATE TABLE b ();\nCREATE INDEX CONCURRENTLY i ON nowhere (x);\n");
  is("DROP TABLE b; -- at first");
  EXPECT_NE(told(up(options)).find("2 stopped at step 2 of 2"), std::string::npos);
  write("2_b.up.sql", "CREATE TABLE b ();\nCREATE INDEX CONCURRENTLY i ON b ((1));\n");
  is("BEGIN; DROP INDEX i; COMMIT;\nBEGIN; DROP TABLE nowhere; COMMIT;\nDROP TABLE b;\n");
  EXPECT_EQ(problems(), "|");
  ASSERT_EQ(told(up(options)), "+2 +3");
  ASSERT_EQ(told(down(options)), "-3");
  // Of an undo that has stopped, what is done may not change; what is to come may.
  EXPECT_NE(told(down(options)).find("2 stopped at step 2 of 3"), std::string::npos);
  is("BEGIN; DROP TABLE i; COMMIT;\nDROP TABLE b;\n");
  EXPECT_EQ(problems(), "|the down script of migration 2 changed in what of it is done already");
  EXPECT_TRUE(told(resume(options)).ends_with("| put it back as it was (git checkout)"));
  is("BEGIN; DROP INDEX i; COMMIT;\nDROP TABLE b;\n");
  EXPECT_EQ(told(resume(options)), "-2");
}

TEST_P(RunnerTest, AHistoryWithoutChecksumsOfDownsGoesOn) {
  write("1_a.up.sql", "CREATE TABLE a ();");
  write("1_a.down.sql", "DROP TABLE a;");
  ASSERT_EQ(told(up(options)), "+1");
  ask("ALTER TABLE architrave.migrations DROP down_checksum");
  write("1_a.down.sql", "DROP TABLE a CASCADE;");
  write("2_b.up.sql", "CREATE TABLE b ();");
  write("2_b.down.sql", "DROP TABLE b;");
  EXPECT_EQ(states(), "1 applied 2 pending");
  // By a role that may not change the table, then by one that may.
  ask("CREATE ROLE weak LOGIN");
  ask("GRANT USAGE ON SCHEMA architrave TO weak");
  ask("GRANT SELECT, INSERT, UPDATE, DELETE ON architrave.migrations TO weak");
  ask("GRANT CREATE ON SCHEMA public TO weak");
  const std::string owner = options.database;
  options.database += " user=weak";
  EXPECT_EQ(told(up(options)), "+2");
  EXPECT_EQ(told(down(options)), "-2");
  options.database = owner;
  EXPECT_EQ(told(up(options)), "+2");
  write("2_b.down.sql", "DROP TABLE a;");
  EXPECT_TRUE(told(down(options)).starts_with("the down script of migration 2 changed"));
  write("2_b.down.sql", "DROP TABLE b;");
  EXPECT_EQ(told(down(options)), "-2");
  EXPECT_EQ(told(down(options)), "-1");  // as nobody knows what it was
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
  EXPECT_EQ(ask("SELECT to_regnamespace('architrave') IS NULL"), "t");
  options.before = "echo before >> " + sign;
  options.after = "echo after >> " + sign;
  std::vector<std::string> asked;
  options.confirm = [&](const std::vector<std::string>& what) {
    asked = what;
    return false;
  };
  EXPECT_TRUE(told(up(options)).starts_with("nobody has said yes"));
  EXPECT_EQ(join(asked, "; "), "make the table architrave.migrations; apply 1 a");
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

TEST_P(RunnerTest, OnlyBatchesDoNotWaitForTheDisk) {
  ask("ALTER DATABASE postgres SET synchronous_commit = on");
  write("1_start.up.sql",
        "CREATE TABLE a (id bigint PRIMARY KEY, b bigint);\n"
        "INSERT INTO a SELECT generate_series(1, 1000);\n"
        "CREATE TABLE seen (what text, setting text);\n"
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen"
        " VALUES (TG_TABLE_NAME || coalesce(nullif(TG_ARGV[0], ''), ''),"
        " current_setting('synchronous_commit')); RETURN NULL; END $$;\n"
        "CREATE TRIGGER see AFTER UPDATE ON a EXECUTE FUNCTION see('');\n");
  ASSERT_EQ(told(up(options)), "+1");
  // The record of a batch, and of a step.
  ask("CREATE TRIGGER batch AFTER UPDATE OF batch ON architrave.migrations EXECUTE FUNCTION "
      "see(' batch')");
  ask("CREATE TRIGGER state AFTER UPDATE OF state ON architrave.migrations EXECUTE FUNCTION "
      "see(' state')");
  Migration fill;
  fill.version = "2";
  fill.name = "fill";
  fill.up.steps = {Step::fill({"public.a", {"id"}, "b = id", "b IS NULL"})};
  ASSERT_TRUE(write_migration(fill, folder));
  EXPECT_EQ(told(up(options)).find(" | "), std::string::npos);
  EXPECT_EQ(ask("SELECT string_agg(DISTINCT what || ' ' || setting, ', ' ORDER BY what || ' ' || "
                "setting) FROM seen WHERE what <> 'migrations batch' OR setting = 'off'"),
            "a off, migrations batch off, migrations state on");
}

// As an UPDATE of somebody else's does, to a block that was done: here one comes with another row.
TEST_P(RunnerTest, RowsThatComeBehindABatchOfBlocksAreMet) {
  write("1_a.up.sql",
        "CREATE TABLE a (x int, z int);\n"
        "INSERT INTO a VALUES (1), (2);\n"
        "CREATE FUNCTION add() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES "
        "(3); RETURN NULL; END $$;\n"
        "CREATE TRIGGER add AFTER UPDATE ON a FOR EACH ROW WHEN (OLD.x = 2) EXECUTE FUNCTION "
        "add();\n");
  const Backfill blocks{"a", {}, "z = 1", "z IS NULL"};
  Migration fill;
  fill.version = "2";
  fill.name = "fill";
  fill.up.steps = {Step::fill(blocks)};
  ASSERT_TRUE(write_migration(fill, folder));
  ASSERT_EQ(told(up(options)), "+1 +2");
  EXPECT_EQ(ask("SELECT string_agg(x || ':' || z, ' ' ORDER BY x) FROM a"), "1:1 2:1 3:1");
  ask("UPDATE a SET z = NULL WHERE x < 3");
  Connection connection = connect();
  const Status done = connection.execute(backfill_block(blocks));
  ASSERT_TRUE(done) << describe(done.error());
  EXPECT_EQ(ask("SELECT count(*) FROM a WHERE z IS NULL"), "0");
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

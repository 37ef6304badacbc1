// Histories of other tools, taken over.
#include "base/text.h"
#include "migration/run/testing.h"

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;
using postgres::Connection;

class TakeoverTest : public testing::OnServers {};
INSTANTIATE_TEST_SUITE_P(Servers, TakeoverTest, ::testing::ValuesIn(postgres::installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TakeoverTest);

TEST_P(TakeoverTest, TakesOverFromOthers) {
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
  // What is applied anew whenever it changes is not what the last one means.
  write("U3__c.sql", "DROP TABLE c;");
  write("R__views.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS x;");
  EXPECT_EQ(told(up(options)), "+R__views");
  EXPECT_EQ(told(down(options)), "-3");
  EXPECT_EQ(states(), "1 applied 2 applied 3 pending R__views applied");
}

TEST_P(TakeoverTest, SaysWhereATableIsAndWhoseItIs) {
  write("V1__a.sql", "CREATE TABLE a ();");
  ask("CREATE SCHEMA \"Old\"");
  ask("CREATE TABLE \"Old\".flyway_schema_history (installed_rank int)");
  EXPECT_EQ(baseline(options, "flyway").error().hint,
            "there is one in \"Old\": PGOPTIONS='-c search_path=\"Old\"' reads it");
  ask("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean)");
  ask("INSERT INTO schema_migrations VALUES (1, false)");
  EXPECT_EQ(baseline(options, "dbmate").error().message,
            "this table schema_migrations is golang-migrate's, not dbmate's");
  // Of two, the folder tells whose it is.
  ask("ALTER TABLE \"Old\".flyway_schema_history SET SCHEMA public");
  EXPECT_NE(told(up(options)).find("baseline --from flyway"), std::string::npos);
}

TEST_P(TakeoverTest, TakesWhatWasDoneByHandAsApplied) {
  write("1_a.up.sql", "CREATE TABLE a ();");
  write("2_b.up.sql", "CREATE TABLE b ();");
  write("3_c.up.sql", "CREATE TABLE c ();");
  options.to = "1";
  EXPECT_EQ(told(up(options)), "+1");
  options.to = "2";
  const auto taken = baseline(options, "");
  ASSERT_TRUE(taken) << describe(taken.error());
  EXPECT_EQ(join(*taken, " "), "2");
  options.to.clear();
  EXPECT_EQ(told(up(options)), "+3");
  EXPECT_EQ(states(), "1 applied 2 baseline 3 applied");
}

TEST_P(TakeoverTest, TakesOverFromGolangMigrate) {
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

TEST_P(TakeoverTest, TakesOverFromTheRest) {
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

}  // namespace
}  // namespace architrave::migration

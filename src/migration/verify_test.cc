#include "migration/verify.h"

#include <gtest/gtest.h>

namespace architrave::migration {
namespace {

class VerifyTest : public testing::TestWithParam<postgres::Installation> {
 protected:
  void SetUp() override {
    auto made = postgres::make_empty_sandbox(GetParam());
    ASSERT_TRUE(made) << describe(made.error());
    sandbox = std::move(*made);
  }
  void add(const std::string& version, const std::string& up, const std::string& down) {
    Migration migration;
    migration.version = version;
    migration.name = "m";
    migration.up = *parse_script(up, version + ".up.sql");
    if (!down.empty()) migration.down = *parse_script(down, version + ".down.sql");
    migrations.push_back(std::move(migration));
  }
  // "1 holds; 2 differs table public.a: added; …"
  std::string verified(const VerifyOptions& options = {}) {
    const auto verification = verify(migrations, *sandbox, options);
    if (!verification) return describe(verification.error());
    std::string text;
    for (const VerifiedStep& step : verification->steps) {
      text += (text.empty() ? "" : "; ") + step.version;
      if (step.holds()) text += " holds";
      if (step.up_failed) text += " fails at " + step.up_failed->where;
      if (!step.has_down && !step.up_failed) text += " no down";
      if (step.down_failed) text += " down fails at " + step.down_failed->where;
      for (const auto& each : step.differences) text += " differs: " + each;
      for (const auto& each : step.lost) text += " lost: " + each;
      for (const auto& each : step.reordered) text += " reordered: " + each;
      if (step.again_failed) text += " again: " + step.again_failed->message;
      for (const auto& each : step.again_differences) text += " again: " + each;
    }
    return text;
  }
  std::unique_ptr<postgres::PostgresSandbox> sandbox;
  std::vector<Migration> migrations;
};
INSTANTIATE_TEST_SUITE_P(Servers, VerifyTest, testing::ValuesIn(postgres::installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(VerifyTest);

TEST_P(VerifyTest, EachStepIsJudgedOnItsOwn) {
  add("1", "CREATE TABLE a (x int, y int); INSERT INTO a VALUES (1, 2);", "DROP TABLE a;");
  add("2", "ALTER TABLE a DROP x;", "ALTER TABLE a ADD x int;");
  add("3", "CREATE TABLE b (); CREATE INDEX i ON a (y);", "DROP TABLE b;");
  add("4", "CREATE TABLE c ();", "DROP TABLE d;");
  add("5", "UPDATE a SET y = 7;", "SELECT 1;");
  add("6", "CREATE TABLE e ();", "");
  add("7", "CREATE INDEX CONCURRENTLY j ON a (y);\nGRANT SELECT ON a TO nobody_yet;",
      "REVOKE ALL ON a FROM nobody_yet; DROP INDEX CONCURRENTLY j;");
  add("8", "SELECT 1;\nSELECT 1/0;", "");
  add("9", "SELECT 1;", "SELECT 1;");
  const std::string text = verified();
  EXPECT_EQ(text,
            "1 holds; 2 lost: public.a reordered: public.a; 3 differs: index public.i: added; "
            "4 down fails at 4.down.sql:1:1; 5 lost: public.a; 6 no down; 7 holds; "
            "8 fails at 8.up.sql:2:1");
  // The sandbox itself is as it was.
  const auto tables = sandbox->connection().query("SELECT to_regclass('a') IS NULL");
  EXPECT_EQ(tables->cell(0, 0), "t");
}

TEST_P(VerifyTest, WhatIsMadeForAWhileAndWhatIsFilledIsNotLost) {
  const auto fill = [](const std::string& set, const std::string& where) {
    return backfill_statement({"public.a", {"x"}, set, where}) + ";\n";
  };
  add("1", "CREATE TABLE a (x int PRIMARY KEY, y int); INSERT INTO a VALUES (1, 2);",
      "DROP TABLE a;");
  add("2", "ALTER TABLE a ADD z int, ADD y__new int;", "ALTER TABLE a DROP z, DROP y__new;");
  add("3", "-- architrave:transaction none\n" + fill("z = 7", "z IS NULL"), "SELECT 1;");
  add("4", "-- architrave:transaction none\n" + fill("y__new = y", "y__new IS DISTINCT FROM y"),
      "SELECT 1;");
  add("5", "-- architrave:transaction none\n" + fill("y = 8", "y <> 8"), "SELECT 1;");
  EXPECT_EQ(verified(), "1 holds; 2 holds; 3 holds; 4 holds; 5 lost: public.a");
}

TEST_P(VerifyTest, ADownThatIsMade) {
  add("1", "CREATE TABLE a ();", "");
  add("2", "CREATE TABLE b ();", "SELECT 1;");
  VerifyOptions options;
  options.make_down = [](const Migration& migration, const catalog::Catalog& before,
                         const catalog::Catalog& after) -> Result<std::optional<Script>> {
    EXPECT_EQ(before.relations.size() + 1, after.relations.size());
    const std::string drop = "DROP TABLE " + after.relations.back().name;
    return Script{migration.version, {}, {}, {Step::transaction({drop})}};
  };
  EXPECT_EQ(verified(options), "1 holds; 2 holds");
}

TEST_P(VerifyTest, AnUpThatHoldsOnlyOnce) {
  add("1", "CREATE SEQUENCE s; SELECT nextval('s');", "DROP SEQUENCE s;");
  add("2",
      "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mark') THEN CREATE TABLE x ();"
      " ELSE CREATE ROLE mark; END IF; END $$;",
      "SELECT 1;");
  EXPECT_EQ(verified(), "1 holds; 2 again: table public.x: added");
}

}  // namespace
}  // namespace architrave::migration

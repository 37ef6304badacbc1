#include "migration/rehearse/rehearse.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/sandbox.h"
#include "migration/lint/lint.h"

namespace architrave::migration {
namespace {

class RehearseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = postgres::make_empty_sandbox(*postgres::choose_installation(0));
    ASSERT_TRUE(made) << describe(made.error());
    sandbox_ = std::move(*made);
    const Status ready = sandbox_->connection().execute(
        "CREATE TABLE r (id int PRIMARY KEY);"
        "CREATE TABLE t (id int PRIMARY KEY, ref int, s text, at tsrange);"
        "INSERT INTO t SELECT i, NULL, md5(i::text), '[2024-01-01,2024-02-01)' FROM"
        " generate_series(1, 20000) i; ANALYZE");
    ASSERT_TRUE(ready) << describe(ready.error());
    auto read = postgres::read_catalog(sandbox_->connection(), {});
    ASSERT_TRUE(read) << describe(read.error());
    production_ = std::move(*read);
    options_.measured = &production_;
  }

  catalog::RelationStats& stats_of_t() {
    for (catalog::Relation& each : production_.relations)
      if (each.name == "t") return *each.stats;
    std::abort();
  }

  // Of each statement, how its time is reckoned.
  std::vector<RehearsedStatement> run(std::vector<Statement> statements) {
    Migration migration;
    migration.version = "1";
    migration.up.steps = {Step::transaction(std::move(statements))};
    auto done = rehearse({migration}, sandbox_->connection(), options_);
    EXPECT_TRUE(done && !done->failed) << (done ? describe(*done->failed) : describe(done.error()));
    return done ? done->statements : std::vector<RehearsedStatement>();
  }

  std::unique_ptr<postgres::PostgresSandbox> sandbox_;
  catalog::Catalog production_;
  RehearseOptions options_;
};

TEST_F(RehearseTest, TimesAreReckonedByTheKindOfWork) {
  stats_of_t().bytes = 4'000'000'000;
  stats_of_t().rows = 10'000'000;
  const auto seen = run({"CREATE INDEX i ON t (ref)", "CREATE INDEX s ON t (s, ref)",
                         "CREATE INDEX g ON t USING gist (at)", "ALTER TABLE t ADD CHECK (id > 0)",
                         "ALTER TABLE t ADD FOREIGN KEY (ref) REFERENCES r",
                         "ALTER TABLE t ALTER ref TYPE bigint", "TRUNCATE t",
                         "CREATE TABLE n AS SELECT * FROM t"});
  ASSERT_EQ(seen.size(), 8U);
  const auto expect = [&](std::size_t at, double seconds, const char* from) {
    ASSERT_TRUE(seen[at].estimate) << seen[at].sql;
    EXPECT_NEAR(*seen[at].estimate, seconds, 0.01 * seconds) << seen[at].sql;
    EXPECT_EQ(seen[at].reckoned_from, from);
  };
  expect(0, 10 + 7, "builds i (4.0 GB, 10,000,000 rows)");
  expect(1, 10 + 20, "builds s (4.0 GB, 10,000,000 rows)");
  expect(2, 10 + 50, "builds g (4.0 GB, 10,000,000 rows)");
  expect(3, 10 + 0.8, "reads t (4.0 GB, 10,000,000 rows)");
  expect(4, 10 + 0.8, "reads t (4.0 GB, 10,000,000 rows)");
  // The indexes on what changed its type are built again: with the rows, all of them are.
  EXPECT_NEAR(*seen[5].estimate, 4e9 / 150e6 + 2 + 17 + 17 + 30 + 60, 2);
  EXPECT_EQ(seen[5].reckoned_from,
            "writes t anew, builds t_pkey, g, i, s (4.0 GB, 10,000,000 rows)");
  EXPECT_FALSE(seen[6].estimate);
  EXPECT_FALSE(seen[7].estimate);
}

// What lint tells from the text alone, out of the same table of work.
TEST_F(RehearseTest, LintReckonsTheSame) {
  stats_of_t().bytes = 4'000'000'000;
  stats_of_t().total_bytes = 5'000'000'000;
  stats_of_t().rows = 10'000'000;
  lint::Options options;
  options.catalog = &production_;
  lint::Linter linter(options);
  const std::vector<std::string> statements = {
      "CREATE INDEX i ON t (ref)",
      "CREATE INDEX s ON t (s, ref)",
      "CREATE INDEX g ON t USING gist (at)",
      "CREATE INDEX e ON t (lower(s))",
      "REINDEX INDEX i",
      "REINDEX TABLE t",
      "ALTER TABLE t ADD UNIQUE (id, ref)",
      "ALTER TABLE t ADD CHECK (id > 0)",
      "ALTER TABLE t ALTER id SET NOT NULL, ADD CHECK (id > -1), ADD UNIQUE (ref, id)",
      "ALTER TABLE t ADD FOREIGN KEY (ref) REFERENCES r",
      "ALTER TABLE t ALTER ref TYPE bigint",
      "ALTER TABLE t ADD u uuid DEFAULT gen_random_uuid()",
      "ALTER TABLE t SET UNLOGGED"};
  const auto seen = run({statements.begin(), statements.end()});
  ASSERT_EQ(seen.size(), statements.size());
  int compared = 0;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    ASSERT_TRUE(seen[i].estimate) << statements[i];
    lint::File file;
    file.path = std::to_string(i);
    file.text = statements[i];
    std::set<std::string> costs;
    (void)linter.lint(file, [&](const LintFinding& each) {
      if (!each.cost.empty()) costs.insert(each.cost);
    });
    if (costs.empty()) continue;  // no rule speaks of it
    EXPECT_EQ(costs.size(), 1U);
    EXPECT_TRUE(costs.begin()->starts_with("about " + human_seconds(*seen[i].estimate) + " of "))
        << statements[i] << ": " << *costs.begin() << ", not " << *seen[i].estimate;
    EXPECT_TRUE(costs.begin()->ends_with(" on t (5.0 GB)")) << *costs.begin();
    ++compared;
  }
  EXPECT_GT(compared, 8);
}

TEST_F(RehearseTest, ABackfillIsReckonedByRowsAndIndexes) {
  stats_of_t().bytes = 4'000'000'000;
  stats_of_t().rows = 10'000'000;
  Migration migration;
  migration.version = "1";
  migration.up.steps = {Step::fill({"public.t", {"id"}, "s = 'x'", ""})};
  const auto done = rehearse({migration}, sandbox_->connection(), options_);
  ASSERT_TRUE(done) << describe(done.error());
  ASSERT_EQ(done->statements.size(), 1U);
  EXPECT_NEAR(done->statements[0].estimate.value_or(0), 40 + 2 * 30, 0.1);
  EXPECT_EQ(done->statements[0].reckoned_from, "changes all rows of t (4.0 GB, 10,000,000 rows)");
}

TEST_F(RehearseTest, ChangesOfRowsAreReckonedByTheRowsThatTheyFind) {
  stats_of_t().bytes = 4'000'000'000;
  stats_of_t().rows = 10'000'000;
  auto planner = postgres::Connection::open(sandbox_->connection_string(), {.read_only = true});
  ASSERT_TRUE(planner);
  options_.explain = [&](const std::string& question) -> Result<std::string> {
    auto plan = planner->query(question);
    if (!plan) return fail(plan);
    return std::string(plan->cell(0, 0));
  };
  const auto seen = run(
      {"UPDATE t SET ref = 1", "DELETE FROM t WHERE id < 0", "UPDATE t SET ref = 2 WHERE ref = 1",
       "DELETE FROM t USING r WHERE r.id = t.ref", "DELETE FROM t", "DELETE FROM r",
       "ALTER TABLE t ADD n int", "UPDATE ONLY t SET n = 1 WHERE n IS NULL"});
  ASSERT_EQ(seen.size(), 8U);
  EXPECT_NEAR(seen[0].estimate.value_or(0), 40 + 20 + 30, 0.1);  // its key is in the rows' order
  EXPECT_EQ(seen[0].reckoned_from, "changes all rows of t (4.0 GB, 10,000,000 rows)");
  EXPECT_FALSE(seen[1].estimate) << seen[1].reckoned_from;  // by the index, and it finds one row
  // Of ref there were only nulls.
  EXPECT_EQ(seen[2].reckoned_from, "reads t, changes about 1 row of t (4.0 GB, 10,000,000 rows)");
  EXPECT_NEAR(seen[2].estimate.value_or(0), 10 + 0.8, 0.1);
  EXPECT_NE(seen[3].reckoned_from.find("deletes about "), std::string::npos)
      << seen[3].reckoned_from;
  EXPECT_NEAR(seen[4].estimate.value_or(0), 10 + 6, 0.1);
  EXPECT_EQ(seen[4].reckoned_from, "deletes all rows of t (4.0 GB, 10,000,000 rows)");
  EXPECT_FALSE(seen[5].estimate);  // it is empty
  // Production has no such column yet. (Here its planner waits for the lock in vain.)
  EXPECT_EQ(seen[7].reckoned_from, "changes at most all rows of t (4.0 GB, 10,000,000 rows)");
}

TEST_F(RehearseTest, WhatACopyTookIsTakenByItsSize) {
  options_.has_rows = true;
  EXPECT_FALSE(run({"ALTER TABLE t ADD CHECK (id > 0)"}).front().estimate);  // as large
  stats_of_t().bytes *= 10;
  const auto seen =
      run({"CREATE FUNCTION slow(text) RETURNS int IMMUTABLE LANGUAGE sql AS"
           " $$ SELECT length(md5(repeat($1, 300))) $$",
           "CREATE INDEX i ON t (slow(s))"});
  ASSERT_EQ(seen.size(), 2U);
  ASSERT_TRUE(seen[1].estimate);
  EXPECT_NEAR(*seen[1].estimate / seen[1].seconds, 10, 0.5);
  EXPECT_TRUE(seen[1].reckoned_from.starts_with("took ")) << seen[1].reckoned_from;
  EXPECT_NE(seen[1].reckoned_from.find(" here, and there are "), std::string::npos);
}

}  // namespace
}  // namespace architrave::migration

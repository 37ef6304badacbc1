#include "engine/postgres/sandbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "catalog/diff.h"
#include "catalog/postgres/writer.h"
#include "engine/postgres/script_loader.h"

namespace architrave::postgres {
namespace {

class SandboxTest : public testing::TestWithParam<Installation> {
 protected:
  void SetUp() override {
    auto made = make_empty_sandbox(GetParam(), {}, "shop \"1\"");
    ASSERT_TRUE(made) << describe(made.error());
    sandbox = std::move(*made);
  }
  std::string ask(const std::string& sql) {
    const auto rows = sandbox->connection().query(sql);
    return !rows ? rows.error().message : rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
  }
  std::unique_ptr<PostgresSandbox> sandbox;
};
INSTANTIATE_TEST_SUITE_P(Servers, SandboxTest, testing::ValuesIn(installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SandboxTest);

TEST(ScriptLoaderTest, ANewerServerIsNamedForWhatItUnderstands) {
  const Result<Installation> old = choose_installation(15);
  if (!old || installations().back().major < 18) GTEST_SKIP() << "no PostgreSQL 18 here";
  auto sandbox = make_empty_sandbox(*old);
  ASSERT_TRUE(sandbox) << describe(sandbox.error());
  const auto loaded =
      load_scripts({{"a.sql",
                     "CREATE TABLE a (x int, y int GENERATED ALWAYS AS (x + 1) VIRTUAL);\n"
                     "CREATE TABL b (x int);\n"}},
                   **sandbox);
  ASSERT_TRUE(loaded) << describe(loaded.error());
  ASSERT_EQ(loaded->problems.size(), 2u);
  EXPECT_EQ(loaded->problems[0].hint.find("PostgreSQL 18 understands it"),
            old->major < 18 ? 0 : std::string::npos);
  EXPECT_EQ(loaded->problems[1].hint, "");
}

TEST_P(SandboxTest, HasTheNameOfTheDatabase) {
  EXPECT_EQ(ask("SELECT current_database()"), "shop \"1\"");
  const auto environment = sandbox->environment();
  ASSERT_EQ(environment.size(), 4u);
  EXPECT_EQ(environment[3].second, "shop \"1\"");
  EXPECT_FALSE(sandbox->has_statistics());
}

TEST_P(SandboxTest, AUnitThatFailsChangesNothingAndStopsNothing) {
  const auto outcomes = sandbox->run({
      {{"CREATE TABLE a (x int PRIMARY KEY)", "CREATE TABLE b (x int)"}},
      {{"CREATE TABLE c (x int)", "SELECT 1/0", "CREATE TABLE d (x int)"}},
      {{"CREATE INDEX CONCURRENTLY a_x ON a (x)"}, false},
      {{"CREATE INDEX CONCURRENTLY b_x ON b (x)", "SELECT 1/0", "CREATE TABLE e (x int)"}, false},
      {{"BEGIN", "CREATE TABLE f (x int)"}, false},
      {{"CREATE TABLE k (x int REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO k VALUES (1)"}},
      {{"SET search_path = nowhere", "CREATE TABLE public.g (x int)"}},
      {{"CREATE TABLE h (x int)"}},
      {{}},
  });
  ASSERT_TRUE(outcomes) << describe(outcomes.error());
  ASSERT_EQ(outcomes->size(), 9u);
  std::string held;
  for (const engine::Outcome& each : *outcomes) held += each.ok ? '+' : '-';
  EXPECT_EQ(held, "+-+-+-+++") << (*outcomes)[7].error;
  EXPECT_EQ((*outcomes)[1].statement, "SELECT 1/0");
  EXPECT_EQ((*outcomes)[1].error, "division by zero");
  EXPECT_EQ((*outcomes)[5].statement, "COMMIT");
  EXPECT_EQ(ask("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class"
                " WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = 'public')"
                " AND relkind IN ('r', 'i')"),
            "a a_pkey a_x b b_x g h");
}

// Answers of short statements arrive together with those of long ones.
TEST_P(SandboxTest, TellsHowLongTheServerTookForEachStatement) {
  const auto answers =
      sandbox->attempt({"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SELECT pg_sleep(0.03)",
                        "SELECT 1", "SELECT pg_sleep(0.02)", "SELECT pg_sleep(0.01), 1/0"},
                       5);
  ASSERT_TRUE(answers) << describe(answers.error());
  ASSERT_EQ(answers->size(), 5u);
  EXPECT_EQ((*answers)[0].error, "");
  EXPECT_GT((*answers)[0].seconds, 0);
  EXPECT_GE((*answers)[1].seconds, 0.03);
  EXPECT_EQ((*answers)[2].rows, (std::vector<std::vector<std::optional<std::string>>>{{"1"}}));
  EXPECT_GE((*answers)[3].seconds, 0.02);
  EXPECT_EQ((*answers)[4].error, "division by zero");
  EXPECT_EQ((*answers)[4].seconds, 0);
}

TEST_P(SandboxTest, PlansQueriesWithAndWithoutParameters) {
  ASSERT_TRUE(sandbox->run({{{"CREATE TABLE t (x int PRIMARY KEY, y text)"}}}));
  const auto costs = sandbox->costs({"SELECT * FROM t", "SELECT * FROM t WHERE x = $1 AND y = $2",
                                     "SELECT FROM nowhere", "INSERT INTO t VALUES ($1, $2)",
                                     "CREATE TABLE u (x int)", "SELECT '$1'", "not SQL", ""});
  ASSERT_TRUE(costs) << describe(costs.error());
  std::string planned;
  for (const auto& each : *costs) planned += each ? '+' : '-';
  EXPECT_EQ(planned, "++-+-+--");
  EXPECT_LT((*costs)[1], (*costs)[0]);
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "0");
}

TEST_P(SandboxTest, AsksWhatAnIndexWouldCost) {
  if (!std::filesystem::exists(GetParam().share / "extension/hypopg.control")) {
    // In a twin it can be asked all the same: see empty_indexes_test.
    const auto none = sandbox->costs_with({"SELECT 1"}, {"CREATE INDEX ON t (x)"});
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->front());
    return;
  }
  ASSERT_TRUE(sandbox->run(
      {{{"CREATE TABLE t AS SELECT g AS x FROM generate_series(1, 10000) g", "ANALYZE t"}}}));
  const std::vector<std::string> queries = {"SELECT * FROM t WHERE x = $1"};
  const auto before = sandbox->costs(queries);
  const auto with = sandbox->costs_with(queries, {"CREATE INDEX ON t (x)"});
  const auto after = sandbox->costs(queries);
  ASSERT_TRUE(before && with && after);
  ASSERT_TRUE(before->front() && with->front() && after->front());
  EXPECT_LT(*with->front(), *before->front() / 5);
  EXPECT_EQ(after->front(), before->front()) << "no hypothetical index stays behind";
  EXPECT_EQ(ask("SELECT count(*) FROM pg_extension WHERE extname = 'hypopg'"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_indexes WHERE tablename = 't'"), "0");
}

TEST_P(SandboxTest, ReadsWhatItHolds) {
  ASSERT_TRUE(sandbox->run({{{"CREATE ROLE somebody", "CREATE TABLE t (x int PRIMARY KEY, y text)",
                              "ALTER TABLE t OWNER TO somebody"}}}));
  const auto catalog = sandbox->read();
  ASSERT_TRUE(catalog) << describe(catalog.error());
  EXPECT_FALSE(catalog->server.has_workload);
  ASSERT_NE(catalog->relation("public", "t"), nullptr);
  const auto copy = sandbox_with(*catalog, nullptr, GetParam());
  ASSERT_TRUE(copy) << describe(copy.error());
  const auto again = (*copy)->read();
  ASSERT_TRUE(again) << describe(again.error());
  ASSERT_NE(again->relation("public", "t"), nullptr);
  EXPECT_EQ(again->relation("public", "t")->owner, "somebody");
}

TEST_P(SandboxTest, SaysWhichDefinitionItDoesNotTake) {
  auto catalog = sandbox->read();
  ASSERT_TRUE(catalog) << describe(catalog.error());
  catalog->extensions.emplace_back().name = "no_such_extension";
  catalog->extensions.back().schema = "public";
  const auto failed = sandbox_with(*catalog, nullptr, GetParam());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "sandbox.write");
  EXPECT_NE(failed.error().message.find("no_such_extension"), std::string::npos)
      << describe(failed.error());
}

TEST_P(SandboxTest, RunsDefinitionsOnly) {
  ASSERT_TRUE(sandbox->run(
      {{{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"}, /*transactional=*/true}}));
  const auto catalog = sandbox->read();
  ASSERT_TRUE(catalog) << describe(catalog.error());
  ASSERT_FALSE(catalog->routines.empty());
  const std::filesystem::path harm = std::filesystem::temp_directory_path() / "architrave_harm";
  for (const std::string& statement :
       {"COPY (SELECT 1) TO '" + harm.string() + "'",
        "COPY (SELECT 1) TO PROGRAM 'cat > " + harm.string() + "'",
        std::string("DO $$ BEGIN RAISE EXCEPTION 'ran'; END $$"),
        std::string("LOAD 'auto_explain'"),
        std::string("ALTER SYSTEM SET archive_command = 'true'"),
        std::string("ALTER\n\tSYSTEM SET archive_command = 'true'"),
        std::string("ALTER /**/ SYSTEM SET archive_command = 'true'"),
        std::string("/**/ ALTER SYSTEM SET archive_command = 'true'"),
        std::string("SELECT pg_catalog.lo_export(1, 'x')"),
        std::string("UPDATE pg_catalog.pg_class x"), std::string("SELECT pg_catalog.setval"),
        std::string("DROP TABLE t"), std::string()}) {
    catalog::Catalog deceiving = *catalog;
    deceiving.routines.front().definition = statement;
    const auto refused = sandbox_with(deceiving, nullptr, GetParam());
    ASSERT_FALSE(refused) << statement;
    EXPECT_NE(refused.error().message.find("is not run"), std::string::npos)
        << statement << ": " << refused.error().message;
  }
  EXPECT_FALSE(std::filesystem::exists(harm));
  // What hides behind a definition is not run either.
  catalog::Catalog deceiving = *catalog;
  deceiving.routines.front().definition += "; DROP SCHEMA pg_catalog";
  EXPECT_FALSE(sandbox_with(deceiving, nullptr, GetParam()));
}

TEST_P(SandboxTest, HoldsWhatSqlHasNoWordsFor) {
  for (const char* statement :
       {"SET allow_in_place_tablespaces = on", "CREATE TABLESPACE \"Fast disk\" LOCATION ''",
        "CREATE TABLE placed (x int) TABLESPACE \"Fast disk\"",
        "CREATE INDEX placed_x ON placed (x) TABLESPACE \"Fast disk\"",
        "CREATE TABLE parent (a int CHECK (a > 0))", "CREATE TABLE other (c text, z int)",
        "CREATE TABLE child (own int, z int) INHERITS (parent, other)",
        "CREATE TABLE grandchild (CHECK (a < 9)) INHERITS (child)",
        "ALTER TABLE parent ADD COLUMN b int NOT NULL DEFAULT 3 CHECK (b > 0)",
        "ALTER TABLE parent ADD CONSTRAINT late CHECK (b < 8) NOT VALID",
        "CREATE TABLE \"Dup\" AS SELECT 1 AS x FROM generate_series(1, 2)",
        "CREATE INDEX fine ON \"Dup\" (x)"}) {
    const auto done = sandbox->connection().query(statement);
    ASSERT_TRUE(done) << statement << ": " << describe(done.error());
  }
  ASSERT_FALSE(
      sandbox->connection().query("CREATE UNIQUE INDEX CONCURRENTLY \"Bad\" ON \"Dup\" (x)"));
  const auto catalog = sandbox->read();
  ASSERT_TRUE(catalog) << describe(catalog.error());
  const auto copy = sandbox_with(*catalog, nullptr, GetParam());
  ASSERT_TRUE(copy) << describe(copy.error());
  const auto again = (*copy)->read();
  ASSERT_TRUE(again) << describe(again.error());
  std::string differences;
  for (const auto& each : catalog::diff(*catalog, *again)) differences += describe(each) + '\n';
  EXPECT_EQ(differences, "");
  const catalog::Relation* child = again->relation("public", "child");
  ASSERT_NE(child, nullptr);
  ASSERT_EQ(child->columns.size(), 5u);
  EXPECT_EQ(child->columns.back().name, "b");
  EXPECT_TRUE(child->columns.back().inherited);
  EXPECT_EQ(again->relation("public", "placed")->tablespace, "Fast disk");
  EXPECT_FALSE(again->relation("public", "Dup")->indexes.front().valid);
  std::string notes;
  for (const Correction& each : corrections(*catalog)) notes += each.note + '\n';
  EXPECT_NE(notes.find("index public.\"Bad\" is invalid"), std::string::npos) << notes;
}

TEST_P(SandboxTest, FillsAMaterializedViewWithoutRunningItsQuery) {
  ASSERT_TRUE(sandbox->run(
      {{{"CREATE SEQUENCE s", "CREATE MATERIALIZED VIEW m AS SELECT nextval('public.s') AS n",
         "CREATE MATERIALIZED VIEW \"of M\" AS SELECT n FROM m"}}}));
  const auto catalog = sandbox->read();
  ASSERT_TRUE(catalog) << describe(catalog.error());
  auto copy = sandbox_with(*catalog, nullptr, GetParam());
  ASSERT_TRUE(copy) << describe(copy.error());
  const auto rows = (*copy)->connection().query("SELECT count(*) FROM m, \"of M\"");
  ASSERT_TRUE(rows) << describe(rows.error());
  EXPECT_EQ(rows->cell(0, 0), "0");
  const auto called = (*copy)->connection().query("SELECT is_called FROM s");
  ASSERT_TRUE(called) << describe(called.error());
  EXPECT_EQ(called->cell(0, 0), "f");
}

}  // namespace
}  // namespace architrave::postgres

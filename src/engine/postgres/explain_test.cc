#include "engine/explain.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "base/file.h"
#include "engine/postgres/server.h"

namespace architrave::engine {
namespace {

constexpr const char* shop = R"sql(
CREATE TABLE orders (id int PRIMARY KEY, status text NOT NULL, note text);
INSERT INTO orders SELECT i, CASE WHEN i % 100 = 0 THEN 'open' ELSE 'closed' END, repeat('x', 50)
FROM generate_series(1, 20000) i;
CREATE SEQUENCE numbers;
ANALYZE;
)sql";

// A server that stands for one in use: what is asked of it goes through the front door.
class ExplainLive : public testing::Test {
 protected:
  void SetUp() override { start(15); }
  void start(int version) {
    const auto installation = postgres::choose_installation(version);
    if (!installation) GTEST_SKIP() << "there is no PostgreSQL here";
    auto server = postgres::Server::start(*installation);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    const Status made = execute(shop);
    ASSERT_TRUE(made) << made.error().message;
  }
  Status execute(const std::string& script) {
    auto connection = server_->connect("postgres");
    if (!connection) return fail(connection);
    return connection->execute(script);
  }
  std::string value(const std::string& query) {
    auto connection = server_->connect("postgres");
    EXPECT_TRUE(connection);
    auto rows = connection->query(query);
    EXPECT_TRUE(rows) << rows.error().message;
    return std::string(rows->cell(0, 0));
  }
  Explained ask(const ExplainRequest& request) {
    auto explained = explain(server_->connection_string("postgres"), request);
    EXPECT_TRUE(explained) << explained.error().message;
    return explained ? std::move(*explained) : Explained{};
  }
  std::unique_ptr<postgres::Server> server_;
};

TEST_F(ExplainLive, PlansAndDoesNotRun) {
  const Explained explained = ask({.queries = {"SELECT * FROM orders WHERE status = 'open'"}});
  ASSERT_EQ(explained.queries.size(), 1U);
  ASSERT_TRUE(explained.queries[0].plan);
  EXPECT_EQ(explained.queries[0].plan->root.type, "Seq Scan");
  EXPECT_FALSE(explained.queries[0].plan->root.actual);
  EXPECT_EQ(explained.known.table_rows.at("public.orders"), 20000);
  EXPECT_EQ(explained.source.kind, "live");
}

TEST_F(ExplainLive, RunsWhatOnlyReadsWhenAskedTo) {
  const Explained explained =
      ask({.queries = {"SELECT * FROM orders WHERE status = 'open'"}, .analyze = true});
  ASSERT_TRUE(explained.queries.at(0).plan);
  ASSERT_TRUE(explained.queries[0].plan->root.actual);
  EXPECT_EQ(explained.queries[0].plan->root.actual->rows, 200);
  EXPECT_TRUE(explained.queries[0].plan->root.buffers);
}

TEST_F(ExplainLive, NeverChangesAnything) {
  const Explained explained = ask(
      {.queries = {"DELETE FROM orders",
                   "WITH d AS (DELETE FROM orders RETURNING id) "
                   "SELECT count(*) FROM d",
                   "SELECT * FROM orders FOR UPDATE", "CREATE TABLE copy AS SELECT * FROM orders",
                   "SELECT * INTO copy FROM orders", "SELECT nextval('numbers')", "COMMIT",
                   "SELECT 1; DELETE FROM orders"},
       .analyze = true});
  ASSERT_EQ(explained.queries.size(), 8U);
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(explained.queries[i].plan) << i;
    EXPECT_FALSE(explained.queries[i].plan->root.actual) << i;
    ASSERT_EQ(explained.queries[i].notes.size(), 1U) << i;
    EXPECT_NE(explained.queries[i].notes[0].find("never run on a live server"), std::string::npos);
  }
  {
    const std::size_t i = 5;
    ASSERT_TRUE(explained.queries[i].plan) << i;
    EXPECT_FALSE(explained.queries[i].plan->root.actual) << i;
    ASSERT_EQ(explained.queries[i].notes.size(), 1U) << i;
    EXPECT_NE(explained.queries[i].notes[0].find("read-only"), std::string::npos);
  }
  EXPECT_FALSE(explained.queries[6].plan);
  EXPECT_FALSE(explained.queries[7].plan);
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "20000");
  EXPECT_EQ(value("SELECT is_called FROM numbers"), "f");
  EXPECT_EQ(value("SELECT count(*) FROM pg_class WHERE relname = 'copy'"), "0");
}

TEST_F(ExplainLive, ParametersAreAGenericPlan) {
  const Explained explained = ask({.queries = {"SELECT * FROM orders WHERE id = $1 OR id = $2",
                                               "SELECT * FROM orders WHERE id = 3"},
                                   .analyze = true});
  ASSERT_TRUE(explained.queries.at(0).plan) << explained.queries[0].plan.error().message;
  EXPECT_FALSE(explained.queries[0].plan->root.actual);
  EXPECT_EQ(explained.queries[0].notes.size(), 1U);
  ASSERT_TRUE(explained.queries.at(1).plan);
  EXPECT_TRUE(explained.queries[1].plan->root.actual) << "the next one is asked as ever";
}

TEST_F(ExplainLive, AQuerysErrorIsItsOwn) {
  const Explained explained = ask({.queries = {"SELECT 1", "SELECT x FROM nowhere", "SELECT 2"}});
  EXPECT_TRUE(explained.queries.at(0).plan);
  ASSERT_FALSE(explained.queries.at(1).plan);
  EXPECT_EQ(explained.queries[1].plan.error().where, "character 15");
  EXPECT_TRUE(explained.queries.at(2).plan);
}

TEST_F(ExplainLive, ALongQueryIsStopped) {
  ExplainRequest request{.queries = {"SELECT pg_sleep(60)"}, .analyze = true};
  request.open.statement_timeout = 0.2;
  const Explained explained = ask(request);
  ASSERT_EQ(explained.queries.at(0).notes.size(), 1U);
  EXPECT_NE(explained.queries[0].notes[0].find("statement timeout"), std::string::npos);
}

TEST_F(ExplainLive, AnIndexIsHypotheticalThereOrOnATwin) {
  const ExplainRequest request{.queries = {"SELECT * FROM orders WHERE status = 'open'"},
                               .indexes = {"CREATE INDEX ON orders (status)"}};
  auto first = explain(server_->connection_string("postgres"), request);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_NE(first->how.find("twin"), std::string::npos);
  if (!execute("CREATE SCHEMA tools; CREATE EXTENSION hypopg SCHEMA tools"))
    GTEST_SKIP() << "HypoPG is not here";
  const Explained second = ask(request);
  EXPECT_NE(second.how.find("live"), std::string::npos);
  for (const Explained* each : std::array<const Explained*, 2>{&*first, &second}) {
    ASSERT_TRUE(each->queries.at(0).plan && each->queries[0].with_indexes);
    ASSERT_TRUE(*each->queries[0].with_indexes);
    EXPECT_EQ(each->queries[0].plan->root.type, "Seq Scan");
    EXPECT_FALSE(plan::used_indexes(**each->queries[0].with_indexes).empty());
  }
  EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass"), "1");
  auto wrong = explain(server_->connection_string("postgres"),
                       {.queries = request.queries, .indexes = {"CREATE INDEX ON orders (nope)"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "explain.index");
}

TEST_F(ExplainLive, NamesMeanOnATwinWhatTheyMeanThere) {
  ASSERT_TRUE(
      execute("CREATE SCHEMA shop; ALTER TABLE orders SET SCHEMA shop;"
              "ALTER DATABASE postgres SET search_path = shop"));
  auto explained = explain(server_->connection_string("postgres"),
                           {.queries = {"SELECT * FROM orders WHERE status = 'open'"},
                            .indexes = {"CREATE INDEX ON orders (status)"}});
  ASSERT_TRUE(explained) << explained.error().message;
  EXPECT_TRUE(explained->queries.at(0).plan) << explained->queries[0].plan.error().message;
}

// Neither the server nor the sandbox's has HypoPG, and nothing is made on the former.
class ExplainWithoutHypopg : public ExplainLive, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    const auto installation = postgres::choose_installation(GetParam());
    if (!installation || installation->major != GetParam())
      GTEST_SKIP() << "no PostgreSQL " << GetParam() << " here";
    if (std::filesystem::exists(installation->share / "extension/hypopg.control"))
      GTEST_SKIP() << "it has HypoPG";
    start(GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Servers, ExplainWithoutHypopg, testing::Values(13, 15, 18),
                         [](const auto& tested) { return std::to_string(tested.param); });

TEST_P(ExplainWithoutHypopg, ATwinHasTheIndexWithoutRows) {
  ASSERT_TRUE(
      execute("CREATE SCHEMA shop; ALTER TABLE orders SET SCHEMA shop;"
              "ALTER DATABASE postgres SET search_path = shop"));
  const std::string before = value("SELECT sum(xmin::text::bigint) FROM pg_class");
  const Explained explained = ask(
      {.queries = {"SELECT * FROM orders WHERE status = 'open'", "SELECT count(*) FROM orders"},
       .indexes = {"CREATE INDEX CONCURRENTLY IF NOT EXISTS \"by on status\" ON orders (status)"}});
  EXPECT_NE(explained.how.find("twin"), std::string::npos);
  ASSERT_EQ(explained.queries.size(), 2U);
  for (const ExplainedQuery& each : explained.queries)
    ASSERT_TRUE(each.plan && each.with_indexes && *each.with_indexes);
  EXPECT_EQ(explained.queries[0].plan->root.type, "Seq Scan");
  EXPECT_EQ(plan::used_indexes(**explained.queries[0].with_indexes),
            std::vector<std::string>{"hypothetical shop.orders USING btree (status)"});
  EXPECT_EQ(value("SELECT sum(xmin::text::bigint) FROM pg_class"), before);
  for (const char* wrong : {"CREATE INDEX ON orders (nope)", "CREATE INDEX ON nowhere (status)",
                            "DROP TABLE orders", "CREATE INDEX ON orders (random())", "CREATE"}) {
    const auto refused = explain(server_->connection_string("postgres"),
                                 {.queries = {"SELECT 1"}, .indexes = {wrong}});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, "explain.index") << describe(refused.error());
    EXPECT_NE(refused.error().message, "");
  }
}

class ExplainFile : public testing::Test {
 protected:
  void SetUp() override {
    if (!postgres::choose_installation(15)) GTEST_SKIP() << "there is no PostgreSQL here";
    file_ = testing::TempDir() + "architrave_explain_shop.sql";
    ASSERT_TRUE(write_file(file_, shop));
  }
  void TearDown() override { std::filesystem::remove(file_); }
  std::string file_;
};

TEST_F(ExplainFile, RunsOnItsRowsAndBuildsTheIndex) {
  const auto explained =
      explain(file_, {.queries = {"SELECT * FROM orders WHERE status = 'open'",
                                  "DELETE FROM orders", "SELECT count(*) FROM orders"},
                      .indexes = {"CREATE INDEX CONCURRENTLY by_status ON orders (status)"},
                      .compares = true});
  ASSERT_TRUE(explained) << explained.error().message;
  ASSERT_EQ(explained->queries.size(), 3U);
  const ExplainedQuery& open = explained->queries[0];
  ASSERT_TRUE(open.plan && open.with_indexes && *open.with_indexes);
  EXPECT_EQ(open.plan->root.actual->rows, 200);
  EXPECT_EQ(plan::used_indexes(**open.with_indexes), std::vector<std::string>{"by_status"});
  EXPECT_EQ((*open.with_indexes)->root.actual->rows, 200);
  ASSERT_TRUE(explained->queries[1].plan);
  EXPECT_TRUE(explained->queries[1].plan->root.actual) << "a sandbox may be changed";
  const plan::Plan& count = *explained->queries[2].plan;
  EXPECT_EQ(count.root.children.at(0).actual->rows, 20000) << "and is as it was afterwards";
}

TEST_F(ExplainFile, AnEmptyDatabaseIsSaidToBeOne) {
  ASSERT_TRUE(write_file(file_, "CREATE TABLE t (id int); CREATE TABLE u (id int);"));
  const auto explained = explain(file_, {.queries = {"SELECT * FROM t JOIN u USING (id)"}});
  ASSERT_TRUE(explained) << explained.error().message;
  ASSERT_EQ(explained->notes.size(), 1U);
  EXPECT_NE(explained->notes[0].find("no rows"), std::string::npos);
}

TEST(ExplainSqlite, IsATreeWithoutFigures) {
  const std::string file = testing::TempDir() + "architrave_explain_sqlite.sql";
  ASSERT_TRUE(write_file(file,
                         "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT);"
                         "CREATE TABLE c (d INTEGER REFERENCES a);"));
  ExplainRequest request{
      .queries = {"SELECT * FROM a, c WHERE b = d", "SELECT * FROM a WHERE b = 'x'", "SELECT"},
      .indexes = {"CREATE INDEX by_b ON a (b)"}};
  request.open.engine = "sqlite";
  const auto explained = explain(file, request);
  std::filesystem::remove(file);
  ASSERT_TRUE(explained) << explained.error().message;
  ASSERT_EQ(explained->queries.size(), 3U);
  ASSERT_TRUE(explained->queries[0].plan);
  EXPECT_EQ(explained->queries[0].plan->root.children.size(), 2U);
  ASSERT_TRUE(explained->queries[1].plan);
  EXPECT_TRUE(plan::used_indexes(*explained->queries[1].plan).empty());
  ASSERT_TRUE(explained->queries[1].with_indexes && *explained->queries[1].with_indexes);
  EXPECT_EQ(plan::used_indexes(**explained->queries[1].with_indexes),
            std::vector<std::string>{"by_b"});
  EXPECT_FALSE(explained->queries[2].plan);
}

}  // namespace
}  // namespace architrave::engine

#include "engine/postgres/empty_indexes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "base/process.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/what_if.h"

namespace architrave::postgres {
namespace {

namespace fs = std::filesystem;
using engine::HypotheticalIndex;

HypotheticalIndex index(const std::string& table, const std::string& rest, std::int64_t bytes,
                        std::optional<double> rows = {}) {
  return {.parts = {{table, "CREATE INDEX ON " + table + " " + rest, bytes, rows}},
          .table = {},
          .create = {}};
}

std::unique_ptr<PostgresSandbox> twin_of(PostgresSandbox& original) {
  EXPECT_TRUE(original.connection().execute("VACUUM ANALYZE"));
  EXPECT_TRUE(original.connection().execute("CHECKPOINT"));
  const auto catalog = read_catalog(original.connection());
  EXPECT_TRUE(catalog) << describe(catalog.error());
  auto statistics = read_statistics(original.connection(), *catalog);
  EXPECT_TRUE(statistics) << describe(statistics.error());
  auto twin = sandbox_with(*catalog, std::make_shared<const Statistics>(std::move(*statistics)),
                           original.server().installation());
  EXPECT_TRUE(twin) << describe(twin.error());
  EXPECT_TRUE((*twin)->take_statistics());
  return std::move(*twin);
}

constexpr const char* shop = R"(
CREATE TABLE orders (id int, customer int, status text, placed date);
INSERT INTO orders SELECT i, i % 5000, CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END,
                          DATE '2024-01-01' + i / 200 FROM generate_series(1, 100000) i;
CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'no changes here'; END $$;
)";

class OnEveryServer : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    for (const Installation& each : installations())
      if (each.major == GetParam()) installation = each;
    if (installation.major == 0) GTEST_SKIP() << "no PostgreSQL " << GetParam() << " here";
    auto started = make_empty_sandbox(installation);
    ASSERT_TRUE(started) << describe(started.error());
    original = std::move(*started);
    ASSERT_TRUE(original->connection().execute(shop));
    twin = twin_of(*original);
  }
  // The plan and its cost of a query on the original, with the index really built.
  double built(const std::string& create, const std::string& query) {
    Connection& connection = original->connection();
    EXPECT_TRUE(connection.execute("BEGIN"));
    EXPECT_TRUE(connection.execute(create));
    const auto rows = connection.query("EXPLAIN " + query);
    EXPECT_TRUE(rows) << describe(rows.error());
    EXPECT_TRUE(connection.execute("ROLLBACK"));
    const std::string line(rows->cell(0, 0));
    return std::atof(line.c_str() + line.find("..") + 2);
  }
  std::int64_t bytes(const std::string& create) {
    Connection& connection = original->connection();
    EXPECT_TRUE(connection.execute("BEGIN"));
    EXPECT_TRUE(connection.execute(create));
    const auto rows = connection.query(
        "SELECT pg_relation_size(oid) FROM pg_class WHERE relkind = 'i' AND relname LIKE "
        "'orders%'");
    EXPECT_TRUE(connection.execute("ROLLBACK"));
    return std::atoll(std::string(rows->cell(0, 0)).c_str());
  }
  bool has_hypopg() const { return fs::exists(installation.share / "extension/hypopg.control"); }
  Installation installation;
  std::unique_ptr<PostgresSandbox> original;
  std::unique_ptr<PostgresSandbox> twin;
};

INSTANTIATE_TEST_SUITE_P(Servers, OnEveryServer, testing::Values(13, 15, 18),
                         [](const auto& tested) { return std::to_string(tested.param); });

// An index of the length of the real one costs what the real one does, to the last digit; and a
// set that is asked about has no others in it.
TEST_P(OnEveryServer, CostsWhatTheRealIndexCosts) {
  const std::vector<std::pair<std::string, std::string>> tried = {
      {"(customer)", "SELECT * FROM orders WHERE customer = 42"},
      {"(placed, customer)", "SELECT count(*) FROM orders WHERE placed < DATE '2024-02-01'"},
      {"USING brin (placed)", "SELECT * FROM orders WHERE placed = DATE '2024-02-01'"},
      {"USING hash (id)", "SELECT * FROM orders WHERE id = 42"},
      {"(placed) WHERE status = 'open'",
       "SELECT * FROM orders WHERE status = 'open' AND placed = DATE '2024-02-01'"}};
  auto planner = make_empty_indexes(*twin);
  ASSERT_TRUE(planner) << describe(planner.error());
  std::vector<engine::PlannerQuery> queries;
  std::vector<HypotheticalIndex> indexes;
  std::vector<engine::Question> questions;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const auto& [rest, query] = tried[i];
    queries.push_back({query, {}});
    const bool partial = rest.ends_with("'open'");
    indexes.push_back(index("public.orders", rest, bytes("CREATE INDEX ON orders " + rest),
                            partial ? std::optional(2000.0) : std::nullopt));
    questions.push_back({i, {}});
    questions.push_back({i, {i}});
  }
  ASSERT_TRUE((*planner)->set_queries(queries));
  const auto sizes = (*planner)->set_indexes(indexes);
  ASSERT_TRUE(sizes) << describe(sizes.error());
  const auto answers = (*planner)->ask(questions);
  ASSERT_TRUE(answers) << describe(answers.error());
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const auto& [rest, query] = tried[i];
    ASSERT_TRUE((*answers)[2 * i]) << query;
    ASSERT_TRUE((*answers)[2 * i + 1]) << query;
    EXPECT_EQ((*sizes)[i], indexes[i].parts[0].bytes);
    EXPECT_TRUE((*answers)[2 * i]->used.empty());
    EXPECT_NEAR((*answers)[2 * i]->cost, built("SELECT 1", query), 0.011) << query;
    EXPECT_EQ((*answers)[2 * i + 1]->used, (std::vector<std::size_t>{i})) << query;
    EXPECT_NEAR((*answers)[2 * i + 1]->cost, built("CREATE INDEX ON orders " + rest, query), 0.011)
        << query;
  }
}

TEST_P(OnEveryServer, LeavesTheTwinAsItWas) {
  ASSERT_TRUE(twin->connection().execute(
      "CREATE EVENT TRIGGER noticed ON ddl_command_end EXECUTE FUNCTION noticed()"));
  const std::string state =
      "SELECT string_agg(concat_ws(' ', relname, relkind, relpages, reltuples, relallvisible,"
      " relfilenode, reltablespace, pg_relation_size(oid)), E'\\n' ORDER BY relname)"
      " FROM pg_class WHERE oid >= 16384";
  const std::string before(twin->connection().query(state)->cell(0, 0));
  {
    auto planner = make_empty_indexes(*twin);
    ASSERT_TRUE(planner) << describe(planner.error());
    ASSERT_TRUE((*planner)->set_queries({{"SELECT * FROM orders WHERE customer = 1", {}}}));
    const auto sizes = (*planner)->set_indexes({index("public.orders", "(customer)", 2 << 20),
                                                index("public.orders", "(nothing)", 2 << 20),
                                                index("public.orders", "(random())", 2 << 20)});
    ASSERT_TRUE(sizes) << describe(sizes.error());
    EXPECT_TRUE((*sizes)[0]);
    EXPECT_FALSE((*sizes)[1]) << "there is no such column";
    EXPECT_FALSE((*sizes)[2]) << "it may change";
    // The same again, in another place: it is not made anew, and has its new number.
    ASSERT_TRUE((*planner)->set_indexes(
        {index("public.orders", "(id)", 2 << 20), index("public.orders", "(customer)", 2 << 20)}));
    const auto answers = (*planner)->ask({{0, {0, 1}}, {0, {0}}});
    ASSERT_TRUE(answers);
    EXPECT_EQ((*answers)[0]->used, (std::vector<std::size_t>{1}));
    EXPECT_TRUE((*answers)[1]->used.empty());
    const auto seen = twin->connection().query("EXPLAIN SELECT * FROM orders WHERE customer = 1");
    EXPECT_EQ(std::string(seen->cell(0, 0)).find("Index"), std::string::npos)
        << "nobody else sees them";
  }
  EXPECT_EQ(std::string(twin->connection().query(state)->cell(0, 0)), before);
}

// Of statements as people write them, whose lengths nobody has told.
TEST_P(OnEveryServer, StatementsCostAboutWhatTheyWill) {
  const std::vector<std::pair<std::string, std::string>> tried = {
      {"(customer)", "SELECT * FROM orders WHERE customer = 42"},
      {"(placed, customer)", "SELECT count(*) FROM orders WHERE placed < DATE '2024-02-01'"},
      {"USING brin (placed)", "SELECT * FROM orders WHERE placed = DATE '2024-02-01'"},
      {"USING hash (id)", "SELECT * FROM orders WHERE id = 42"},
      {"(placed) WHERE status = 'open'",
       "SELECT * FROM orders WHERE status = 'open' AND placed > DATE '2024-02-01'"},
      {"((status || 'x'), id)", "SELECT * FROM orders WHERE status || 'x' = 'openx' AND id = 7"},
      {"(status) INCLUDE (id) WITH (fillfactor = 50)",
       "SELECT id FROM orders WHERE status = 'open'"}};
  for (const auto& [rest, query] : tried) {
    const auto costs = twin->costs_with(
        {query}, {"CREATE INDEX CONCURRENTLY IF NOT EXISTS made_up ON orders " + rest});
    ASSERT_TRUE(costs) << describe(costs.error());
    ASSERT_TRUE(costs->front()) << query;
    const double real = built("CREATE INDEX ON orders " + rest, query);
    EXPECT_LT(real, built("SELECT 1", query)) << "it is of use: " << query;
    // HypoPG has estimates of its own.
    if (!has_hypopg()) {
      EXPECT_NEAR(*costs->front(), real, 0.1 * real) << query;
    }
  }
  const auto wrong = twin->costs_with({"SELECT 1"}, {"CREATE INDEX ON orders (nothing)"});
  ASSERT_TRUE(wrong) << describe(wrong.error());
  EXPECT_FALSE(wrong->front());
}

TEST_P(OnEveryServer, AStatementIsOfItsPartitionsToo) {
  ASSERT_TRUE(original->connection().execute(
      "CREATE SCHEMA app; CREATE TABLE app.events (id int, at int) PARTITION BY RANGE (at);"
      "CREATE TABLE app.old PARTITION OF app.events FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE app.new PARTITION OF app.events FOR VALUES FROM (10) TO (20);"
      "INSERT INTO app.events SELECT i, i % 20 FROM generate_series(1, 50000) i"));
  twin = twin_of(*original);
  ASSERT_TRUE(twin->connection().execute("SET search_path = app"));
  const auto supposed = suppose_empty(*twin, {"CREATE UNIQUE INDEX ON events (id, at)"});
  ASSERT_TRUE(supposed) << describe(supposed.error());
  std::vector<std::string> all = {"BEGIN"};
  all.insert(all.end(), supposed->statements.begin(), supposed->statements.end());
  all.insert(all.end(), {"EXPLAIN SELECT * FROM events WHERE id = 7", "ROLLBACK",
                         "EXPLAIN SELECT * FROM events WHERE id = 7"});
  const auto results = twin->connection().pipeline(all);
  ASSERT_TRUE(results);
  const auto scans = [&](std::size_t at) {
    int count = 0;
    const Result<Rows>& plan = (*results)[at];
    for (int row = 0; plan && row < plan->size(); ++row)
      count += plan->cell(row, 0).find("Index Only Scan using") != std::string_view::npos ? 1 : 0;
    return count;
  };
  EXPECT_EQ(scans(all.size() - 3), 2);
  EXPECT_EQ(scans(all.size() - 1), 0);
}

// HypoPG has none of these, and one that is built of a twin's nothing would be for nothing.
TEST_P(OnEveryServer, AnInvertedIndexIsAsLongAsItWillBe) {
  ASSERT_TRUE(original->connection().execute(
      "CREATE TABLE docs AS SELECT i AS id, jsonb_build_object('k', i, 'even', i % 2,"
      " 'words', repeat(md5(i::text), 3)) AS data FROM generate_series(1, 50000) i"));
  twin = twin_of(*original);
  const std::string query = "SELECT id FROM docs WHERE data @> '{\"k\": 7}'";
  const std::string create = "CREATE INDEX by_data ON docs USING gin (data)";
  const double real = built(create, query);
  std::vector<std::unique_ptr<engine::Planner>> planners;
  if (auto empty = make_empty_indexes(*twin)) planners.push_back(std::move(*empty));
  if (auto hypothetical =
          make_what_if({twin->connection_string(), {}, "PostgreSQL", /*is_own=*/true, twin.get()}))
    planners.push_back(std::move(*hypothetical));
  for (const auto& planner : planners) {
    ASSERT_TRUE(planner->set_queries({{query, {}}}));
    ASSERT_TRUE(planner->set_indexes({index("public.docs", "(id)", 2 << 20)}));
    const auto plain = planner->ask({{0, {}}});
    const auto with = planner->ask_with({create}, {{0, {}}, {0, {0}}});
    const auto nothing = planner->ask_with({"CREATE INDEX ON docs USING gin (id)"}, {{0, {}}});
    const auto again = planner->ask({{0, {}}});
    ASSERT_TRUE(plain && with && nothing && again);
    EXPECT_FALSE((*nothing)[0]);
    EXPECT_EQ((*again)[0]->cost, (*plain)[0]->cost);
    for (const auto& answer : *with) {
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->existing.size(), 1U) << planner->description();
      EXPECT_TRUE(answer->used.empty());
      EXPECT_LT(answer->cost, 2 * real) << planner->description();
      EXPECT_GT(answer->cost, real / 2);
    }
  }
}

// One on each partition is one index, also where their columns have another order; and an index may
// be there by itself and as a part.
TEST_P(OnEveryServer, PartsOfOneIndex) {
  ASSERT_TRUE(original->connection().execute(
      "CREATE TABLE events (id int, at int, customer int) PARTITION BY RANGE (at);"
      "CREATE TABLE old PARTITION OF events FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE new (customer int, gone int, at int, id int);"
      "ALTER TABLE new DROP COLUMN gone;"
      "ALTER TABLE events ATTACH PARTITION new FOR VALUES FROM (10) TO (20);"
      "INSERT INTO events SELECT i, i % 20, i % 5000 FROM generate_series(1, 50000) i"));
  twin = twin_of(*original);
  const HypotheticalIndex alone = index("public.old", "(customer)", 600000);
  HypotheticalIndex whole = alone;
  whole.parts.push_back(index("public.new", "(customer)", 600000).parts[0]);
  whole.table = "public.events";
  whole.create = "CREATE INDEX ON public.events (customer)";
  std::vector<std::unique_ptr<engine::Planner>> planners;
  if (auto empty = make_empty_indexes(*twin)) planners.push_back(std::move(*empty));
  if (auto hypothetical =
          make_what_if({twin->connection_string(), {}, "PostgreSQL", /*is_own=*/true, twin.get()}))
    planners.push_back(std::move(*hypothetical));
  for (const auto& planner : planners) {
    ASSERT_TRUE(planner->set_queries({{"SELECT * FROM events WHERE customer = 7", {}}}));
    ASSERT_TRUE(planner->set_indexes({whole, alone}));
    const auto answers = planner->ask({{0, {}}, {0, {0}}, {0, {1}}});
    ASSERT_TRUE(answers);
    EXPECT_TRUE((*answers)[0]->used.empty());
    EXPECT_EQ((*answers)[1]->used, (std::vector<std::size_t>{0})) << planner->description();
    EXPECT_EQ((*answers)[1]->names.size(), 2U) << "one name for each partition";
    EXPECT_EQ((*answers)[2]->used, (std::vector<std::size_t>{1}));
    EXPECT_LT((*answers)[1]->cost, (*answers)[2]->cost);
    EXPECT_LT((*answers)[2]->cost, (*answers)[0]->cost);
  }
}

}  // namespace
}  // namespace architrave::postgres

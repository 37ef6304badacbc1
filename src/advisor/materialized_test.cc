#include "advisor/materialized.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "engine/postgres/sandbox.h"

namespace architrave::advisor {
namespace {

using workload::Query;
using workload::Workload;

// Rows with NULLs and duplicates, and statistics that say there are a million of them.
constexpr const char* schema = R"(
CREATE SCHEMA app;
CREATE TABLE app.customers (id int PRIMARY KEY, region text NOT NULL);
CREATE TABLE app.orders (
  id int PRIMARY KEY, customer_id int, status text, amount numeric(10,2), qty int, weight float8,
  day date, created_at timestamptz);
CREATE TABLE app.secret (id int PRIMARY KEY, owner text);
ALTER TABLE app.secret ENABLE ROW LEVEL SECURITY;
INSERT INTO app.customers SELECT i, 'r' || i % 3 FROM generate_series(1, 20) i;
INSERT INTO app.orders
SELECT i, nullif(i % 12, 0), (ARRAY['a', 'b', NULL])[1 + i % 3], nullif(i % 50, 7) / 4.0, i % 9,
       i / 3.0, date '2024-01-01' + i % 5, timestamptz '2024-01-01 00:00Z' + i * interval '1 hour'
FROM generate_series(1, 500) i;
)";

class Views : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto installation = postgres::choose_installation(15);
    ASSERT_TRUE(installation) << describe(installation.error());
    auto sandbox = postgres::make_empty_sandbox(*installation);
    ASSERT_TRUE(sandbox) << describe(sandbox.error());
    const Status loaded = (*sandbox)->connection().execute(schema);
    ASSERT_TRUE(loaded) << describe(loaded.error());
    auto catalog = (*sandbox)->read();
    ASSERT_TRUE(catalog) << describe(catalog.error());
    sandbox_ = std::move(*sandbox);
    catalog_ = std::make_unique<catalog::Catalog>(std::move(*catalog));
    catalog_->server.read_at = 1.76e9;
    catalog_->server.stats_reset = 1.76e9 - 10 * 86400.0;
    for (catalog::Relation& relation : catalog_->relations) {
      relation.stats.emplace();
      relation.stats->rows = 1e6;
      relation.stats->inserted = 1000;
      relation.stats->updated = 0;
      relation.stats->deleted = 0;
      for (catalog::Column& column : relation.columns)
        column.stats = catalog::ColumnStats{.distinct = column.name == "id" ? -1.0 : 20.0};
    }
    lookup_ = std::make_unique<catalog::Lookup>(*catalog_);
  }
  static void TearDownTestSuite() {
    sandbox_.reset();
    lookup_.reset();
    catalog_.reset();
  }

  static Query asked(const std::string& text) {
    Query query;
    query.fingerprint = "00000000000000aa";
    query.text = text;
    query.calls = 5000;
    query.total_ms = 5000 * 200.0;
    query.rows = 5000 * 5;
    return query;
  }
  static std::vector<MaterializedView> find(const std::string& text) {
    Workload workload;
    workload.queries = {asked(text)};
    return find_materialized_views(*catalog_, *lookup_, workload);
  }

  static std::unique_ptr<postgres::PostgresSandbox> sandbox_;
  static std::unique_ptr<catalog::Catalog> catalog_;
  static std::unique_ptr<catalog::Lookup> lookup_;
};
std::unique_ptr<postgres::PostgresSandbox> Views::sandbox_;
std::unique_ptr<catalog::Catalog> Views::catalog_;
std::unique_ptr<catalog::Lookup> Views::lookup_;

TEST_F(Views, AnswerAsTheQueryDoes) {
  for (const char* text : {
           "SELECT customer_id, sum(amount), avg(amount), count(DISTINCT status) FROM app.orders "
           "WHERE status = $1 GROUP BY customer_id",
           "SELECT count(*), max(amount), avg(qty), count(DISTINCT qty) FROM app.orders "
           "WHERE customer_id = $1",
           "SELECT status, sum(qty) AS pieces, count(*) AS n FROM app.orders "
           "WHERE day >= $1 AND day < $2 GROUP BY status HAVING count(*) > $3 ORDER BY n DESC",
           "SELECT c.region, sum(o.amount) * $1 AS total FROM app.orders o JOIN app.customers c "
           "ON c.id = o.customer_id GROUP BY c.region HAVING sum(o.amount) > $2 ORDER BY 2 DESC",
           "SELECT count(*), sum(amount) FILTER (WHERE status IS NOT NULL) FROM app.orders",
           "SELECT sum(qty), count(qty), min(day), max(id) FROM app.orders "
           "WHERE customer_id BETWEEN $1 AND $2",
           "SELECT customer_id, count(*) FROM app.orders WHERE customer_id = ANY ($1) GROUP BY 1",
           "SELECT o.status AS s, max(o.qty + 1) FROM app.orders AS o WHERE o.qty IN ($1, $2) "
           "AND o.amount IS NOT NULL GROUP BY s",
           "SELECT abs(qty - 4) AS far, count(*) FROM app.orders GROUP BY 1 ORDER BY 1",
       }) {
    std::vector<MaterializedView> views = find(text);
    ASSERT_EQ(views.size(), 1U) << text;
    for (const bool own_rows : {true, false}) {
      ProofOptions options;
      options.with_rows = own_rows;
      options.with_times = false;
      views.front().proposal.proof = {};
      const Status proved =
          prove_materialized_views(views, *catalog_, *lookup_, *sandbox_, options);
      ASSERT_TRUE(proved) << describe(proved.error());
      // Parameters that are made up may find no row, which proves nothing.
      const bool may_be_empty = std::string_view(text).find('$') != std::string_view::npos;
      const ProofStatus status = views.front().proposal.proof.status();
      EXPECT_TRUE(status == ProofStatus::proved || (may_be_empty && status == ProofStatus::untried))
          << text << '\n'
          << views.front().proposal.up.front() << '\n'
          << views.front().rewrites.front().after_sql << '\n'
          << views.front().proposal.proof.claims.front().seen;
    }
  }
}

TEST_F(Views, AreNotProposedWhereTheyWouldSaySomethingElse) {
  for (const char* text : {
           // Rows of the view can't be put together for these.
           "SELECT avg(amount) FROM app.orders WHERE day >= $1",
           "SELECT status, avg(amount) FROM app.orders WHERE day >= $1 GROUP BY status",
           "SELECT count(DISTINCT status) FROM app.orders WHERE day BETWEEN $1 AND $2",
           "SELECT sum(qty + 1) FROM app.orders WHERE day > $1",
           // What they say changes with the time, the session or chance.
           "SELECT status, count(*), random() FROM app.orders GROUP BY status",
           "SELECT count(*) FROM app.orders WHERE created_at > now() - interval '1 day'",
           "SELECT count(*) FROM app.orders WHERE day = CURRENT_DATE",
           "SELECT count(*) FROM app.orders WHERE day < 'today'::date",
           "SELECT date_trunc('day', created_at), count(*) FROM app.orders GROUP BY 1",
           "SELECT created_at::date, count(*) FROM app.orders GROUP BY 1",
           "SELECT count(*) FROM app.secret",
           "SELECT sum(weight) FROM app.orders",
           "SELECT status, count(*) FROM app.orders GROUP BY status LIMIT 3",
           // Parameters where the view can't know them.
           "SELECT sum(amount * $1) FROM app.orders",
           "SELECT count(*) FROM app.orders WHERE status = $1 OR qty = $2",
           "SELECT count(*) FROM app.orders WHERE status LIKE $1",
           "SELECT count(*) FROM app.orders WHERE qty + 1 = $1",
           "SELECT count(*) FILTER (WHERE qty > $1) FROM app.orders",
           "SELECT count(*) FROM app.orders o JOIN app.customers c ON c.id = o.customer_id "
           "AND c.region = $1",
           // Too many groups, or none.
           "SELECT count(*) FROM app.orders WHERE id = $1",
           "SELECT id, status FROM app.orders WHERE qty = $1",
           "SELECT count(*) FROM app.orders HAVING count(*) > $1",
           "SELECT DISTINCT count(*) FROM app.orders GROUP BY status",
           "SELECT status, count(*), rank() OVER (ORDER BY count(*)) FROM app.orders GROUP BY 1",
           "SELECT status, count(*) FROM app.orders GROUP BY ROLLUP (status)",
           "SELECT count(*) FROM (SELECT 1 FROM app.orders) x",
       })
    EXPECT_TRUE(find(text).empty()) << text << '\n' << find(text).front().proposal.up.front();
}

// A log without row counts: the statistics tell how many groups there are.
TEST_F(Views, GroupsAreReckonedWhereNoRowsWereCounted) {
  const auto groups = [](const std::string& text) {
    Workload workload;
    workload.queries = {asked(text)};
    workload.queries[0].rows = 0;
    const auto views = find_materialized_views(*catalog_, *lookup_, workload);
    return views.empty() ? 0.0 : views.front().groups;
  };
  EXPECT_EQ(groups("SELECT id, sum(amount) FROM app.orders GROUP BY id"), 0);
  EXPECT_EQ(groups("SELECT count(*) FROM app.orders"), 1);
  EXPECT_GT(groups("SELECT status, count(*) FROM app.orders GROUP BY 1"), 1);
  EXPECT_EQ(groups("SELECT abs(qty), count(*) FROM app.orders GROUP BY 1"), 200);
}

TEST_F(Views, AreMadeWithTheirIndexAndUnmade) {
  const auto views = find(
      "SELECT customer_id, sum(amount) FROM app.orders WHERE status = $1 GROUP BY customer_id");
  ASSERT_EQ(views.size(), 1U);
  const Proposal& proposal = views.front().proposal;
  EXPECT_EQ(views.front().name, "app.orders_by_customer_id_status");
  EXPECT_EQ(proposal.up[0],
            "CREATE MATERIALIZED VIEW app.orders_by_customer_id_status AS\n"
            "SELECT orders.customer_id AS customer_id, orders.status AS status, sum(orders.amount) "
            "AS sum\nFROM app.orders\nGROUP BY orders.customer_id, orders.status\nWITH NO DATA");
  EXPECT_EQ(proposal.up[1],
            "CREATE UNIQUE INDEX orders_by_customer_id_status_key ON "
            "app.orders_by_customer_id_status (customer_id, status)");
  EXPECT_EQ(views.front().rewrites.front().after_sql,
            "SELECT v.customer_id AS customer_id, v.sum AS sum\n"
            "FROM app.orders_by_customer_id_status v\nWHERE v.status = $1");

  // Over NULLs too, a refresh that keeps nobody waiting takes the index.
  auto& connection = sandbox_->connection();
  for (const std::string& each : proposal.up) {
    const Status made = connection.execute(each);
    ASSERT_TRUE(made) << describe(made.error());
  }
  const Status refreshed = connection.execute(views.front().refresh);
  EXPECT_TRUE(refreshed) << describe(refreshed.error());
  for (const std::string& each : proposal.down) EXPECT_TRUE(connection.execute(each));
}

TEST_F(Views, OfOneDefinitionAreOne) {
  Workload workload;
  workload.queries = {
      asked("SELECT status, count(*) FROM app.orders WHERE qty = $1 GROUP BY status"),
      asked(
          "SELECT status, count(*) FROM app.orders WHERE qty = $1 GROUP BY status ORDER BY 2, 1")};
  const auto views = find_materialized_views(*catalog_, *lookup_, workload);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views.front().rewrites.size(), 2U);
}

TEST_F(Views, AreForWhatIsAskedOftenAndSlow) {
  Workload workload;
  workload.queries = {asked("SELECT count(*) FROM app.orders")};
  workload.queries.front().calls = 5;
  EXPECT_TRUE(find_materialized_views(*catalog_, *lookup_, workload).empty());
  workload.queries = {asked("SELECT count(*) FROM app.orders")};
  workload.queries.front().total_ms = 5000;
  EXPECT_TRUE(find_materialized_views(*catalog_, *lookup_, workload).empty());
}

TEST_F(Views, CachesAreForWhatIsReadAndNotWritten) {
  Workload workload;
  workload.from = 1.76e9 - 86400;
  workload.to = 1.76e9;
  workload.queries = {asked("SELECT region FROM app.customers WHERE id = $1")};
  workload.queries.front().parameters = {{"1"}, {"2"}, {"1"}, {"1"}, {"1"}, {"2"}, {"1"}, {"1"}};
  const auto ask = [&] { return find_cache_candidates(*catalog_, *lookup_, workload); };
  ASSERT_EQ(ask().size(), 1U);  // 5000 calls and 100 writes in a day, 6 of 8 repeated
  EXPECT_EQ(ask().front().rule, "cache-candidate");
  EXPECT_NE(ask().front().message.find("about 74 %"), std::string::npos) << ask().front().message;
  EXPECT_NE(ask().front().suggestion.find("app.customers is written"), std::string::npos);

  Query& query = workload.queries.front();
  query.parameters = {{"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}, {"7"}, {"1"}};
  EXPECT_TRUE(ask().empty());  // hardly ever the same
  query.parameters.resize(2);
  EXPECT_TRUE(ask().empty());  // too few samples
  query = asked("SELECT region FROM app.customers");
  EXPECT_EQ(ask().size(), 1U);
  query.text = "SELECT region, now() FROM app.customers";
  EXPECT_TRUE(ask().empty());
  query.text = "SELECT owner FROM app.secret";
  EXPECT_TRUE(ask().empty());
  query.text = "SELECT region FROM app.customers FOR UPDATE";
  EXPECT_TRUE(ask().empty());
  query.text = "SELECT region FROM app.customers";
  workload.from.reset();
  EXPECT_TRUE(ask().empty());  // nobody knows in which time
  workload.from = 1.76e9 - 86400;
  const double took = query.total_ms;
  query.total_ms = 0.5 * static_cast<double>(query.calls);  // a cache is no faster
  EXPECT_TRUE(ask().empty());
  query.total_ms = took;
  EXPECT_EQ(ask().size(), 1U);
  query.calls = 1500;  // fewer than twenty to a write
  query.rows = 1500;
  EXPECT_TRUE(ask().empty());
}

}  // namespace
}  // namespace architrave::advisor

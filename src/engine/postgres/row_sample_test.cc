#include "engine/postgres/row_sample.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "engine/postgres/reader.h"
#include "engine/postgres/sandbox.h"

namespace architrave::postgres {
namespace {

// A server with rows, and a sandbox of it without.
class RowSample : public testing::Test {
 protected:
  void begin(const std::string& script) {
    const auto installation = choose_installation(15);
    ASSERT_TRUE(installation) << describe(installation.error());
    auto live = make_empty_sandbox(*installation);
    ASSERT_TRUE(live) << describe(live.error());
    live_ = std::move(*live);
    const Status ran = live_->connection().execute(script);
    ASSERT_TRUE(ran) << describe(ran.error());
    auto catalog = read_catalog(live_->connection());
    ASSERT_TRUE(catalog) << describe(catalog.error());
    catalog_ = std::move(*catalog);
    auto sandbox = sandbox_with(catalog_, nullptr, *installation);
    ASSERT_TRUE(sandbox) << describe(sandbox.error());
    sandbox_ = std::move(*sandbox);
  }

  engine::RowsTaken take(const SampleLimits& limits, const catalog::Catalog& wanted = {},
                         const std::string& role = {}) {
    auto connection = Connection::open(live_->connection_string(), {.read_only = true});
    EXPECT_TRUE(connection) << describe(connection.error());
    const Status set = connection->execute(role.empty() ? "RESET ROLE" : "SET ROLE " + role);
    EXPECT_TRUE(set) << describe(set.error());
    auto taken = take_rows(*connection, sandbox_->connection(), catalog_, wanted, limits);
    EXPECT_TRUE(taken) << describe(taken.error());
    return taken ? *taken : engine::RowsTaken();
  }

  static std::string ask(PostgresSandbox& server, const std::string& query) {
    const auto rows = server.connection().query(query);
    EXPECT_TRUE(rows) << query << ": " << describe(rows.error());
    return rows ? std::string(rows->cell(0, 0)) : std::string();
  }
  std::int64_t count(const std::string& from) {
    return std::atoll(ask(*sandbox_, "SELECT count(*) FROM " + from).c_str());
  }
  // As both servers have it.
  void expect_same(const std::string& query) {
    EXPECT_EQ(ask(*live_, query), ask(*sandbox_, query)) << query;
  }

  std::unique_ptr<PostgresSandbox> live_;
  std::unique_ptr<PostgresSandbox> sandbox_;
  catalog::Catalog catalog_;
};

constexpr SampleLimits only_samples{.whole_bytes = 0, .rows = 50};

TEST_F(RowSample, SmallTablesAreTakenAsTheyAre) {
  begin(R"(
    CREATE SCHEMA app;
    CREATE TABLE app."odd Name" (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t text, twice text GENERATED ALWAYS AS (t || t) STORED,
      at timestamptz, span interval, b bytea, f float8, a text[], j jsonb, n numeric);
    INSERT INTO app."odd Name" (t, at, span, b, f, a, j, n)
      SELECT E'tab\there \\ back ''q'' \n' || i, now(), '1 day 2 hours', '\x00ff', 1e-300 / i,
             ARRAY['a,b', NULL, '"'], '{"k": [1, null]}', 1.500
        FROM generate_series(1, 300) i;
    CREATE TABLE app.none (id int);
    CREATE TABLE app.part (id int, k int) PARTITION BY RANGE (k);
    CREATE TABLE app.part_1 PARTITION OF app.part FOR VALUES FROM (0) TO (10);
    CREATE TABLE app.part_2 PARTITION OF app.part DEFAULT;
    INSERT INTO app.part SELECT i, i FROM generate_series(1, 30) i;
    CREATE TABLE app.heir (extra int) INHERITS (app."odd Name");
    INSERT INTO app.heir (id, t, extra) VALUES (1000, 'x', 1);
    CREATE FUNCTION app.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER no BEFORE INSERT ON app.part_1 FOR EACH ROW EXECUTE FUNCTION app.no();
  )");
  const engine::RowsTaken taken = take({});
  EXPECT_TRUE(taken.all);
  EXPECT_TRUE(taken.notes.empty());
  EXPECT_EQ(taken.rows, 300 + 30 + 1);
  for (const char* table : {"app.\"odd Name\"", "app.part_1", "app.part_2", "app.heir"})
    expect_same(std::string("SELECT string_agg(t::text, '|' ORDER BY id) FROM ONLY ") + table +
                " t");
}

TEST_F(RowSample, EveryForeignKeyOfASampleFindsItsRow) {
  begin(R"(
    CREATE TABLE customer (id int PRIMARY KEY, boss int REFERENCES customer);
    CREATE TABLE place (country text, city text, PRIMARY KEY (country, city)) PARTITION BY LIST (country);
    CREATE TABLE place_a PARTITION OF place FOR VALUES IN ('a');
    CREATE TABLE place_b PARTITION OF place DEFAULT;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer,
                         country text, city text, FOREIGN KEY (country, city) REFERENCES place,
                         line int);
    CREATE TABLE line (id int PRIMARY KEY, order_id int REFERENCES orders);
    ALTER TABLE orders ADD FOREIGN KEY (line) REFERENCES line DEFERRABLE INITIALLY DEFERRED;
    INSERT INTO customer SELECT i, nullif(i - 1, 0) FROM generate_series(1, 200) i;
    INSERT INTO customer SELECT i, 1 + i % 200 FROM generate_series(201, 20000) i;
    INSERT INTO place SELECT (ARRAY['a', 'b'''])[1 + i % 2], 'city, ' || i FROM generate_series(1, 5000) i;
    INSERT INTO orders SELECT i, 20001 - i, (ARRAY['a', 'b'''])[1 + (i % 5000 + 1) % 2],
                              'city, ' || 1 + i % 5000, NULL FROM generate_series(1, 20000) i;
    INSERT INTO line SELECT i, 1 + (i * 7) % 20000 FROM generate_series(1, 40000) i;
    UPDATE orders SET line = id WHERE id % 2 = 0;
    ANALYZE;
  )");
  const engine::RowsTaken taken = take(only_samples);
  EXPECT_FALSE(taken.all);
  EXPECT_TRUE(taken.notes.empty());
  EXPECT_GE(count("line"), 50);
  EXPECT_GT(count("orders"), 50);  // with those that lines name
  EXPECT_LT(count("orders"), 20000);
  EXPECT_EQ(taken.rows, count("customer") + count("place") + count("orders") + count("line"));
  for (const char* each :
       {"orders o WHERE NOT EXISTS (SELECT FROM customer c WHERE c.id = o.customer_id)",
        "orders o WHERE NOT EXISTS (SELECT FROM place p WHERE (p.country, p.city) = (o.country, "
        "o.city))",
        "orders o WHERE line IS NOT NULL AND NOT EXISTS (SELECT FROM line l WHERE l.id = o.line)",
        "line l WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = l.order_id)",
        "customer c WHERE boss IS NOT NULL AND NOT EXISTS (SELECT FROM customer b WHERE b.id = "
        "c.boss)"})
    EXPECT_EQ(count(each), 0) << each;
}

TEST_F(RowSample, ForeignKeysThatAreWantedFindTheirRowsToo) {
  begin(R"(
    CREATE TABLE customer (id int PRIMARY KEY);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int);
    INSERT INTO customer SELECT i FROM generate_series(1, 20000) i;
    INSERT INTO orders SELECT i, 20001 - i FROM generate_series(1, 20000) i;
    ANALYZE;
  )");
  catalog::Catalog wanted = catalog_;
  for (catalog::Relation& each : wanted.relations)
    if (each.name == "orders") {
      catalog::Constraint& key = each.constraints.emplace_back();
      key.type = catalog::ConstraintType::foreign_key;
      key.columns = {"customer_id"};
      key.references_schema = "public";
      key.references_table = "customer";
      key.references_columns = {"id"};
    }
  take(only_samples, wanted);
  EXPECT_GE(count("orders"), 50);
  const Status added = sandbox_->connection().execute(
      "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customer");
  EXPECT_TRUE(added) << describe(added.error());
}

TEST_F(RowSample, WhatMayNotBeReadIsSaidAndNobodyNamesIt) {
  begin(R"(
    CREATE ROLE reader;
    CREATE TABLE secret (id int PRIMARY KEY);
    CREATE TABLE open (id int PRIMARY KEY, secret_id int REFERENCES secret, other_id int REFERENCES open);
    INSERT INTO secret SELECT generate_series(1, 100);
    INSERT INTO open SELECT i, CASE WHEN i <= 40 THEN i END, CASE WHEN i BETWEEN 41 AND 60 THEN 1 END FROM generate_series(1, 100) i;
    GRANT SELECT ON open TO reader;
    ANALYZE;
  )");
  const engine::RowsTaken taken = take({}, {}, "reader");
  EXPECT_FALSE(taken.all);
  ASSERT_EQ(taken.notes.size(), 1u);
  EXPECT_EQ(taken.notes.front(),
            "without the rows of public.secret (permission denied for table secret)");
  EXPECT_EQ(count("secret"), 0);
  // Without those that name a secret, and those that name these.
  EXPECT_EQ(count("open"), 40);
  EXPECT_EQ(taken.rows, 40);
}

TEST_F(RowSample, NothingIsBegunWithWhenTheTimeIsUp) {
  begin("CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 10); ANALYZE");
  const engine::RowsTaken taken = take({.seconds = 0});
  EXPECT_FALSE(taken.all);
  EXPECT_EQ(taken.rows, 0);
  ASSERT_EQ(taken.notes.size(), 1u);
  EXPECT_EQ(taken.notes.front(), "without the rows of public.t (there was no time left)");
}

}  // namespace
}  // namespace architrave::postgres

#include "workload/statements_view.h"

#include <gtest/gtest.h>

#include "engine/postgres/sandbox.h"

namespace architrave::workload {
namespace {

using postgres::Installation;

class StatementsView : public testing::TestWithParam<Installation> {
 protected:
  void start(const std::vector<std::string>& settings) {
    auto made = postgres::make_empty_sandbox(GetParam(), settings, "shop");
    ASSERT_TRUE(made) << describe(made.error());
    sandbox = std::move(*made);
  }
  Result<Workload> read(const std::string& user = "postgres") {
    return read_statements_view(sandbox->server().connection_string("shop") + " user=" + user, {});
  }
  void run(const std::string& sql) {
    const auto done = sandbox->connection().query(sql);
    ASSERT_TRUE(done) << sql << ": " << done.error().message;
  }
  std::unique_ptr<postgres::PostgresSandbox> sandbox;
};
INSTANTIATE_TEST_SUITE_P(Servers, StatementsView, testing::ValuesIn(postgres::installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StatementsView);

TEST_P(StatementsView, CountsWhatWasSent) {
  start({"shared_preload_libraries = 'pg_stat_statements'"});
  run("CREATE SCHEMA \"My stats\"");
  run("CREATE EXTENSION pg_stat_statements SCHEMA \"My stats\"");
  run("CREATE TABLE orders (id int PRIMARY KEY, note text)");
  run("CREATE ROLE reader LOGIN");
  run("GRANT USAGE ON SCHEMA \"My stats\" TO reader");
  for (int i = 0; i < 7; ++i) run("INSERT INTO orders VALUES (" + std::to_string(i) + ", 'x')");
  for (int i = 0; i < 5; ++i)
    run("SELECT note FROM orders WHERE id = " + std::to_string(i) + " -- once more");
  const Result<Workload> workload = read();
  ASSERT_TRUE(workload) << describe(workload.error());
  EXPECT_EQ(workload->source, "pg_stat_statements");
  EXPECT_EQ(workload->name, "shop");
  EXPECT_FALSE(workload->partial) << workload->notes.at(0);
  EXPECT_TRUE(workload->to);
  int found = 0;
  for (const Query& query : workload->queries) {
    if (query.kind == QueryKind::insert) {
      EXPECT_EQ(query.calls, 7);
      EXPECT_EQ(query.rows, 7);
      EXPECT_GT(query.total_ms, 0);
      EXPECT_GE(query.total_ms, query.max_ms);
      EXPECT_GT(query.blocks_hit, 0);
      ++found;
    } else if (query.text.starts_with("SELECT note")) {
      EXPECT_EQ(query.calls, 5);
      EXPECT_EQ(query.user, "postgres");
      EXPECT_EQ(query.database, "shop");
      ++found;
    }
  }
  EXPECT_EQ(found, 2);

  const Result<Workload> hidden = read("reader");
  ASSERT_TRUE(hidden) << describe(hidden.error());
  EXPECT_TRUE(hidden->partial);
  ASSERT_FALSE(hidden->notes.empty());
  EXPECT_NE(hidden->notes[0].find("GRANT pg_read_all_stats TO reader"), std::string::npos);
}

TEST_P(StatementsView, SaysWhatIsMissing) {
  start({});
  const Result<Workload> none = read();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "workload.no_statistics");
  run("CREATE EXTENSION pg_stat_statements");
  const Result<Workload> not_loaded = read();
  ASSERT_FALSE(not_loaded);
  EXPECT_EQ(not_loaded.error().code, "workload.no_statistics");
  EXPECT_NE(not_loaded.error().message.find("not loaded"), std::string::npos);
  EXPECT_NE(not_loaded.error().hint.find("shared_preload_libraries"), std::string::npos);
}

}  // namespace
}  // namespace architrave::workload

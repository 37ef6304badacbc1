#include "workload/query_table.h"

#include <gtest/gtest.h>

namespace architrave::workload {
namespace {

void send(QueryTable& table, const std::string& text, double ms = -1,
          const std::string& parameters = {}) {
  table.count(table.look_up(text), {.text = text, .parameters = parameters, .ms = ms});
}
Workload finished(QueryTable& table) {
  Workload workload;
  table.finish(workload);
  return workload;
}

TEST(QueryTable, SumsUpByFingerprint) {
  QueryTable table;
  send(table, "SELECT a FROM t WHERE b = 1 AND c = true", 2);
  send(table, "SELECT a FROM t WHERE b = 2 AND c = false", 5);
  send(table, "select a from t where b = -3 and c = true", 1);
  const Workload workload = finished(table);
  ASSERT_EQ(workload.queries.size(), 1u);
  const Query& query = workload.queries.front();
  EXPECT_EQ(query.calls, 3);
  EXPECT_EQ(query.total_ms, 8);
  EXPECT_EQ(query.max_ms, 5);
  EXPECT_EQ(query.text, "SELECT a FROM t WHERE b = $1 AND c = $2");
  EXPECT_EQ(query.example, "SELECT a FROM t WHERE b = 2 AND c = false");
  EXPECT_EQ(query.fingerprint.size(), 16u);
  EXPECT_EQ(workload.statements, 3);
  EXPECT_FALSE(workload.partial);
  using Values = std::vector<std::optional<std::string>>;
  // The third has another text, so that its numbers need not be those of the first.
  EXPECT_EQ(query.parameters, (std::vector<Values>{{"1", "true"}, {"2", "false"}}));
}

TEST(QueryTable, TakesParametersFromWhereTheyAreSaid) {
  QueryTable table;
  send(table, "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = 'it''s' LIMIT -1", 3,
       "$1 = 'x, $2 = ''q''', $2 = NULL");
  const Workload workload = finished(table);
  const Query& query = workload.queries.at(0);
  ASSERT_EQ(query.parameters.size(), 1u);
  using Values = std::vector<std::optional<std::string>>;
  EXPECT_EQ(query.parameters[0], (Values{"x, $2 = 'q'", std::nullopt, "it's", "-1"}));
  EXPECT_EQ(query.example,
            "SELECT a FROM t WHERE b = 'x, $2 = ''q''' AND c = NULL AND d = 'it''s' LIMIT -1");
}

TEST(QueryTable, SplitsWhatWasSentTogether) {
  QueryTable table;
  send(table, "BEGIN; UPDATE t SET a = 1; SELECT 2; COMMIT", 10);
  const Workload workload = finished(table);
  EXPECT_EQ(workload.statements, 4);
  ASSERT_EQ(workload.queries.size(), 4u);
  EXPECT_EQ(workload.queries[0].total_ms, 5);
  EXPECT_EQ(workload.queries[1].total_ms, 5);
  EXPECT_EQ(workload.queries[2].total_ms, 0);
}

TEST(QueryTable, CountsWhatItDoesNotUnderstand) {
  QueryTable table;
  send(table, "SELEC 1");
  send(table, "SELEC 2");
  send(table, "-- nothing");
  send(table, "SELECT 1");
  const Workload workload = finished(table);
  EXPECT_EQ(workload.statements, 4);
  EXPECT_EQ(workload.unparsed, 2);
  EXPECT_TRUE(workload.partial);
  ASSERT_EQ(workload.notes.size(), 1u);
  EXPECT_NE(workload.notes[0].find("\"SELEC 1\""), std::string::npos);
}

TEST(QueryTable, KeepsTheFrequentOnesWhereThereAreTooMany) {
  QueryTable table({.queries = 10});
  for (int i = 0; i < 100; ++i) {
    send(table, "SELECT 1 FROM frequent", 1);
    send(table, "SELECT 1 FROM rare_" + std::to_string(i), 1);
  }
  const Workload workload = finished(table);
  EXPECT_LE(workload.queries.size(), 10u);
  EXPECT_EQ(workload.queries.at(0).calls, 100);
  EXPECT_EQ(workload.statements, 200);
  EXPECT_TRUE(workload.partial);
  EXPECT_EQ(workload.notes.size(), 1u);
}

TEST(QueryTable, ParsesLongListsAndRowsWithoutThem) {
  std::string text = "INSERT INTO t (a) VALUES (1)";
  while (text.size() < 2'000'000) text += ", (12345)";
  QueryTable table;
  send(table, text, 1);
  send(table, "INSERT INTO t (a) VALUES (9)", 1);
  const Workload workload = finished(table);
  ASSERT_EQ(workload.queries.size(), 1u);
  EXPECT_EQ(workload.queries[0].calls, 2);
  EXPECT_EQ(workload.queries[0].text, "INSERT INTO t (a) VALUES ($1)");
}

TEST(Literals, Values) {
  EXPECT_EQ(literal_value("'it''s'"), "it's");
  EXPECT_EQ(literal_value("E'a\\n\\'b'"), "a\n'b");
  EXPECT_EQ(literal_value("$x$it's$x$"), "it's");
  EXPECT_EQ(literal_value("12.5"), "12.5");
  EXPECT_EQ(read_parameters("$1 = 'a").size(), 0u);
  EXPECT_EQ(read_parameters("$1 = 'abc...', $2 = '5'").size(), 2u);
}

}  // namespace
}  // namespace architrave::workload

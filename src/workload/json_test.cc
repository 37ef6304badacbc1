#include <gtest/gtest.h>

#include "workload/workload.h"

namespace architrave::workload {
namespace {

TEST(WorkloadFile, ComesBackAsItWas) {
  Workload workload;
  workload.source = "log";
  workload.name = "a.log";
  workload.from = 1700000000.5;
  workload.statements = 3;
  workload.unreadable_lines = 1;
  workload.partial = true;
  workload.notes = {"1 line"};
  Query query;
  query.fingerprint = "0123456789abcdef";
  query.kind = QueryKind::remove;
  query.text = "DELETE FROM t WHERE a = $1";
  query.parameters = {{"1"}, {std::nullopt}};
  query.calls = 3;
  query.total_ms = 1.25;
  workload.queries = {query};
  workload.n_plus_one = {{.fingerprint = "x", .round_trips = 7, .saved = 6}};
  const std::string bytes = to_file(workload);
  const Result<Workload> back = from_file(bytes);
  ASSERT_TRUE(back) << describe(back.error());
  EXPECT_EQ(to_file(*back), bytes);
  EXPECT_EQ(back->queries.at(0).kind, QueryKind::remove);
  EXPECT_EQ(back->queries[0].parameters, query.parameters);
  EXPECT_EQ(back->n_plus_one.at(0).saved, 6);
  EXPECT_FALSE(back->to);
}

TEST(WorkloadFile, HoldsBytesOfAnyEncoding) {
  Workload workload;
  workload.name = "caf\xe9";
  EXPECT_TRUE(from_file(to_file(workload)));
}

TEST(WorkloadFile, SaysWhatIsWrong) {
  for (const char* bytes :
       {"", "[]", "{}", R"({"format": "architrave-workload", "version": 2})", "{\"format\": 1}"})
    EXPECT_EQ(from_file(bytes).error().code, "workload.format") << bytes;
  const auto wrong = from_file(
      R"({"format": "architrave-workload", "version": 1, "queries": [{}, {"calls": "3"}]})");
  EXPECT_EQ(wrong.error().where, "queries[1].calls");
}

}  // namespace
}  // namespace architrave::workload

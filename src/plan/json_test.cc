#include <gtest/gtest.h>

#include "plan/plan.h"

namespace architrave::plan {
namespace {

// As PostgreSQL 15 wrote it, shortened.
constexpr std::string_view joined = R"json([{
  "Plan": {
    "Node Type": "Hash Join", "Parallel Aware": false, "Join Type": "Inner",
    "Startup Cost": 1.5, "Total Cost": 40.25, "Plan Rows": 100, "Plan Width": 12,
    "Actual Startup Time": 0.5, "Actual Total Time": 2.25, "Actual Rows": 90, "Actual Loops": 1,
    "Shared Hit Blocks": 7, "Shared Read Blocks": 3, "Shared Dirtied Blocks": 0,
    "Shared Written Blocks": 0, "Local Hit Blocks": 0, "Temp Read Blocks": 5,
    "Temp Written Blocks": 6,
    "Hash Cond": "(o.item = i.id)",
    "Plans": [
      {"Node Type": "Index Scan", "Parent Relationship": "Outer", "Index Name": "orders_day",
       "Relation Name": "orders", "Schema": "public", "Alias": "o", "Plan Rows": 10,
       "Actual Rows": 0, "Actual Loops": 0},
      {"Node Type": "Sort", "Parent Relationship": "Inner", "Sort Key": ["i.id", "i.name DESC"],
       "Workers": [{"Worker Number": 0, "Sort Method": "external merge", "Sort Space Used": 9}],
       "Plans": [
        {"Node Type": "Bitmap Index Scan", "Parent Relationship": "Outer",
         "Index Name": "items_pkey", "Subplan Name": "CTE totals"},
        {"Node Type": "Index Only Scan", "Index Name": "orders_day"}]}]
  },
  "Planning Time": 0.75, "Execution Time": 3.5,
  "JIT": {"Functions": 4, "Timing": {"Generation": 1.0, "Total": 12.5}}
}])json";

TEST(ReadJson, ReadsANodeItsFiguresAndItsDetails) {
  const auto plan = read_json(joined);
  ASSERT_TRUE(plan) << plan.error().message;
  const Node& join = plan->root;
  EXPECT_EQ(join.type, "Hash Join");
  EXPECT_EQ(join.startup_cost, 1.5);
  EXPECT_EQ(join.total_cost, 40.25);
  EXPECT_EQ(join.rows, 100);
  EXPECT_EQ(join.width, 12);
  ASSERT_TRUE(join.actual);
  EXPECT_EQ(join.actual->startup_ms, 0.5);
  EXPECT_EQ(join.actual->total_ms, 2.25);
  EXPECT_EQ(join.actual->rows, 90);
  ASSERT_TRUE(join.buffers);
  EXPECT_EQ(join.buffers->shared_hit, 7);
  EXPECT_EQ(join.buffers->shared_read, 3);
  EXPECT_EQ(join.buffers->temp_read, 5);
  EXPECT_EQ(join.buffers->temp_written, 6);
  EXPECT_EQ(join.detail("Hash Cond"), "(o.item = i.id)");
  EXPECT_EQ(join.detail("Parallel Aware"), "false");
  EXPECT_EQ(join.detail("Filter"), "");
  EXPECT_FALSE(join.details.contains("Local Hit Blocks"));
  EXPECT_FALSE(join.details.contains("Total Cost"));
  EXPECT_EQ(plan->planning_ms, 0.75);
  EXPECT_EQ(plan->execution_ms, 3.5);
  EXPECT_EQ(plan->jit_ms, 12.5);
}

TEST(ReadJson, ReadsTheChildrenAndWhoTheyAre) {
  const auto plan = read_json(joined);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->root.children.size(), 2U);
  const Node& scan = plan->root.children[0];
  EXPECT_EQ(scan.schema, "public");
  EXPECT_EQ(scan.relation, "orders");
  EXPECT_EQ(scan.alias, "o");
  EXPECT_EQ(scan.index, "orders_day");
  EXPECT_EQ(scan.relationship, "Outer");
  ASSERT_TRUE(scan.actual) << "a node that was never executed has loops 0";
  EXPECT_EQ(scan.actual->loops, 0);
  EXPECT_FALSE(scan.buffers);
  const Node& sort = plan->root.children[1];
  EXPECT_FALSE(sort.actual);
  EXPECT_EQ(sort.detail("Sort Key"), "i.id, i.name DESC");
  EXPECT_EQ(sort.detail("Worker 0: Sort Method"), "external merge");
  EXPECT_EQ(sort.children.at(0).subplan, "CTE totals");
}

TEST(ReadJson, NamesEachIndexOnce) {
  const auto plan = read_json(joined);
  ASSERT_TRUE(plan);
  EXPECT_EQ(used_indexes(*plan), (std::vector<std::string>{"items_pkey", "orders_day"}));
}

TEST(ReadJson, ReadsWhatAutoExplainLogs) {
  const auto plan = read_json(R"({"Query Text": "SELECT 1",
                                  "Plan": {"Node Type": "Result", "Total Cost": 0.01}})");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->root.type, "Result");
  EXPECT_FALSE(plan->execution_ms);
  EXPECT_TRUE(used_indexes(*plan).empty());
}

TEST(ReadJson, RefusesWhatIsNoPlan) {
  for (const char* text : {"", "[]", "[1]", "{}", "[{\"Plan\": 3}]", "[{\"Plan\": {}}]", "Seq Scan",
                           R"([{"Plan": {"Node Type": "Limit", "Plans": [{"Alias": "x"}]}}])"}) {
    const auto plan = read_json(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_EQ(plan.error().code, "plan.format") << text;
  }
}

TEST(ReadJson, RefusesNestingThatWouldExhaustTheStack) {
  std::string text = "{\"Plan\": ";
  for (int i = 0; i < 100000; ++i) text += R"({"Node Type": "Limit", "Plans": [)";
  text += R"({"Node Type": "Result"})";
  for (int i = 0; i < 100000; ++i) text += "]}";
  const auto plan = read_json(text + "}");
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, "plan.format");
}

}  // namespace
}  // namespace architrave::plan

#include <gtest/gtest.h>

#include "plan/measure.h"
#include "plan/testing.h"

namespace architrave::plan {
namespace {

using testing::plan_of;
using testing::recorded;

// Everything but times, which two runs do not share, and what text never says.
void expect_same(const Node& text, const Node& json, const std::string& where) {
  SCOPED_TRACE(where + " / " + title(json));
  EXPECT_EQ(text.type, json.type);
  EXPECT_EQ(text.schema, json.schema);
  EXPECT_EQ(text.relation, json.relation);
  EXPECT_EQ(text.alias, json.alias);
  EXPECT_EQ(text.index, json.index);
  EXPECT_EQ(text.subplan, json.subplan);
  EXPECT_EQ(text.startup_cost, json.startup_cost);
  EXPECT_EQ(text.total_cost, json.total_cost);
  EXPECT_EQ(text.rows, json.rows);
  EXPECT_EQ(text.width, json.width);
  ASSERT_EQ(text.actual.has_value(), json.actual.has_value());
  EXPECT_EQ(text.actual->loops, json.actual->loops);
  EXPECT_NEAR(text.actual->rows, json.actual->rows, 0.02 * json.actual->rows);
  for (const auto& [name, value] : json.details) {
    static const std::set<std::string> unsaid = {"Inner Unique",
                                                 "Rows Removed by Index Recheck",
                                                 "Scan Direction",
                                                 "Original Hash Buckets",
                                                 "Original Hash Batches",
                                                 "Planned Partitions",
                                                 "Cache Mode"};
    const bool is_zero = value == "0";
    // Two processes do not share their rows evenly, nor each time alike.
    const bool varies = name.find("Sort Space Used") != std::string::npos ||
                        name.find("Disk Usage") != std::string::npos;
    if (unsaid.contains(name) || is_zero) continue;
    if (varies) {
      EXPECT_NE(text.detail(name), "") << name;
    } else {
      EXPECT_EQ(text.detail(name), value) << name;
    }
  }
  ASSERT_EQ(text.children.size(), json.children.size());
  for (std::size_t i = 0; i < text.children.size(); ++i)
    expect_same(text.children[i], json.children[i], where);
}

TEST(ReadText, ReadsTheSameAsFromJson) {
  for (const char* name :
       {"parallel", "cte", "hash-disk", "bitmap-lossy", "memoize", "aggregate-disk"}) {
    const auto text = read_text(recorded(std::string(name) + ".txt"));
    ASSERT_TRUE(text) << name;
    const Plan json = plan_of(name);
    expect_same(text->root, json.root, name);
    EXPECT_TRUE(text->planning_ms && text->execution_ms) << name;
    EXPECT_EQ(text->root.buffers.has_value(), true) << name;
    for (const auto& [setting, value] : json.settings)
      EXPECT_EQ(text->settings.at(setting), value) << name;
  }
}

TEST(ReadText, ReadsWhatAutoExplainLogged) {
  const auto plan = read_text(
      "2026-01-02 03:04:05 UTC [17] LOG:  duration: 12.345 ms  plan:\n"
      "\tQuery Text: SELECT *\n\tFROM t o\n"
      "\tNested Loop Left Join  (cost=0.29..16.33 rows=1 width=8)\n"
      "\t  ->  Index Only Scan Backward using \"T key\" on t o  (cost=0.29..8.31 rows=1 width=4)\n"
      "\t        Index Cond: (id = 1)\n"
      "\t  ->  Function Scan on generate_series g  (cost=0.00..1.00 rows=100 width=4)\n");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->execution_ms, 12.345);
  EXPECT_EQ(plan->query, "SELECT *\nFROM t o");
  EXPECT_EQ(plan->root.type, "Nested Loop");
  EXPECT_EQ(plan->root.detail("Join Type"), "Left");
  EXPECT_FALSE(plan->root.actual);
  ASSERT_EQ(plan->root.children.size(), 2U);
  const Node& scan = plan->root.children[0];
  EXPECT_EQ(scan.type, "Index Only Scan");
  EXPECT_EQ(scan.index, "T key");
  EXPECT_EQ(scan.relation, "t");
  EXPECT_EQ(scan.alias, "o");
  EXPECT_EQ(scan.detail("Index Cond"), "(id = 1)");
  EXPECT_EQ(scan.detail("Scan Direction"), "Backward");
  EXPECT_EQ(plan->root.children[1].detail("Function Name"), "generate_series");
}

TEST(ReadText, ReadsThroughBordersAndWithoutCosts) {
  const auto plan = read_text(
      "|                QUERY PLAN                |\n"
      "+------------------------------------------+\n"
      "| Limit (actual rows=1 loops=1)            |\n"
      "|   ->  Seq Scan on t (never executed)     |\n"
      "| Planning Time: 0.1 ms                    |\n"
      "(3 rows)\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->root.type, "Limit");
  EXPECT_EQ(plan->root.actual->rows, 1);
  ASSERT_EQ(plan->root.children.size(), 1U);
  EXPECT_EQ(plan->root.children[0].actual->loops, 0);
  EXPECT_EQ(plan->planning_ms, 0.1);
}

TEST(ReadText, TheJitsTimeIsItsTotal) {
  const auto plan = read_text(
      "Result  (cost=0.00..0.01 rows=1 width=4) (actual time=1.0..1.0 rows=1 loops=1)\n"
      "JIT:\n  Functions: 2\n  Options: Inlining true\n"
      "  Timing: Generation 0.2 ms, Inlining 1.0 ms, Emission 3.0 ms, Total 4.2 ms\n"
      "Execution Time: 9.5 ms\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->jit_ms, 4.2);
  EXPECT_EQ(plan->execution_ms, 9.5);
}

TEST(ReadText, RefusesWhatIsNoPlan) {
  for (const char* text : {"", "SELECT 1", "->", "-> Seq Scan on t (cost=1..2 rows=1 width=1)"}) {
    const auto plan = read_text(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_EQ(plan.error().code, "plan.format");
  }
}

}  // namespace
}  // namespace architrave::plan

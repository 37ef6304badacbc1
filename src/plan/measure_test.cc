#include "plan/measure.h"

#include <gtest/gtest.h>

#include <numeric>

#include "plan/testing.h"

namespace architrave::plan {
namespace {

using testing::plan_of;

Node node(const char* type, double ms, double loops = 1, std::vector<Node> children = {}) {
  Node made{.type = type, .rows = 1};
  made.actual = Actual{.total_ms = ms, .rows = 1, .loops = loops};
  made.children = std::move(children);
  return made;
}

TEST(Measure, LoopsMultiplyAndChildrenAreTakenOff) {
  const Plan plan{
      .root = node("Nested Loop", 100, 1, {node("Seq Scan", 10), node("Index Scan", 0.02, 3000)})};
  const auto all = measure(plan);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_DOUBLE_EQ(all[2].total_ms, 60);
  EXPECT_EQ(all[2].rows, 3000);
  EXPECT_DOUBLE_EQ(all[0].own_ms, 30);
  EXPECT_DOUBLE_EQ(all[2].share, 0.6);
  EXPECT_EQ(all[2].parent, 0);
  EXPECT_EQ(all[2].depth, 1);
}

TEST(Measure, WorkersRunAtTheSameTime) {
  Plan plan{.root = node("Gather", 50, 1,
                         {node("Nested Loop", 40, 3,
                               {node("Seq Scan", 15, 3), node("Index Scan", 0.1, 600)})})};
  const auto all = measure(plan);
  EXPECT_EQ(all[1].processes, 3);
  EXPECT_DOUBLE_EQ(all[1].total_ms, 40);
  EXPECT_DOUBLE_EQ(all[3].total_ms, 20) << "600 loops in 3 processes are 200 in each";
  EXPECT_DOUBLE_EQ(all[1].own_ms, 5);
  EXPECT_DOUBLE_EQ(all[0].own_ms, 10);
  EXPECT_EQ(all[1].rows, 3) << "rows are averages over the processes";
}

TEST(Measure, AnInitPlansTimeIsTakenOffTheNodeThatAskedForIt) {
  Node initplan = node("Aggregate", 30);
  initplan.relationship = "InitPlan";
  initplan.subplan = "InitPlan 1 (returns $0)";
  Node scan = node("Seq Scan", 45);
  scan.details["Filter"] = "(total = $0)";
  Node other = node("Seq Scan", 46);
  other.details["Filter"] = "(total = $01)";
  const auto all = measure({.root = node("Append", 100, 1, {initplan, scan, other})});
  EXPECT_DOUBLE_EQ(all[2].own_ms, 15);
  EXPECT_DOUBLE_EQ(all[3].own_ms, 46) << "$01 is not $0";
  EXPECT_DOUBLE_EQ(all[0].own_ms, 9);
}

TEST(Measure, ACtesTimeIsCountedOnce) {
  const Plan plan = plan_of("cte");
  const auto all = measure(plan);
  const double sum = std::accumulate(all.begin(), all.end(), 0.0,
                                     [](double s, const Measured& m) { return s + m.own_ms; });
  EXPECT_NEAR(sum, plan.root.actual->total_ms, 0.05 * plan.root.actual->total_ms);
  for (const Measured& each : all) EXPECT_GE(each.own_ms, 0) << title(*each.node);
  std::int64_t blocks = 0;
  for (const Measured& each : all) blocks += each.own_buffers.shared_hit;
  EXPECT_EQ(blocks, plan.root.buffers->shared_hit);
}

// Whatever the plan: nothing is counted twice, so the parts make up the whole.
TEST(Measure, SharesMakeUpTheWhole) {
  for (const char* name : {"selective-filter", "hash-disk", "parallel", "initplan", "cte", "limit",
                           "memoize", "merge", "many-loops", "never"}) {
    const Plan plan = plan_of(name);
    double sum = 0;
    for (const Measured& each : measure(plan)) sum += each.share;
    EXPECT_NEAR(sum, 1, 0.1) << name;
  }
}

TEST(Measure, ALimitsInputIsNotMisestimated) {
  for (const Measured& each : measure(plan_of("limit"))) EXPECT_EQ(each.error, 1);
}

TEST(Measure, WithoutTimesSharesAreThoseOfTheCost) {
  Plan plan = plan_of("sort-disk");
  plan.root.actual.reset();
  plan.root.children[0].actual.reset();
  const auto all = measure(plan);
  EXPECT_FALSE(all[0].ran);
  EXPECT_NEAR(all[0].share, 1 - plan.root.children[0].total_cost / plan.root.total_cost, 1e-9);
}

TEST(Title, IsWhatExplainPrints) {
  const auto titles = [](const char* name) {
    std::vector<std::string> out;
    const Plan plan = plan_of(name);
    for (const Measured& each : measure(plan)) out.push_back(title(*each.node));
    return out;
  };
  EXPECT_EQ(titles("bitmap-exact"),
            (std::vector<std::string>{"Aggregate", "Bitmap Heap Scan on orders",
                                      "Bitmap Index Scan on orders_day"}));
  EXPECT_EQ(titles("parallel").back(), "Parallel Seq Scan on orders");
  EXPECT_EQ(titles("aggregate-disk").front(), "HashAggregate");
}

}  // namespace
}  // namespace architrave::plan

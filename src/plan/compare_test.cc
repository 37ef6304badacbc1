#include "plan/compare.h"

#include <gtest/gtest.h>

#include "plan/testing.h"

namespace architrave::plan {
namespace {

using testing::plan_of;

TEST(Compare, AnotherPathToTheSameTableIsOneChange) {
  const auto list = changes(plan_of("selective-filter"), plan_of("filter-after-index"));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].before, "Seq Scan on orders");
  EXPECT_EQ(list[0].after, "Index Scan using orders_day on orders");
}

TEST(Compare, WhatIsNewAndWhatIsGoneStandAlone) {
  const auto list = changes(plan_of("sort-disk"), plan_of("plain-scan"));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].before, "Sort");
  EXPECT_EQ(list[0].after, "");
  EXPECT_TRUE(changes(plan_of("cte"), plan_of("cte")).empty());
}

TEST(Compare, TotalsAreTheRoots) {
  const Plan plan = plan_of("sort-disk");
  const Totals sum = totals(plan);
  EXPECT_EQ(sum.cost, plan.root.total_cost);
  EXPECT_EQ(sum.milliseconds, plan.execution_ms);
  EXPECT_EQ(sum.temp_blocks, plan.root.buffers->temp_written);
  Plan estimated;
  estimated.root.total_cost = 3;
  EXPECT_FALSE(totals(estimated).milliseconds);
  EXPECT_FALSE(totals(estimated).blocks);
}

}  // namespace
}  // namespace architrave::plan

#include "plan/condition.h"

#include <gtest/gtest.h>

namespace architrave::plan {
namespace {

std::vector<std::string> keys(std::string_view condition) {
  return key_columns(compared_columns(condition));
}
using Names = std::vector<std::string>;

TEST(Condition, EqualColumnsComeFirstThenOneRange) {
  EXPECT_EQ(keys("((o.total > '10'::numeric) AND (o.status = 'open'::text) AND (o.day < 5))"),
            (Names{"status", "total"}));
  EXPECT_EQ(keys("(orders.id = 7)"), Names{"id"});
  EXPECT_EQ(keys("(a = 1) AND (b IS NULL)"), (Names{"a", "b"}));
}

TEST(Condition, SeesThroughCastsAndQuotes) {
  EXPECT_EQ(keys("((c.country)::text = 'a) OR (b'::text)"), Names{"country"});
  EXPECT_EQ(keys("(\"Order\".\"Half AND half\" = 'it''s'::text)"), Names{"\"Half AND half\""});
  EXPECT_EQ(keys("(t.kind = ANY ('{a,b}'::text[]))"), Names{"kind"});
}

TEST(Condition, ExpressionsStandWithoutTheirAlias) {
  EXPECT_EQ(compared_expressions("((lower(x.name) = 'x.y'::text) AND (x.a = 1))", "x"),
            Names{"lower(name)"});
  EXPECT_EQ(compared_expressions("((t.a % 10) = 3)", "t"), Names{"a % 10"});
  EXPECT_TRUE(compared_expressions("(a = 1)", "").empty());
  EXPECT_TRUE(compared_expressions("('a'::text = b)", "").empty());
  EXPECT_TRUE(compared_expressions("(a > (SubPlan 1))", "").empty());
  EXPECT_TRUE(compared_expressions("((", "").empty());
}

TEST(Condition, WhatNoIndexServesNamesNothing) {
  EXPECT_TRUE(keys("((a = 1) OR (b = 2))").empty());
  EXPECT_TRUE(keys("(name ~~ '%x%'::text)").empty());
  EXPECT_TRUE(keys("(lower(name) = 'x'::text)").empty());
  EXPECT_TRUE(keys("(a <> 1)").empty());
  EXPECT_TRUE(keys("(1 = 1)").empty());
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(keys("((((").empty());
}

}  // namespace
}  // namespace architrave::plan

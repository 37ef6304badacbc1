#include "sql/tree.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"

namespace architrave::sql {
namespace {

TEST(Tree, IsReadAndWritten) {
  const auto statements = parse("select -1, 0, t.a from only t where b not in (select c from d)");
  ASSERT_TRUE(statements) << describe(statements.error());
  ASSERT_EQ(statements->size(), 1u);
  const Tree& select = statements->front();
  EXPECT_TRUE(select.is("SelectStmt"));
  EXPECT_EQ(select["target_list"].size(), 3u);
  EXPECT_EQ(select["target_list"][0]["val"]["ival"]["ival"].number(), -1);
  EXPECT_EQ(select["from_clause"][0]["relname"].text(), "t");
  EXPECT_FALSE(select["from_clause"][0]["inh"].flag());
  const auto sql = to_sql(select);
  ASSERT_TRUE(sql) << describe(sql.error());
  EXPECT_EQ(*sql, "SELECT -1, 0, t.a FROM ONLY t WHERE NOT b IN (SELECT c FROM d)");
}

TEST(Tree, SaysWhatDoesNotParse) {
  const auto broken = parse("select from where");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "sql.syntax");
}

TEST(Tree, WhatSqlCannotSayIsNotWritten) {
  Tree select = parse("select 1")->front();
  select.set("no_such_field", Tree(true));
  const auto sql = to_sql(select);
  ASSERT_FALSE(sql);
  EXPECT_EQ(sql.error().code, "sql.deparse");
}

TEST(Tree, EveryTpchQueryReadsTheSameOnceWritten) {
  const std::filesystem::path folder =
      std::filesystem::path(ARCHITRAVE_SOURCE_DIR) / "../shared/workloads/tpch/queries";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no TPC-H queries here";
  for (const auto& each : std::filesystem::directory_iterator(folder)) {
    const auto statements = parse(*read_file(each.path()));
    ASSERT_TRUE(statements) << each.path();
    const auto sql = to_sql(statements->front());
    EXPECT_TRUE(sql) << each.path() << describe(sql.error());
  }
}

TEST(Tree, IsLaidOutByClauses) {
  EXPECT_EQ(lay_out("SELECT a FROM t WHERE x BETWEEN 1 AND 2 AND y IN (SELECT z FROM u)"),
            "SELECT a\nFROM t\nWHERE x BETWEEN 1 AND 2\n  AND y IN (SELECT z FROM u)");
  EXPECT_EQ(lay_out("SELECT ' FROM x' FROM t"), "SELECT ' FROM x'\nFROM t");
}

}  // namespace
}  // namespace architrave::sql

#include "catalog/index_size.h"

#include <gtest/gtest.h>

#include <cmath>

namespace architrave::catalog {
namespace {

Column column(const char* name, const char* type, double distinct, int width = 4) {
  Column made;
  made.name = name;
  made.type_name = type;
  made.stats = ColumnStats{.null_fraction = 0, .distinct = distinct, .width = width};
  return made;
}

// lineitem and customer of TPC-H at scale 1, and what indexes on them really take (PostgreSQL 15).
Relation lineitem() {
  Relation table;
  table.name = "lineitem";
  table.stats = RelationStats{.pages = 115663, .rows = 6'000'735};
  table.columns = {column("l_orderkey", "int4", -0.25), column("l_partkey", "int4", 200'000),
                   column("l_suppkey", "int4", 10'000), column("l_shipdate", "date", 2526),
                   column("l_quantity", "numeric", 50, 5)};
  return table;
}

Relation customer() {
  Relation table;
  table.name = "customer";
  table.stats = RelationStats{.pages = 3452, .rows = 150'000};
  table.columns = {column("c_custkey", "int4", -1), column("c_nationkey", "int4", 25),
                   column("c_name", "varchar", -1, 19)};
  return table;
}

Index index(std::initializer_list<const char*> keys) {
  Index made;
  for (const char* key : keys) made.keys.push_back({.column = key});
  return made;
}

void expect_near(const Relation& table, const Index& made, double megabytes, double within) {
  const auto bytes = index_bytes(table, made, 150000);
  ASSERT_TRUE(bytes);
  const double estimate = static_cast<double>(*bytes) / 1e6;
  EXPECT_LE(std::abs(estimate - megabytes) / megabytes, within) << estimate << " MB";
}

TEST(IndexSize, KeysThatComeOftenAreHeldOnce) {
  expect_near(lineitem(), index({"l_suppkey"}), 42.6, 0.05);
}

// A character(n) is padded, so equal ones may differ in bytes: nbtree holds every one (15.20).
TEST(IndexSize, PaddedTextIsNotHeldOnce) {
  Relation part;
  part.name = "part";
  part.stats = RelationStats{.pages = 4001, .rows = 200'000};
  part.columns = {column("p_brand", "bpchar", 25, 11), column("p_container", "bpchar", 40, 11)};
  expect_near(part, index({"p_brand"}), 6.34, 0.05);
  expect_near(part, index({"p_brand", "p_container"}), 8.16, 0.05);
}

// Offers of parts by suppliers, and lines that name one each: 800,000 pairs, not two milliards.
TEST(IndexSize, ColumnsThatReferTogetherHaveNoMorePairsThanTheirKey) {
  Relation offers;
  offers.stats = RelationStats{.pages = 14519, .rows = 800'000};
  Index key = index({"ps_partkey", "ps_suppkey"});
  key.unique = true;
  offers.indexes = {key};
  const Relation lines = lineitem();
  KeyStatistics statistics;
  statistics.refer(lines, {{"l_partkey", "ps_partkey"}, {"l_suppkey", "ps_suppkey"}}, offers);
  const Index both = index({"l_partkey", "l_suppkey"});
  const auto megabytes = [&](const KeyStatistics& known) {
    return static_cast<double>(index_bytes(lines, both, 150000, {}, known).value_or(0)) / 1e6;
  };
  EXPECT_NEAR(megabytes(statistics), 60.9, 6);
  EXPECT_NEAR(megabytes({}), 135, 7);
}

// The first two letters of telephone numbers.
TEST(IndexSize, AnExpressionHasTheValuesThatItWasSeenToHave) {
  Index made;
  made.keys.push_back({.column = {}, .expression = "substring(c_phone, 1, 2)"});
  const Relation table = customer();
  KeyStatistics statistics;
  statistics.know(table, "substring(c_phone, 1, 2)", column("", "text", 25, 3));
  const auto bytes = index_bytes(table, made, 150000, {}, statistics);
  EXPECT_NEAR(static_cast<double>(bytes.value_or(0)) / 1e6, 1.06, 0.1);
}

TEST(IndexSize, KeysThatDifferAreNot) {
  expect_near(customer(), index({"c_nationkey", "c_custkey"}), 3.4, 0.05);
}

TEST(IndexSize, NumericIsNeverDeduplicated) {
  expect_near(lineitem(), index({"l_orderkey", "l_quantity"}), 189.2, 0.05);
}

TEST(IndexSize, BeforeVersion13NothingIs) {
  EXPECT_GT(*index_bytes(lineitem(), index({"l_suppkey"}), 120000),
            2 * *index_bytes(lineitem(), index({"l_suppkey"}), 150000));
}

TEST(IndexSize, IncludedColumnsForbidDeduplication) {
  Index covering = index({"l_suppkey"});
  covering.include = {"l_partkey"};
  EXPECT_GT(*index_bytes(lineitem(), covering, 150000),
            2 * *index_bytes(lineitem(), index({"l_suppkey"}), 150000));
}

TEST(IndexSize, OfFewerRowsIsSmaller) {
  const auto all = *index_bytes(customer(), index({"c_custkey"}), 150000);
  const auto some = *index_bytes(customer(), index({"c_custkey"}), 150000, 15'000.0);
  EXPECT_NEAR(static_cast<double>(all) / static_cast<double>(some), 10, 1.5);
}

TEST(IndexSize, BrinIsOfPagesNotOfRows) {
  Index brin = index({"l_shipdate"});
  brin.method = "brin";
  EXPECT_LT(*index_bytes(lineitem(), brin, 150000), 100'000);
}

TEST(IndexSize, UnknownWhereNothingWasCounted) {
  Relation table = customer();
  table.stats->rows = -1;
  EXPECT_FALSE(index_bytes(table, index({"c_custkey"}), 150000));
}

}  // namespace
}  // namespace architrave::catalog

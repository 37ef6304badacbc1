#include "advisor/plan_time.h"

#include <gtest/gtest.h>

#include "advisor/plan_rows.h"

namespace architrave::advisor {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::Relation;
using plan::Node;

Column column(const char* name, double distinct, double correlation) {
  Column made;
  made.name = name;
  made.type_name = "int4";
  made.stats = catalog::ColumnStats{
      .null_fraction = 0, .distinct = distinct, .width = 4, .correlation = correlation};
  return made;
}

Index index(const char* name, std::initializer_list<const char*> keys, bool unique) {
  Index made;
  made.name = name;
  made.unique = unique;
  for (const char* key : keys) made.keys.push_back({.column = key});
  return made;
}

// Of TPC-H at scale 1, what its ninth query makes of parts, offers and lines.
Catalog shop() {
  Relation offers;
  offers.name = "partsupp";
  offers.stats = catalog::RelationStats{.pages = 14519, .rows = 800'000};
  offers.columns = {column("ps_partkey", 200'000, 1), column("ps_suppkey", 10'000, 0)};
  offers.indexes = {index("partsupp_pkey", {"ps_partkey", "ps_suppkey"}, true)};
  Relation lines;
  lines.name = "lineitem";
  lines.stats = catalog::RelationStats{.pages = 115663, .rows = 6'000'000};
  lines.columns = {column("l_orderkey", 400'000, 1), column("l_partkey", 200'000, 0),
                   column("l_suppkey", 10'000, 0)};
  lines.indexes = {index("lines_part", {"l_partkey", "l_suppkey"}, false)};
  Relation orders;
  orders.name = "orders";
  orders.stats = catalog::RelationStats{.pages = 51000, .rows = 1'500'000};
  orders.columns = {column("o_orderkey", -1, 1), column("o_orderdate", 2400, 0)};
  orders.indexes = {index("orders_pkey", {"o_orderkey"}, true)};
  Catalog catalog;
  catalog.relations = {offers, lines, orders};
  return catalog;
}

Node scan(const char* type, const char* relation, double cost, double rows, const char* side) {
  Node node;
  node.type = type;
  node.relation = node.alias = relation;
  node.total_cost = cost;
  node.rows = rows;
  node.relationship = side;
  return node;
}

Node look_up(const char* relation, const char* name, const char* condition, const char* type) {
  Node node = scan(type, relation, 1, 1, "Inner");
  node.index = name;
  node.details["Index Cond"] = condition;
  return node;
}

Node join(const char* type, double cost, double rows, Node outer, Node inner) {
  Node node;
  node.type = type;
  node.total_cost = cost;
  node.rows = rows;
  node.relationship = "Outer";
  outer.relationship = "Outer";
  inner.relationship = "Inner";
  node.children = {std::move(outer), std::move(inner)};
  return node;
}

Node hash_join() {
  Node node =
      join("Hash Join", 270'000, 600, scan("Seq Scan", "lineitem", 175'000, 6'000'000, "Outer"),
           scan("Seq Scan", "partsupp", 22'500, 800'000, "Inner"));
  node.details["Hash Cond"] =
      "((lineitem.l_suppkey = partsupp.ps_suppkey) AND (lineitem.l_partkey = partsupp.ps_partkey))";
  return node;
}

Node loop_over_lines() {
  return join("Nested Loop", 220'000, 600, scan("Seq Scan", "partsupp", 22'500, 800'000, "Outer"),
              look_up("lineitem", "lines_part",
                      "((l_partkey = partsupp.ps_partkey) AND (l_suppkey = partsupp.ps_suppkey))",
                      "Index Scan"));
}

double milliseconds(const Node& node, const Catalog& catalog = shop()) {
  return plan_time(node, catalog,
                   [&](std::string_view name) -> const Index* {
                     for (const Relation& table : catalog.relations)
                       for (const Index& each : table.indexes)
                         if (each.name == name) return &each;
                     return nullptr;
                   })
      .milliseconds;
}

TEST(PlanRows, AJoinOverAWholeKeyFindsAPartnerForEveryRow) {
  const Catalog catalog = shop();
  const Node hashed = hash_join();
  const Node looped = loop_over_lines();
  PlanRows rows(catalog);
  EXPECT_NEAR(rows.of(hashed), 600 * 2500, 1);  // 200,000 · 10,000 pairs expected, 800,000 there
  EXPECT_NEAR(rows.of(looped), 600 * 2500, 1);
  EXPECT_EQ(rows.of(hashed.children[0]), 6'000'000);
}

TEST(PlanRows, AJoinOverOneColumnIsLeftAlone) {
  const Catalog catalog = shop();
  Node node = hash_join();
  node.details["Hash Cond"] = "(lineitem.l_partkey = partsupp.ps_partkey)";
  EXPECT_EQ(PlanRows(catalog).of(node), 600);
}

TEST(PlanTime, ManyLookUpsTakeLongerThanAScanThatCostsMore) {
  EXPECT_GT(milliseconds(loop_over_lines()), 1.5 * milliseconds(hash_join()));
}

TEST(PlanTime, LookUpsInOrderAreCheaper) {
  const auto orders_of = [](const char* key) {
    return join("Nested Loop", 1e6, 1e6, scan("Seq Scan", "lineitem", 175'000, 1e6, "Outer"),
                look_up("orders", "orders_pkey", key, "Index Scan"));
  };
  const double sorted = milliseconds(orders_of("(o_orderkey = lineitem.l_orderkey)"));
  const double random = milliseconds(orders_of("(o_orderkey = lineitem.l_partkey)"));
  EXPECT_LT(sorted, 0.8 * random);
}

// By the index's order they find its leaves in order, and the table's pages only where rows lie so.
TEST(PlanTime, LookUpsInTheIndexsOrderAreNotInTheTables) {
  const auto lines_of = [](double correlation) {
    Catalog catalog = shop();
    catalog.relations[1].columns[1].stats->correlation = correlation;
    return milliseconds(
        join("Nested Loop", 1e6, 1e6, scan("Seq Scan", "partsupp", 22'500, 800'000, "Outer"),
             look_up("lineitem", "lines_part", "(l_partkey = partsupp.ps_partkey)", "Index Scan")),
        catalog);
  };
  EXPECT_LT(lines_of(1), 0.3 * lines_of(0));
}

TEST(PlanTime, PagesOutsideOfSharedBuffersAreRead) {
  const auto with_buffers = [](const Node& node, const char* pages) {
    Catalog catalog = shop();
    catalog.settings["shared_buffers"] = {.value = {}, .raw = pages, .unit = "8kB"};
    return milliseconds(node, catalog);
  };
  const Node looped = loop_over_lines();
  const Node hashed = hash_join();
  EXPECT_GT(with_buffers(looped, "16384"), 1.3 * with_buffers(looped, "1048576"));
  const double scanned = with_buffers(hashed, "1048576");
  EXPECT_GT(with_buffers(hashed, "16384"), 1.02 * scanned);
  EXPECT_LT(with_buffers(hashed, "16384"), 1.3 * scanned);  // pages that come in turn cost less
}

TEST(PlanTime, AnIndexAloneIsCheaperThanItsTable) {
  const auto orders_by = [](const char* type) {
    return join("Nested Loop", 1e6, 1e6, scan("Seq Scan", "lineitem", 175'000, 1e6, "Outer"),
                look_up("orders", "orders_pkey", "(o_orderkey = lineitem.l_partkey)", type));
  };
  EXPECT_LT(milliseconds(orders_by("Index Only Scan")),
            0.8 * milliseconds(orders_by("Index Scan")));
}

TEST(PlanTime, WhatALimitDoesNotAskForIsNotCounted) {
  Node limit;
  limit.type = "Limit";
  limit.total_cost = 1;
  limit.children = {scan("Index Scan", "lineitem", 1'000'000, 6'000'000, "Outer")};
  limit.children[0].index = "lines_part";
  EXPECT_LT(milliseconds(limit), 0.01 * milliseconds(limit.children[0]));
}

TEST(PlanTime, ASemiJoinEndsAtTheFirstMatch) {
  Node node = loop_over_lines();
  node.children[1].rows = 99;
  const double all = milliseconds(node);
  node.details["Join Type"] = "Semi";
  EXPECT_LT(milliseconds(node), 0.2 * all);
}

TEST(PlanTime, WhatWorkersDoIsCountedForAll) {
  Node gather;
  gather.type = "Gather";
  gather.details["Workers Planned"] = "2";
  Node part = scan("Seq Scan", "lineitem", 140'000, 2'500'000, "Outer");
  part.details["Parallel Aware"] = "true";
  gather.children = {part};
  const double alone = milliseconds(scan("Seq Scan", "lineitem", 175'663, 6'000'000, "Outer"));
  EXPECT_NEAR(milliseconds(gather), alone, 0.1 * alone);
}

}  // namespace
}  // namespace architrave::advisor

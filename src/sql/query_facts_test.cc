#include "sql/query_facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace architrave::sql {
namespace {

const Known* known(std::string_view schema, std::string_view name) {
  static const std::map<std::string, Known, std::less<>> relations = {
      {"orders", {"public", {"id", "customer_id", "placed_at", "status", "paid", "data"}, ""}},
      {"customers", {"public", {"id", "name", "country"}, ""}},
      {"open_orders",
       {"public", {"id", "buyer"}, "SELECT id, customer_id FROM orders WHERE status = 'open'"}}};
  const auto found = relations.find(name);
  return schema.empty() && found != relations.end() ? &found->second : nullptr;
}

// "orders.status equal", sorted, without what is only named.
std::set<std::string> uses(std::string_view query) {
  static const std::map<Use, std::string> words = {
      {Use::equal, "equal"},       {Use::in_list, "in"},    {Use::join, "join"},
      {Use::range, "range"},       {Use::prefix, "prefix"}, {Use::pattern, "pattern"},
      {Use::contains, "contains"}, {Use::match, "match"},   {Use::null_test, "null"},
      {Use::truth, "truth"},       {Use::group, "group"},   {Use::order, "order"}};
  const auto facts = query_facts(query, known);
  std::set<std::string> list;
  if (!facts) return {facts.error().message};
  for (const ColumnUse& use : facts->uses)
    if (use.use != Use::output)
      list.insert(facts->relations[use.relation].name + "." +
                  (use.expression.empty() ? use.column : use.expression) + " " + words.at(use.use) +
                  (use.descending ? " desc" : ""));
  return list;
}

using Set = std::set<std::string>;

TEST(QueryFacts, Comparisons) {
  EXPECT_EQ(uses("SELECT id FROM orders WHERE status = 'open' AND placed_at >= now() AND "
                 "customer_id IN (1, 2) AND paid AND data IS NULL"),
            (Set{"orders.customer_id in", "orders.data null", "orders.paid truth",
                 "orders.placed_at range", "orders.status equal"}));
  EXPECT_EQ(uses("SELECT 1 FROM customers WHERE name LIKE 'A%'"), Set{"customers.name prefix"});
  EXPECT_EQ(uses("SELECT 1 FROM customers WHERE name ILIKE '%a%'"), Set{"customers.name pattern"});
  EXPECT_EQ(uses("SELECT 1 FROM orders WHERE data @> '{}'"), Set{"orders.data contains"});
  EXPECT_EQ(uses("SELECT 1 FROM orders WHERE 5 < customer_id"), Set{"orders.customer_id range"});
  EXPECT_EQ(uses("SELECT 1 FROM orders WHERE status = ANY ($1)"), Set{"orders.status in"});
}

TEST(QueryFacts, WhatIsNegatedIsNoKey) {
  EXPECT_EQ(uses("SELECT 1 FROM orders WHERE status <> 'open' AND NOT (customer_id = 3) AND "
                 "status NOT IN ('a') AND data IS NOT NULL"),
            Set{});
}

TEST(QueryFacts, JoinsByEveryWord) {
  const Set both = {"customers.id join", "orders.customer_id join"};
  EXPECT_EQ(uses("SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id"), both);
  EXPECT_EQ(uses("SELECT 1 FROM orders, customers WHERE customers.id = customer_id"), both);
  EXPECT_EQ(uses("SELECT 1 FROM orders WHERE customer_id IN (SELECT id FROM customers)"), both);
  EXPECT_EQ(uses("SELECT 1 FROM orders o WHERE EXISTS (SELECT FROM customers c WHERE c.id = "
                 "o.customer_id)"),
            both);
  EXPECT_EQ(uses("SELECT 1 FROM orders JOIN customers USING (id)"),
            (Set{"customers.id join", "orders.id join"}));
}

TEST(QueryFacts, GroupsAndOrders) {
  EXPECT_EQ(uses("SELECT status, count(*) AS n FROM orders GROUP BY 1 ORDER BY status"),
            (Set{"orders.status group", "orders.status order"}));
  EXPECT_EQ(uses("SELECT id FROM orders ORDER BY placed_at DESC LIMIT 3"),
            Set{"orders.placed_at order desc"});
  EXPECT_EQ(uses("SELECT max(placed_at) FROM orders"), Set{"orders.placed_at order"});
  EXPECT_EQ(uses("SELECT DISTINCT status FROM orders"), Set{"orders.status group"});
  EXPECT_EQ(uses("SELECT row_number() OVER (PARTITION BY status ORDER BY id) FROM orders"),
            (Set{"orders.status group", "orders.id order"}));
}

TEST(QueryFacts, LooksThroughViewsAndSubqueries) {
  EXPECT_EQ(uses("SELECT 1 FROM open_orders WHERE buyer = 7"),
            (Set{"orders.customer_id equal", "orders.status equal"}));
  EXPECT_EQ(uses("WITH t AS (SELECT customer_id AS c FROM orders) SELECT 1 FROM t WHERE c = 7"),
            Set{"orders.customer_id equal"});
  EXPECT_EQ(uses("SELECT 1 FROM (SELECT id AS x FROM orders) s WHERE x BETWEEN 1 AND 2"),
            Set{"orders.id range"});
}

TEST(QueryFacts, Expressions) {
  EXPECT_EQ(uses("SELECT 1 FROM customers WHERE lower(name) = 'x'"),
            Set{"customers.lower(name) equal"});
  EXPECT_EQ(uses("SELECT 1 FROM orders WHERE data ->> 'k' = 'v'"),
            Set{"orders.(data ->> 'k') equal"});
}

TEST(QueryFacts, PredicatesOfConstants) {
  const auto facts = query_facts("SELECT 1 FROM orders WHERE status = 'it''s' AND id = $1", known);
  ASSERT_TRUE(facts);
  Set predicates;
  for (const ColumnUse& use : facts->uses)
    if (!use.predicate.empty()) predicates.insert(use.predicate);
  EXPECT_EQ(predicates, Set{"status = 'it''s'"});
}

TEST(QueryFacts, Writes) {
  const auto facts = query_facts("UPDATE orders SET status = 'x', paid = true WHERE id = 1", known);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->writes.size(), 1U);
  EXPECT_EQ(facts->writes[0].columns, (std::vector<std::string>{"status", "paid"}));
  EXPECT_EQ(uses("DELETE FROM orders WHERE id = 1"), Set{"orders.id equal"});
  EXPECT_EQ(uses("INSERT INTO orders SELECT * FROM customers WHERE id = 3"),
            Set{"customers.id equal"});
}

TEST(QueryFacts, SaysWhatIsMissing) {
  const auto facts = query_facts("SELECT 1 FROM nowhere, app.orders", known);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->missing, (std::vector<std::string>{"nowhere", "app.orders"}));
  EXPECT_FALSE(query_facts("SELEC 1", known));
}

}  // namespace
}  // namespace architrave::sql

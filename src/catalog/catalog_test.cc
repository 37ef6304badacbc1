#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "catalog/acl.h"
#include "catalog/diff.h"
#include "catalog/json.h"
#include "catalog/lookup.h"

namespace architrave::catalog {
namespace {

Column column(const std::string& name, const std::string& type) {
  Column made;
  made.name = name;
  made.type = type;
  return made;
}

// Two tables, the second of which refers to the first.
Catalog shop() {
  Catalog catalog;
  catalog.schemas.push_back({.name = "app", .owner = "postgres", .acl = {}, .comment = {}});
  Relation orders;
  orders.schema = "app";
  orders.name = "orders";
  orders.columns = {column("id", "bigint"), column("customer_id", "bigint")};
  orders.constraints.push_back(
      {.name = "orders_customer_fkey",
       .type = ConstraintType::foreign_key,
       .columns = {"customer_id"},
       .expression = {},
       .references_schema = "app",
       .references_table = "customers",
       .references_columns = {"id"},
       .on_update = "no action",
       .on_delete = "cascade",
       .index = {},
       .definition = "FOREIGN KEY (customer_id) REFERENCES app.customers(id)",
       .comment = {}});
  Relation customers;
  customers.schema = "app";
  customers.name = "customers";
  customers.columns = {column("id", "bigint")};
  Index key;
  key.name = "customers_pkey";
  key.unique = true;
  key.primary = true;
  key.keys.resize(1);
  key.keys[0].column = "id";
  customers.indexes.push_back(key);
  customers.stats = RelationStats{};
  customers.stats->rows = 42;
  catalog.relations = {orders, customers};
  sort(catalog);
  return catalog;
}

Relation& table(Catalog& catalog, std::string_view name) {
  return const_cast<Relation&>(*catalog.relation("app", name));
}

TEST(Catalog, FindsByName) {
  const Catalog catalog = shop();
  EXPECT_EQ(catalog.relations.front().name, "customers");
  ASSERT_NE(catalog.relation("app", "orders"), nullptr);
  EXPECT_EQ(catalog.relation("app", "order"), nullptr);
  EXPECT_EQ(catalog.relation("public", "orders"), nullptr);
  const Counts counts = count(catalog);
  EXPECT_EQ(counts.tables, 2);
  EXPECT_EQ(counts.columns, 3);
  EXPECT_EQ(counts.foreign_keys, 1);
  EXPECT_EQ(counts.indexes, 1);
}

TEST(Catalog, SurvivesJson) {
  const Catalog catalog = shop();
  const Result<Catalog> back = from_json(to_json(catalog));
  ASSERT_TRUE(back) << back.error().message << back.error().where;
  EXPECT_TRUE(equal(catalog, *back));
  EXPECT_EQ(back->relation("app", "customers")->stats->rows, 42);
  EXPECT_EQ(to_json(*back), to_json(catalog));
}

// As another writer of JSON would, to the byte.
TEST(Catalog, WritesJsonAsUsual) {
  Catalog catalog = shop();
  catalog.relations.front().comment = "\"\\/\b\f\n\r\t\x01\x1f\x7f ünï 🏛 \xff\xc3";
  catalog.relations.front().options = {{"a \"b\"", ""}, {"fillfactor", "70"}};
  catalog.relations.front().acl.emplace();
  catalog.settings["empty"] = {};
  for (const double rows : {0.0, -1.0, 1e6, 0.1, 1e300, 5e-324, 123456789012345680.0}) {
    catalog.relations.front().stats.emplace().rows = rows;
    for (const int indent : {-1, 0, 2}) {
      const std::string text = to_json(catalog, indent);
      const auto parsed = nlohmann::ordered_json::parse(text);
      EXPECT_EQ(text, parsed.dump(indent));
    }
  }
  EXPECT_NE(to_json(catalog).find("\xef\xbf\xbd"), std::string::npos) << "what is no UTF-8";
  EXPECT_EQ(to_json(Catalog()), "{\n  \"server\": {}\n}");
}

TEST(Catalog, SaysWhereJsonDoesNotFit) {
  EXPECT_EQ(from_json("nonsense").error().code, "catalog.json");
  const auto wrong =
      from_json(R"({"relations": [{"name": "a"}, {"columns": [{"not_null": "yes"}]}]})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "$.relations[1].columns[0].not_null");
  EXPECT_FALSE(from_json(R"({"relations": [{"kind": "chair"}]})"));
  EXPECT_FALSE(from_json(R"({"relations": [{"stats": {"bytes": 1e300}}]})"));
  EXPECT_FALSE(from_json(R"({"relations": [{"stats": {"bytes": 1.5}}]})"));
}

TEST(Diff, IgnoresMeasurements) {
  const Catalog before = shop();
  Catalog after = shop();
  table(after, "customers").stats->rows = 1e9;
  after.server.version = "18.0";
  EXPECT_TRUE(equal(before, after));
  EXPECT_TRUE(diff(before, after).empty());
}

TEST(Diff, NamesWhatChanged) {
  const Catalog before = shop();
  Catalog after = shop();
  Relation& orders = table(after, "orders");
  orders.columns[1].type = "integer";
  orders.columns.push_back(column("Note", "text"));
  orders.constraints.clear();
  orders.unlogged = true;
  EXPECT_FALSE(equal(before, after));
  std::vector<std::string> lines;
  for (const Change& change : diff(before, after)) lines.push_back(describe(change));
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "table app.orders: unlogged false -> true",
                       "column app.orders.\"Note\": added",
                       "column app.orders.customer_id: type bigint -> integer",
                       "constraint app.orders.orders_customer_fkey: removed",
                   }));
}

TEST(Diff, SeesColumnOrder) {
  const Catalog before = shop();
  Catalog after = shop();
  std::swap(table(after, "orders").columns[0], table(after, "orders").columns[1]);
  const std::vector<Change> changes = diff(before, after);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].property, "column_order");
}

TEST(Lookup, KnowsWhoRefersToWhom) {
  const Catalog catalog = shop();
  const Lookup lookup(catalog);
  const Relation& customers = *catalog.relation("app", "customers");
  ASSERT_EQ(lookup.referencing(customers).size(), 1U);
  EXPECT_EQ(lookup.referencing(customers)[0].child->name, "orders");
  EXPECT_TRUE(lookup.referencing(*catalog.relation("app", "orders")).empty());
  EXPECT_TRUE(has_index_on(customers, {"id"}));
  EXPECT_TRUE(is_unique(customers, {"id"}));
  EXPECT_FALSE(has_index_on(*catalog.relation("app", "orders"), {"customer_id"}));
}

TEST(Measurements, GoToObjectsOfTheSameName) {
  const Catalog from = shop();
  Catalog to = shop();
  table(to, "customers").stats.reset();
  copy_measurements(from, to);
  EXPECT_EQ(to.relation("app", "customers")->stats->rows, 42);
}

TEST(Object, QuotesLikeTheServer) {
  EXPECT_EQ(quote_identifier("orders"), "orders");
  EXPECT_EQ(quote_identifier("Orders"), "\"Orders\"");
  EXPECT_EQ(quote_identifier("select"), "\"select\"");
  EXPECT_EQ(quote_identifier("name"), "name");
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_identifier(""), "\"\"");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\b"), "E'a\\\\b'");
  EXPECT_EQ(qualified("", "t"), "t");
  EXPECT_EQ(qualified("My", "t"), "\"My\".t");
  Kind kind = Kind::table;
  EXPECT_TRUE(from_string("default privileges", kind));
  EXPECT_EQ(kind, Kind::default_privileges);
  for (int i = 0; i <= static_cast<int>(Kind::default_privileges); ++i) {
    ASSERT_TRUE(from_string(to_string(static_cast<Kind>(i)), kind));
    EXPECT_EQ(static_cast<int>(kind), i);
  }
}

TEST(Acl, IsTakenApart) {
  const std::vector<Grant> list =
      grants(Acl({"=r/owner", "app=ar*w/owner", "\"odd \"\"one\"=X/\"o=w\"", "bad"}));
  ASSERT_EQ(list.size(), 5U);
  EXPECT_EQ(list[0].grantee, "");
  EXPECT_EQ(list[0].privilege, 'r');
  EXPECT_EQ(list[2].privilege, 'r');
  EXPECT_TRUE(list[2].grantable);
  EXPECT_FALSE(list[3].grantable);
  EXPECT_EQ(list[4].grantee, "odd \"one");
  EXPECT_EQ(list[4].grantor, "o=w");
  EXPECT_EQ(privilege_name('X'), "EXECUTE");
  EXPECT_TRUE(grants(std::nullopt).empty());
}

}  // namespace
}  // namespace architrave::catalog

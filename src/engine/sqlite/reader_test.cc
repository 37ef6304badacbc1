#include "engine/sqlite/reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/sqlite/testing.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Relation;
using Names = std::vector<std::string>;

Catalog read(const std::string& sql) {
  auto connection = Connection::open_memory();
  EXPECT_TRUE(connection);
  Status status = connection->execute(sql);
  EXPECT_TRUE(status) << status.error().message;
  auto catalog = read_catalog(*connection);
  EXPECT_TRUE(catalog) << catalog.error().message;
  return catalog.value_or(Catalog{});
}

template <class Thing>
Thing named(const std::vector<Thing>& things, std::string_view name) {
  auto found = std::ranges::find(things, name, &Thing::name);
  EXPECT_NE(found, things.end()) << name;
  return found == things.end() ? Thing{} : *found;
}

class EveryFeature : public ::testing::Test {
 protected:
  static const Catalog& catalog() {
    static const Catalog read_once = read(testing::every_feature());
    return read_once;
  }
  static const Relation& relation(std::string_view name) {
    static const Relation none;
    const Relation* found = catalog().relation("main", name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? none : *found;
  }
};

TEST_F(EveryFeature, Relations) {
  Names names;
  for (const Relation& each : catalog().relations) names.push_back(each.name);
  EXPECT_EQ(names,
            (Names{"Order", "active_customer", "customer", "delivered", "notes", "strict_one"}));
  EXPECT_EQ(relation("customer").options, (catalog::Options{{"autoincrement", "true"}}));
  EXPECT_EQ(relation("Order").options, (catalog::Options{{"without_rowid", "true"}}));
  EXPECT_EQ(relation("strict_one").options, (catalog::Options{{"strict", "true"}}));
  EXPECT_EQ(relation("notes").options, (catalog::Options{{"virtual", "fts5"}}));
  EXPECT_TRUE(relation("delivered").is_view());
  EXPECT_TRUE(relation("customer").definition.starts_with("CREATE TABLE customer (\n"));
  EXPECT_TRUE(catalog().unread.empty());
}

TEST_F(EveryFeature, Columns) {
  const Relation& customer = relation("customer");
  ASSERT_EQ(customer.columns.size(), 8u);
  const Column& email = customer.columns[1];
  EXPECT_EQ(email.type, "VARCHAR(120)");
  EXPECT_EQ(email.type_name, "varchar");
  EXPECT_EQ(email.type_category, "S");
  EXPECT_EQ(email.collation, "NOCASE");
  EXPECT_TRUE(email.not_null);
  EXPECT_TRUE(customer.columns[0].not_null) << "a rowid is never null";
  EXPECT_EQ(customer.columns[2].default_value, "'it''s'");
  EXPECT_EQ(customer.columns[3].type_category, "D");
  EXPECT_EQ(customer.columns[3].default_value, "datetime('now')");
  EXPECT_EQ(customer.columns[4].type_category, "B");
  EXPECT_EQ(customer.columns[5].type_category, "N");
  EXPECT_EQ(customer.columns[6].generated, "virtual");
  EXPECT_EQ(customer.columns[6].default_value, "upper(name)");
  EXPECT_EQ(customer.columns[7].generated, "stored");
  EXPECT_TRUE(relation("strict_one").columns[2].not_null);
  EXPECT_EQ(relation("notes").columns[0].options, catalog::Options{});
  EXPECT_EQ(relation("notes").columns[2].options, (catalog::Options{{"hidden", "true"}}));
  EXPECT_EQ(relation("delivered").columns.at(0).name, "who");
}

TEST_F(EveryFeature, Keys) {
  const Relation& customer = relation("customer");
  const Constraint* key = customer.primary_key();
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->name, "customer_pkey");
  EXPECT_EQ(named(customer.indexes, "customer_pkey").options,
            (catalog::Options{{"rowid", "true"}}));
  Constraint unique = named(customer.constraints, "one_email");
  EXPECT_EQ(unique.columns, Names{"email"});
  EXPECT_EQ(unique.definition, "UNIQUE (email) ON CONFLICT replace");
  EXPECT_EQ(named(customer.indexes, unique.index).constraint, "one_email");

  const Relation& order = relation("Order");
  ASSERT_NE(order.primary_key(), nullptr);
  EXPECT_EQ(order.primary_key()->columns, (Names{"customer_id", "number"}));
  EXPECT_TRUE(named(order.indexes, order.primary_key()->index).primary);
  EXPECT_EQ(named(order.constraints, "Order_number_delivered on_key").type, ConstraintType::unique);
}

TEST_F(EveryFeature, ForeignKeys) {
  const Relation& order = relation("Order");
  Constraint customer = named(order.constraints, "Order_customer_id_fkey");
  EXPECT_EQ(customer.references_table, "customer");
  EXPECT_EQ(customer.references_columns, Names{"id"}) << "the parent's primary key";
  EXPECT_EQ(customer.on_delete, "cascade");
  EXPECT_EQ(customer.on_update, "no action");
  EXPECT_FALSE(customer.deferrable);
  Constraint parent = named(order.constraints, "parent");
  EXPECT_EQ(parent.columns, (Names{"parent_customer", "parent_number"}));
  EXPECT_EQ(parent.references_columns, (Names{"customer_id", "number"}));
  EXPECT_EQ(parent.on_update, "set null");
  EXPECT_EQ(parent.on_delete, "restrict");
  EXPECT_TRUE(parent.deferrable && parent.deferred);
}

TEST_F(EveryFeature, Checks) {
  const Relation& customer = relation("customer");
  EXPECT_EQ(std::ranges::count(customer.constraints, ConstraintType::check, &Constraint::type), 3);
  EXPECT_EQ(named(customer.constraints, "positive").expression, "balance >= 0");
  EXPECT_EQ(named(customer.constraints, "customer_active_check").expression, "active IN (0, 1)");
  EXPECT_EQ(named(customer.constraints, "customer_check").columns, (Names{"email", "name"}));
}

TEST_F(EveryFeature, Indexes) {
  Index index = named(relation("customer").indexes, "by_lower");
  EXPECT_TRUE(index.unique);
  EXPECT_EQ(index.predicate, "active = 1 AND name IS NOT NULL");
  ASSERT_EQ(index.keys.size(), 2u);
  EXPECT_EQ(index.keys[0].expression, "lower(name)");
  EXPECT_EQ(index.keys[0].collation, "NOCASE");
  EXPECT_TRUE(index.keys[0].descending);
  EXPECT_EQ(index.keys[1].column, "joined");
  EXPECT_EQ(index.keys[1].collation, "");
  EXPECT_EQ(named(relation("Order").indexes, "by_delivery").keys.size(), 1u)
      << "without the key columns that SQLite adds";
}

TEST_F(EveryFeature, Triggers) {
  catalog::Trigger touch = named(relation("customer").triggers, "touch");
  EXPECT_EQ(touch.timing, "after");
  EXPECT_EQ(touch.events, Names{"update"});
  EXPECT_TRUE(touch.has_when);
  EXPECT_TRUE(touch.definition.ends_with("END"));
  EXPECT_EQ(named(relation("active_customer").triggers, "no_insert").timing, "instead of");
}

TEST_F(EveryFeature, ViewsNeedWhatTheyRead) {
  Names needs;
  for (const auto& dependency : catalog().dependencies) {
    if (dependency.object.name == "main.delivered") needs.push_back(dependency.needs.name);
  }
  EXPECT_EQ(needs, (Names{"main.\"Order\"", "main.customer", "main.active_customer"}));
}

TEST_F(EveryFeature, Measurements) {
  EXPECT_EQ(catalog().server.engine, "sqlite");
  EXPECT_GE(catalog().server.version_number, 3040000);
  EXPECT_GT(catalog().server.database_bytes.value_or(0), 0);
  EXPECT_EQ(catalog().settings.at("user_version").value, "7");
  EXPECT_EQ(catalog().settings.at("foreign_keys").value, "off");
  ASSERT_TRUE(relation("customer").stats);
  EXPECT_EQ(relation("customer").stats->live_rows, 2);
  EXPECT_GT(relation("customer").stats->bytes, 0);
  EXPECT_GT(relation("customer").stats->total_bytes, relation("customer").stats->bytes);
}

TEST(Reader, RowsComeFromAnalyzeWhereItWasRun) {
  Catalog catalog = read(
      "CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1), "
      "(2), (3); ANALYZE; DELETE FROM t WHERE a = 1");
  const Relation* table = catalog.relation("main", "t");
  ASSERT_TRUE(table != nullptr && table->stats);
  EXPECT_EQ(table->stats->rows, 3);
  EXPECT_EQ(table->stats->live_rows, 2);
  EXPECT_EQ(table->indexes.at(0).stats->rows, 3);
  EXPECT_EQ(catalog.relations.size(), 1u);
}

TEST(Reader, ABrokenViewDoesNotHideTheRest) {
  Catalog catalog = read(
      "CREATE TABLE t (a); CREATE VIEW broken AS SELECT b FROM gone; "
      "CREATE VIEW whole AS SELECT a FROM t");
  EXPECT_EQ(catalog.relations.size(), 3u);
  EXPECT_EQ(catalog.relation("main", "whole")->columns.size(), 1u);
  ASSERT_EQ(catalog.unread.size(), 1u);
  EXPECT_EQ(catalog.unread[0].what, "the columns of broken");
}

TEST(Reader, APlainTablesTextKeyMayBeNull) {
  Catalog catalog = read(
      "CREATE TABLE t (code TEXT PRIMARY KEY); "
      "CREATE TABLE down (id INTEGER PRIMARY KEY DESC)");
  const Relation* table = catalog.relation("main", "t");
  EXPECT_FALSE(table->columns.at(0).not_null);
  EXPECT_EQ(table->primary_key()->index, "sqlite_autoindex_t_1");
  EXPECT_EQ(catalog.relation("main", "down")->primary_key()->index, "sqlite_autoindex_down_1")
      << "SQLite's oldest quirk: this is no rowid";
}

TEST(Reader, ConstraintsWithOneNameStayApart) {
  Catalog catalog = read(
      "CREATE TABLE t (a CONSTRAINT c CHECK (a > 0) CONSTRAINT c CHECK (a < 9), "
      "CHECK (a <> 5), CHECK (a <> 6))");
  Names names;
  for (const Constraint& each : catalog.relation("main", "t")->constraints) {
    names.push_back(each.name);
  }
  std::ranges::sort(names);
  EXPECT_EQ(names, (Names{"c", "t_a_check", "t_a_check1", "t_a_check2"}));
}

TEST(Reader, TypesHaveTheirAffinitysCategory) {
  EXPECT_EQ(type_base_name("UNSIGNED BIG INT"), "unsigned big int");
  EXPECT_EQ(type_base_name("Decimal (10, 2)"), "decimal");
  EXPECT_EQ(type_category("tinyint"), "N");
  EXPECT_EQ(type_category("native character"), "S");
  EXPECT_EQ(type_category("double precision"), "N");
  EXPECT_EQ(type_category("mediumblob"), "U");
  EXPECT_EQ(type_category("timestamp"), "D");
  EXPECT_EQ(type_category(""), "U");
}

}  // namespace
}  // namespace architrave::sqlite

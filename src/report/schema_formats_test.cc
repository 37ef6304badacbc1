#include "report/schema_formats.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "report/diagram.h"
#include "report/sample_test.h"

namespace architrave::report {

using catalog::Catalog;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Relation;

namespace {

// That many hubs, each with `leaves` tables that refer to it; a chain of keys links the hubs.
Catalog stars(int number, int leaves) {
  Catalog catalog;
  for (int star = 0; star < number; ++star) {
    Relation hub;
    hub.schema = "app";
    hub.name = std::string(1, static_cast<char>('a' + star)) + "_hub";
    if (star > 0) {
      Constraint& key = hub.constraints.emplace_back();
      key.type = ConstraintType::foreign_key;
      key.columns = {"before"};
      key.references_schema = "app";
      key.references_table = std::string(1, static_cast<char>('a' + star - 1)) + "_hub";
      key.references_columns = {"id"};
    }
    catalog.relations.push_back(hub);
    for (int leaf = 0; leaf < leaves; ++leaf) {
      Relation table;
      table.schema = "app";
      table.name = "leaf_" + std::to_string(star) + '_' + std::to_string(leaf);
      Constraint key;
      key.type = ConstraintType::foreign_key;
      key.name = "key";
      key.columns = {"hub_id"};
      key.references_schema = "app";
      key.references_table = hub.name;
      key.references_columns = {"id"};
      table.constraints = {key};
      catalog.relations.push_back(table);
    }
  }
  sort(catalog);
  return catalog;
}

}  // namespace

TEST(SchemaFormats, Golden) {
  const Catalog catalog = sample_catalog();
  expect_golden("schema.mmd", to_mermaid(catalog));
  expect_golden("schema.dbml", to_dbml(catalog));
  expect_golden("schema.dot", to_dot(catalog));
}

TEST(SchemaFormats, EmptyCatalog) {
  EXPECT_EQ(to_mermaid({}), "erDiagram\n");
  EXPECT_EQ(to_dbml({}), "");
  EXPECT_NE(to_dot({}).find("digraph"), std::string::npos);
  EXPECT_TRUE(clusters({}).empty());
}

TEST(ShortType, AbbreviatesWhatHasSpaces) {
  const std::map<std::string, std::string> expected = {
      {"timestamp with time zone", "timestamptz"},
      {"timestamp(3) without time zone", "timestamp(3)"},
      {"time(6) with time zone[]", "timetz(6)[]"},
      {"character varying(40)", "varchar(40)"},
      {"character(1)", "char(1)"},
      {"double precision[]", "float8[]"},
      {"app.mood", "app.mood"}};
  for (const auto& [type, abbreviated] : expected) EXPECT_EQ(short_type(type), abbreviated);
}

TEST(Clusters, FollowTheForeignKeys) {
  const Catalog catalog = stars(4, 9);
  const auto list = clusters(catalog);
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(list[0].name, "a_hub");
  for (const Cluster& each : list) {
    ASSERT_EQ(each.tables.size(), 10u);
    const char star = static_cast<char>('0' + (each.name[0] - 'a'));
    for (const Relation* table : each.tables)
      EXPECT_TRUE(table->name == each.name || table->name[5] == star) << table->name;
  }
}

TEST(Clusters, KeepTogetherWhatFits) {
  const Catalog catalog = stars(4, 5);
  EXPECT_EQ(clusters(catalog, 24).size(), 1u);
  EXPECT_EQ(clusters(catalog, 23).size(), 4u);
}

TEST(Clusters, HoldEachTableOnceAndKeepTheLimit) {
  for (const std::size_t limit : {1u, 2u, 7u, 25u}) {
    const Catalog catalog = stars(3, 40);
    std::set<const Relation*> seen;
    std::set<std::string> names;
    for (const Cluster& each : clusters(catalog, limit)) {
      EXPECT_LE(each.tables.size(), limit);
      EXPECT_TRUE(names.insert(each.name).second) << each.name;
      for (const Relation* table : each.tables) EXPECT_TRUE(seen.insert(table).second);
    }
    EXPECT_EQ(seen.size(), catalog.relations.size());
  }
}

TEST(Clusters, LeavePartitionsToTheirTable) {
  const Catalog catalog = sample_catalog();
  for (const Cluster& cluster : clusters(catalog))
    for (const Relation* table : cluster.tables) {
      EXPECT_FALSE(table->is_partition());
      EXPECT_TRUE(table->is_table());
    }
}

}  // namespace architrave::report

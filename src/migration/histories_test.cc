#include "migration/histories.h"

#include <gtest/gtest.h>

namespace architrave::migration {
namespace {

catalog::Catalog with(std::initializer_list<std::pair<const char*, const char*>> tables) {
  catalog::Catalog catalog;
  for (const auto& [schema, name] : tables) {
    catalog::Relation relation;
    relation.schema = schema;
    relation.name = name;
    catalog.relations.push_back(relation);
    if (catalog.schemas.empty() || catalog.schemas.back().name != schema) {
      catalog::Schema made;
      made.name = schema;
      catalog.schemas.push_back(made);
    }
  }
  catalog::sort(catalog);
  return catalog;
}

TEST(HistoriesTest, WhatToolsKeepIsNoPartOfALiveSchema) {
  catalog::Catalog live = with({{"architrave", "migrations"},
                                {"public", "migrations"},
                                {"public", "orders"},
                                {"public", "schema_migrations"}});
  leave_out_histories(live, with({{"public", "orders"}}));
  ASSERT_EQ(live.relations.size(), 2u);
  EXPECT_EQ(live.relations[0].name, "migrations");
  EXPECT_EQ(live.relations[1].name, "orders");
  ASSERT_EQ(live.schemas.size(), 1u);
}

TEST(HistoriesTest, WhatTheOtherSpeaksOfStays) {
  catalog::Catalog live = with({{"architrave", "roofs"}, {"public", "schema_migrations"}});
  leave_out_histories(live, with({{"architrave", "roofs"}, {"public", "schema_migrations"}}));
  EXPECT_EQ(live.relations.size(), 2u);
  EXPECT_EQ(live.schemas.size(), 2u);
}

}  // namespace
}  // namespace architrave::migration

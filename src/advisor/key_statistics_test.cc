#include "advisor/key_statistics.h"

#include <gtest/gtest.h>

namespace architrave::advisor {
namespace {

using catalog::Relation;

Relation table(const char* name, double rows, const std::vector<std::string>& key) {
  Relation made;
  made.schema = "public";
  made.name = name;
  made.stats = catalog::RelationStats{.pages = 1000, .rows = rows};
  catalog::Index index;
  index.unique = true;
  for (const std::string& each : key) index.keys.push_back({.column = each, .expression = {}});
  if (!key.empty()) made.indexes = {index};
  return made;
}

class KeyStatisticsOf : public testing::Test {
 protected:
  KeyStatisticsOf() {
    catalog.relations = {table("lineitem", 6'000'000, {}),
                         table("partsupp", 800'000, {"ps_partkey", "ps_suppkey"})};
  }
  double pairs(const std::vector<sql::QueryFacts>& facts) const {
    return key_statistics_of(catalog, facts)
        .combinations(catalog.relations[0], {{"l_partkey", 200'000}, {"l_suppkey", 10'000}}, 6e6);
  }
  catalog::Catalog catalog;
};

TEST_F(KeyStatisticsOf, NothingIsKnownOfColumnsThatNobodyJoins) { EXPECT_EQ(pairs({}), 6e6); }

TEST_F(KeyStatisticsOf, AForeignKeyTellsWhatBelongsTogether) {
  catalog::Constraint reference;
  reference.type = catalog::ConstraintType::foreign_key;
  reference.columns = {"l_partkey", "l_suppkey"};
  reference.references_schema = "public";
  reference.references_table = "partsupp";
  reference.references_columns = {"ps_partkey", "ps_suppkey"};
  reference.validated = true;
  catalog.relations[0].constraints = {reference};
  EXPECT_EQ(pairs({}), 800'000);
}

TEST_F(KeyStatisticsOf, SoDoesAJoinWithTheWholeKey) {
  sql::QueryFacts facts;
  facts.relations = {{"public", "lineitem"}, {"public", "partsupp"}};
  for (const auto& [own, other] :
       {std::pair{"l_partkey", "ps_partkey"}, std::pair{"l_suppkey", "ps_suppkey"}}) {
    sql::ColumnUse use{.relation = 0, .column = own, .expression = {}, .use = sql::Use::join};
    use.partner = 1;
    use.partner_column = other;
    facts.uses.push_back(use);
  }
  EXPECT_EQ(pairs({facts}), 800'000);
  facts.uses.pop_back();
  EXPECT_EQ(pairs({facts}), 6e6);
}

}  // namespace
}  // namespace architrave::advisor

#include "catalog/postgres/partition_bounds.h"

#include <gtest/gtest.h>

namespace architrave::postgres {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Relation;

Relation parent(const std::string& key, const std::vector<std::string>& types) {
  Relation made;
  made.schema = "public";
  made.name = "t";
  made.partition_key = key;
  char name = 'a';
  for (const std::string& type : types) {
    Column& column = made.columns.emplace_back();
    column.name = name++;
    column.type_name = type;
  }
  return made;
}

Relation partition(const std::string& name, const std::string& bound) {
  Relation made;
  made.schema = "public";
  made.name = name;
  made.parents = {{"public", "t"}};
  made.partition_bound = bound;
  return made;
}

std::string condition(const Relation& table, const std::string& bound) {
  return belongs({}, table, bound).value_or("not known");
}

TEST(PartitionBounds, ARangeEndsWhereItsOpenValueStands) {
  const Relation one = parent("RANGE (a)", {"date"});
  EXPECT_EQ(condition(one, "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"),
            "a IS NOT NULL AND a >= '2020-01-01' AND a < '2021-01-01'");
  EXPECT_EQ(condition(one, "FOR VALUES FROM (MINVALUE) TO ('2021-01-01')"),
            "a IS NOT NULL AND a < '2021-01-01'");
  const Relation two = parent("RANGE (a, b)", {"int4", "text"});
  EXPECT_EQ(condition(two, "FOR VALUES FROM (10, MINVALUE) TO (20, 'TO (1, 2)')"),
            "a IS NOT NULL AND b IS NOT NULL AND a >= 10 AND "
            "(a < 20 OR a = 20 AND b < 'TO (1, 2)')");
  EXPECT_EQ(condition(two, "FOR VALUES FROM (10, MAXVALUE) TO (20, MAXVALUE)"),
            "a IS NOT NULL AND b IS NOT NULL AND a > 10 AND a <= 20");
  EXPECT_EQ(condition(two, "FOR VALUES FROM (MINVALUE, MINVALUE) TO (20, MINVALUE)"),
            "a IS NOT NULL AND b IS NOT NULL AND a < 20");
}

TEST(PartitionBounds, AListMayHoldNull) {
  const Relation table = parent("LIST (a)", {"text"});
  EXPECT_EQ(condition(table, "FOR VALUES IN ('x', 'it''s, (so)')"),
            "a IS NOT NULL AND a IN ('x', 'it''s, (so)')");
  EXPECT_EQ(condition(table, "FOR VALUES IN ('x', NULL)"), "(a IS NULL OR a IN ('x'))");
  EXPECT_EQ(condition(table, "FOR VALUES IN (NULL)"), "a IS NULL");
}

TEST(PartitionBounds, TheServerSaysWhatAHashIs) {
  EXPECT_EQ(condition(parent("HASH (a, b)", {"int4", "text"}),
                      "FOR VALUES WITH (modulus 4, remainder 3)"),
            "pg_catalog.satisfies_hash_partition('public.t'::pg_catalog.regclass, 4, 3, a, b)");
}

TEST(PartitionBounds, TheDefaultHasTheRest) {
  Catalog catalog;
  catalog.relations = {parent("LIST (a)", {"int4"}), partition("x", "FOR VALUES IN (1)"),
                       partition("y", "FOR VALUES IN (2, NULL)"), partition("d", "DEFAULT")};
  EXPECT_EQ(belongs(catalog, catalog.relations[0], "DEFAULT"),
            "((a IS NOT NULL AND a IN (1)) OR ((a IS NULL OR a IN (2)))) IS NOT TRUE");
}

TEST(PartitionBounds, KeysMayBeExpressionsButNotOfOtherOperators) {
  EXPECT_EQ(
      condition(parent("LIST (lower((a)::text) COLLATE \"C\")", {"text"}), "FOR VALUES IN ('x')"),
      "lower((a)::text) COLLATE \"C\" IS NOT NULL AND lower((a)::text) COLLATE \"C\" IN ('x')");
  EXPECT_EQ(condition(parent("LIST (a text_pattern_ops)", {"text"}), "FOR VALUES IN ('x')"),
            "not known");
}

TEST(PartitionBounds, ApartOnlyWhereThatIsSure) {
  const Relation days = parent("RANGE (a)", {"date"});
  const std::string first = "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')";
  const std::string second = "FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')";
  const std::string both = "FOR VALUES FROM ('2020-01-01') TO ('2022-01-01')";
  EXPECT_TRUE(are_disjoint(days, first, second));
  EXPECT_TRUE(are_disjoint(days, second, first));
  EXPECT_FALSE(are_disjoint(days, first, both));
  EXPECT_FALSE(are_disjoint(days, "DEFAULT", first));
  const Relation numbers = parent("RANGE (a)", {"int4"});
  EXPECT_TRUE(
      are_disjoint(numbers, "FOR VALUES FROM ('-5') TO (9)", "FOR VALUES FROM (9) TO (10)"));
  EXPECT_FALSE(are_disjoint(parent("RANGE (a)", {"text"}), "FOR VALUES FROM ('1') TO ('9')",
                            "FOR VALUES FROM ('A') TO ('B')"))
      << "who knows how texts are ordered";
  const Relation hash = parent("HASH (a)", {"int4"});
  EXPECT_TRUE(are_disjoint(hash, "FOR VALUES WITH (modulus 2, remainder 0)",
                           "FOR VALUES WITH (modulus 4, remainder 3)"));
  EXPECT_FALSE(are_disjoint(hash, "FOR VALUES WITH (modulus 2, remainder 0)",
                            "FOR VALUES WITH (modulus 4, remainder 2)"));
}

TEST(PartitionBounds, APlaceIsInPartitionsThatHoldAllOrInTheDefault) {
  Catalog catalog;
  catalog.relations = {parent("RANGE (a)", {"int4"}),
                       partition("x", "FOR VALUES FROM (0) TO (20)")};
  const Relation& table = catalog.relations[0];
  EXPECT_TRUE(has_place(catalog, table, "FOR VALUES FROM (10) TO (20)"));
  EXPECT_FALSE(has_place(catalog, table, "FOR VALUES FROM (10) TO (21)"));
  EXPECT_FALSE(has_place(catalog, table, "DEFAULT"));
  catalog.relations.push_back(partition("z", "FOR VALUES FROM (30) TO (40)"));
  EXPECT_FALSE(has_place(catalog, catalog.relations[0], "FOR VALUES FROM (10) TO (40)"));
  catalog.relations.push_back(partition("y", "FOR VALUES FROM (20) TO (30)"));
  EXPECT_TRUE(has_place(catalog, catalog.relations[0], "FOR VALUES FROM (10) TO (40)"));
  EXPECT_FALSE(has_place(catalog, catalog.relations[0], "FOR VALUES FROM (-1) TO (40)"));
  EXPECT_FALSE(has_place(catalog, catalog.relations[0], "FOR VALUES FROM (10) TO (41)"));
  catalog.relations.push_back(partition("d", "DEFAULT"));
  EXPECT_TRUE(has_place(catalog, catalog.relations[0], "FOR VALUES FROM (10) TO (41)"));
}

TEST(PartitionBounds, APlaceOfAListIsWhereEachOfItsValuesGoes) {
  Catalog catalog;
  catalog.relations = {parent("LIST (a)", {"text"}), partition("x", "FOR VALUES IN ('a', 'b')"),
                       partition("y", "FOR VALUES IN ('c', NULL)")};
  const Relation& table = catalog.relations[0];
  EXPECT_TRUE(has_place(catalog, table, "FOR VALUES IN ('b', 'c')"));
  EXPECT_FALSE(has_place(catalog, table, "FOR VALUES IN ('b', 'd')"));
}

}  // namespace
}  // namespace architrave::postgres

#include "advisor/partitions.h"

#include <gtest/gtest.h>

#include "advisor/index_proposals.h"
#include "advisor/indexes.h"

namespace architrave::advisor {
namespace {

using catalog::Catalog;
using catalog::Index;
using catalog::Relation;
using catalog::RelationKind;

Relation table(const std::string& name, double rows) {
  Relation made;
  made.schema = "app";
  made.name = name;
  for (const char* column : {"id", "at", "customer"}) {
    made.columns.emplace_back();
    made.columns.back().name = column;
    made.columns.back().type_name = "int8";
  }
  made.stats = catalog::RelationStats();
  made.stats->rows = rows;
  made.stats->pages = static_cast<std::int64_t>(rows / 50);
  return made;
}

Relation part(const std::string& name, double rows, const std::string& of) {
  Relation made = table(name, rows);
  made.parents = {{"app", of}};
  made.partition_bound = "DEFAULT";
  return made;
}

Index on_customer(const std::string& name) {
  Index made;
  made.name = name;
  made.keys = {{.column = "customer"}};
  made.definition = "CREATE INDEX " + name + " ON app.old USING btree (customer)";
  return made;
}

// events: old, new (partitioned: left, right).
Catalog partitioned() {
  Catalog catalog;
  catalog.server.version_number = 150000;
  Relation whole = table("events", -1);
  whole.kind = RelationKind::partitioned_table;
  Relation half = part("new", -1, "events");
  half.kind = RelationKind::partitioned_table;
  catalog.relations = {whole, half, part("old", 1000, "events"), part("left", 90000, "new"),
                       part("right", 500, "new")};
  catalog::sort(catalog);
  return catalog;
}

std::vector<Candidate> candidates(const Catalog& catalog, const std::string& sql) {
  const CatalogNames names(catalog);
  const auto facts = sql::query_facts(sql, std::cref(names));
  EXPECT_TRUE(facts);
  return find_candidates(catalog, {*facts}, {.max_width = 1});
}

constexpr const char* by_customer = "SELECT * FROM app.events WHERE customer = 7";

TEST(Partitions, LeavesAreWhatHoldsRows) {
  const Catalog catalog = partitioned();
  const Partitions partitions(catalog);
  std::vector<std::string> names;
  for (const Relation* each : partitions.leaves(*catalog.relation("app", "events")))
    names.push_back(each->name);
  EXPECT_EQ(names, (std::vector<std::string>{"left", "right", "old"}));
  EXPECT_EQ(largest(partitions.leaves(*catalog.relation("app", "events")))->name, "left");
  EXPECT_EQ(partitions.leaves(*catalog.relation("app", "old")).front()->name, "old");
}

TEST(Partitions, OneCandidateStandsForAllLeaves) {
  const Catalog catalog = partitioned();
  const std::vector<Candidate> found = candidates(catalog, by_customer);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].table->name, "events");
  EXPECT_EQ(places(found[0]).size(), 3U);
  std::int64_t sum = 0;
  for (const char* leaf : {"left", "right", "old"})
    sum += candidates(catalog, "SELECT * FROM app." + std::string(leaf) + " WHERE customer = 7")
               .at(0)
               .bytes;
  EXPECT_EQ(found[0].bytes, sum);
}

TEST(Partitions, WhatIsThereOnTheWholeOrOnAllLeavesIsNoCandidate) {
  Catalog catalog = partitioned();
  for (Relation& each : catalog.relations)
    if (each.kind == RelationKind::table) each.indexes.push_back(on_customer(each.name + "_i"));
  EXPECT_TRUE(candidates(catalog, by_customer).empty());
  catalog.relations.at(1).indexes.clear();
  EXPECT_EQ(candidates(catalog, by_customer).size(), 1U);
  for (Relation& each : catalog.relations)
    if (each.name == "events") each.indexes.push_back(on_customer("whole"));
  EXPECT_TRUE(candidates(catalog, by_customer).empty());
}

TEST(Partitions, AForeignOneLeavesNoCandidate) {
  Catalog catalog = partitioned();
  for (Relation& each : catalog.relations)
    if (each.name == "right") each.kind = RelationKind::foreign_table;
  EXPECT_TRUE(candidates(catalog, by_customer).empty());
  EXPECT_EQ(candidates(catalog, "SELECT * FROM app.old WHERE customer = 7").size(), 1U);
}

TEST(Partitions, AChangedRowLiesInOneOfThem) {
  const Catalog catalog = partitioned();
  const CatalogNames names(catalog);
  const Candidate whole = candidates(catalog, by_customer).at(0);
  const Candidate left = candidates(catalog, "SELECT * FROM app.left WHERE customer = 7").at(0);
  const auto cost = [&](const Candidate& candidate, const std::string& sql) {
    return maintenance_of(candidate, {*sql::query_facts(sql, std::cref(names))}, {{.sql = sql}});
  };
  EXPECT_GT(cost(whole, "INSERT INTO app.events VALUES (1, 2, 3)"), 0);
  EXPECT_EQ(cost(whole, "INSERT INTO app.events VALUES (1, 2, 3)"),
            cost(left, "INSERT INTO app.left VALUES (1, 2, 3)"));
  EXPECT_EQ(cost(whole, "INSERT INTO app.old VALUES (1, 2, 3)"),
            cost(whole, "INSERT INTO app.events VALUES (1, 2, 3)"));
}

TEST(Partitions, AnIndexIsMadePartByPart) {
  Catalog catalog = partitioned();
  for (Relation& each : catalog.relations)
    if (each.name == "old") each.indexes.push_back(on_customer("mine"));
  Candidate found = candidates(catalog, by_customer).at(0);
  EXPECT_EQ(places(found).size(), 2U);
  std::set<std::string> taken = {"app.left_customer_idx"};
  name_index(catalog, found, taken);
  const Proposal proposal = create_index_proposal(found, "why", "because");
  EXPECT_EQ(proposal.up,
            (std::vector<std::string>{
                "CREATE INDEX events_customer_idx ON ONLY app.events (customer)",
                "CREATE INDEX new_customer_idx ON ONLY app.new (customer)",
                "ALTER INDEX app.events_customer_idx ATTACH PARTITION app.new_customer_idx",
                "CREATE INDEX CONCURRENTLY left_customer_2_idx ON app.\"left\" (customer)",
                "ALTER INDEX app.new_customer_idx ATTACH PARTITION app.left_customer_2_idx",
                "CREATE INDEX CONCURRENTLY right_customer_idx ON app.\"right\" (customer)",
                "ALTER INDEX app.new_customer_idx ATTACH PARTITION app.right_customer_idx",
                "ALTER INDEX app.events_customer_idx ATTACH PARTITION app.mine",
                "COMMENT ON INDEX app.events_customer_idx IS 'why'"}));
  EXPECT_EQ(proposal.down,
            (std::vector<std::string>{
                "DROP INDEX app.events_customer_idx",
                "CREATE INDEX CONCURRENTLY mine ON app.old USING btree (customer)"}));
  EXPECT_FALSE(proposal.transactional);
}

}  // namespace
}  // namespace architrave::advisor

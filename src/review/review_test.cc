#include "review/review.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "review/rules.h"

namespace architrave::review {
namespace {

// A parent and a child whose foreign key has no index, and a table without a key.
catalog::Catalog small_catalog() {
  catalog::Catalog catalog;
  catalog.server.engine = "postgresql";
  catalog::Relation parent{.schema = "app", .name = "customers"};
  parent.columns = {{.name = "id",
                     .type = "bigint",
                     .type_schema = "pg_catalog",
                     .type_name = "int8",
                     .type_category = "N",
                     .not_null = true}};
  catalog::Relation child = parent;
  child.name = "orders";
  child.columns.front().name = "customer_id";
  parent.constraints = {{.name = "customers_pkey",
                         .type = catalog::ConstraintType::primary_key,
                         .columns = {"id"},
                         .index = "customers_pkey"}};
  child.constraints = {{.name = "orders_customer",
                        .type = catalog::ConstraintType::foreign_key,
                        .columns = {"customer_id"},
                        .references_schema = "app",
                        .references_table = "customers",
                        .references_columns = {"id"}}};
  catalog.relations = {parent, child};
  catalog::sort(catalog);
  return catalog;
}

TEST(Review, RunsOnlyWhatIsAskedFor) {
  const Review all = review(small_catalog());
  const auto rules = [](const Review& each) {
    std::set<std::string> names;
    for (const Finding& finding : each.findings) names.insert(finding.rule);
    return names;
  };
  EXPECT_TRUE(rules(all).contains("fk-without-index"));
  EXPECT_TRUE(rules(all).contains("no-primary-key"));
  const Review only = review(small_catalog(), {.only = {"fk-without-index"}, .without = {}});
  EXPECT_EQ(rules(only), std::set<std::string>{"fk-without-index"});
  const Review without = review(small_catalog(), {.only = {}, .without = {"fk-without-index"}});
  EXPECT_FALSE(rules(without).contains("fk-without-index"));
  EXPECT_TRUE(rules(without).contains("no-primary-key"));
}

TEST(Review, SortsBySeverityRuleAndObject) {
  const Review all = review(small_catalog());
  EXPECT_TRUE(std::ranges::is_sorted(all.findings, [](const Finding& a, const Finding& b) {
    return std::tie(b.severity, a.rule, a.object) < std::tie(a.severity, b.rule, b.object);
  }));
}

TEST(Review, GivesEachProposalOnceAndEachFindingOne) {
  const Review all = review(small_catalog());
  std::set<std::string> ids;
  for (const Proposal& proposal : all.proposals) EXPECT_TRUE(ids.insert(proposal.id).second);
  EXPECT_FALSE(ids.empty());
  for (const Finding& finding : all.findings) {
    if (!finding.proposal.empty()) {
      EXPECT_TRUE(ids.contains(finding.proposal));
    }
  }
}

TEST(Review, LeavesRulesOfAnotherEngineOut) {
  catalog::Catalog catalog = small_catalog();
  catalog.server.engine = "sqlite";
  for (const Finding& finding : review(catalog).findings) {
    const auto rule = std::ranges::find(all_rules(), finding.rule,
                                        [](const Rule* each) { return std::string(each->name); });
    EXPECT_NE((*rule)->engines, Engines::postgresql) << finding.rule;
  }
}

TEST(Review, SkipsWhatNeedsCountersWhereThereAreNone) {
  const auto skips = [](const Review& each) {
    return std::ranges::any_of(each.skipped, [](const Skipped& skipped) {
      return skipped.rule == "unused-index" && skipped.why == "the source has no usage counters";
    });
  };
  catalog::Catalog catalog = small_catalog();
  EXPECT_TRUE(skips(review(catalog)));
  catalog.server.has_workload = true;
  EXPECT_FALSE(skips(review(catalog)));
}

}  // namespace
}  // namespace architrave::review

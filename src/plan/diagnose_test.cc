#include "plan/diagnose.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "plan/testing.h"

namespace architrave::plan {
namespace {

using testing::plan_of;

std::set<std::string> names(const Plan& plan) {
  std::set<std::string> found;
  for (const Remark& each : diagnose(plan)) found.insert(each.check);
  return found;
}

Remark remark(const std::string& plan, std::string_view check) {
  for (const Remark& each : diagnose(plan_of(plan)))
    if (each.check == check) return each;
  ADD_FAILURE() << check << " says nothing of " << plan;
  return {};
}

double evidence(const Remark& remark, std::string_view name) {
  for (const auto& [key, value] : remark.evidence)
    if (key == name) return value;
  ADD_FAILURE() << remark.check << " has no " << name;
  return 0;
}

// Each check with a recorded plan in which it fires, and one like it in which it does not.
struct Pair {
  const char* check;
  const char* fires;
  const char* silent;
};
class EachCheck : public ::testing::TestWithParam<Pair> {};

TEST_P(EachCheck, FiresWhereItShould) {
  EXPECT_TRUE(names(plan_of(GetParam().fires)).contains(GetParam().check));
}
TEST_P(EachCheck, AndNowhereElse) {
  EXPECT_FALSE(names(plan_of(GetParam().silent)).contains(GetParam().check));
}

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> all = {
      {"selective-filter", "selective-filter", "plain-scan"},
      {"misestimate", "misestimate", "selective-filter"},
      {"sort-on-disk", "sort-disk", "sort-memory"},
      {"hash-on-disk", "hash-disk", "hash-memory"},
      {"aggregate-on-disk", "aggregate-disk", "aggregate-memory"},
      {"lossy-bitmap", "bitmap-lossy", "bitmap-exact"},
      {"many-loops", "many-loops", "hash-memory"},
      {"filter-after-index", "filter-after-index", "index-lookup"},
      {"foreign-filter", "foreign-filter", "foreign-sent"},
      {"join-filter", "join-filter", "hash-memory"},
      {"heap-fetches", "heap-fetches", "index-only"},
      {"memoize-evictions", "memoize", "memoize-enough"},
      {"missing-workers", "workers-missing", "parallel"},
      {"jit-on-short-query", "jit-short", "jit-long"},
  };
  return all;
}
INSTANTIATE_TEST_SUITE_P(Recorded, EachCheck, ::testing::ValuesIn(pairs()), [](const auto& each) {
  std::string name = each.param.check;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Diagnose, EveryCheckIsTried) {
  std::set<std::string> tried;
  for (const Pair& each : pairs()) tried.insert(each.check);
  std::set<std::string> known;
  for (const auto& [name, _] : checks()) known.insert(name);
  EXPECT_EQ(tried, known);
}

TEST(Diagnose, NothingIsSaidOfAGoodPlan) {
  EXPECT_TRUE(diagnose(plan_of("index-lookup")).empty());
  EXPECT_TRUE(diagnose(plan_of("limit")).empty()) << "a LIMIT stops its input early";
  EXPECT_TRUE(diagnose(plan_of("never")).empty()) << "what was not run has no figures";
}

TEST(Diagnose, ASelectiveFilterGetsItsIndex) {
  const Remark found = remark("selective-filter", "selective-filter");
  EXPECT_EQ(found.sql, "CREATE INDEX ON shop.orders (status, total);");
  EXPECT_EQ(evidence(found, "rows_read"), 200000);
  EXPECT_NE(found.message.find("reads 200,000 rows of orders to keep"), std::string::npos)
      << found.message;
  EXPECT_EQ(found.severity, Severity::error);
}

TEST(Diagnose, WithoutRunningItTheTablesSizeTells) {
  Plan plan;
  plan.root = {.type = "Seq Scan", .schema = "public", .relation = "t", .rows = 3};
  plan.root.total_cost = 100;
  plan.root.details["Filter"] = "(a = 1)";
  EXPECT_TRUE(diagnose(plan).empty());
  EXPECT_TRUE(diagnose(plan, {.table_rows = {{"public.t", 20}}}).empty());
  const auto found = diagnose(plan, {.table_rows = {{"public.t", 50000}}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].message, "would read all 50,000 rows of t to keep about 3 (less than 0.1 %)");
}

TEST(Diagnose, DependentColumnsGetStatistics) {
  const Remark found = remark("misestimate", "misestimate");
  EXPECT_EQ(found.sql,
            "CREATE STATISTICS customer_country_city_stat (dependencies, ndistinct, mcv) ON "
            "country, city FROM "
            "shop.customer; ANALYZE shop.customer;");
  EXPECT_EQ(evidence(found, "actual"), 400);
}

Plan misestimated(const char* filter) {
  Plan plan;
  plan.root = {.type = "Seq Scan", .schema = "public", .relation = "t", .alias = "x", .rows = 3};
  plan.root.actual = Actual{.rows = 5000, .loops = 1};
  plan.root.details["Filter"] = filter;
  return plan;
}

TEST(Diagnose, StatisticsThatAreThereAreNotMadeAgain) {
  const Plan plan = misestimated("((x.a = 1) AND (x.b = 2))");
  Known known;
  known.statistics["public.t"] = {{"t_a_b_stat", {"a", "c"}}};
  EXPECT_EQ(diagnose(plan, known).at(0).sql,
            "CREATE STATISTICS t_a_b_stat2 (dependencies, ndistinct, mcv) ON a, b FROM public.t; "
            "ANALYZE public.t;");
  known.statistics["public.t"] = {{"t_stats", {"b", "a"}}};
  EXPECT_EQ(diagnose(plan, known).at(0).sql, "ANALYZE public.t;");
}

TEST(Diagnose, AnExpressionGetsStatisticsOfItsOwn) {
  const Plan plan = misestimated("(lower(x.name) = 'x.y'::text)");
  EXPECT_EQ(diagnose(plan).at(0).sql,
            "CREATE STATISTICS t_expr_stat ON (lower(name)) FROM public.t; ANALYZE public.t;");
  EXPECT_EQ(diagnose(plan, {.server_version = 130000}).at(0).sql, "ANALYZE public.t;");
}

TEST(Diagnose, AnIndexThatIsThereIsNotProposed) {
  Plan plan;
  plan.root = {.type = "Seq Scan", .schema = "public", .relation = "t", .rows = 3};
  plan.root.details["Filter"] = "((a = 1) AND (b = 2))";
  Known known{.table_rows = {{"public.t", 50000}}};
  known.indexes["public.t"] = {{"t_a", {"a"}}};
  EXPECT_EQ(diagnose(plan, known).at(0).sql, "CREATE INDEX ON public.t (a, b);");
  known.indexes["public.t"].push_back({"t_b_a_c", {"b", "a", "c"}});
  EXPECT_EQ(diagnose(plan, known).at(0).sql, "");
  EXPECT_TRUE(diagnose(plan, known).at(0).advice.starts_with("the index t_b_a_c has these"));
}

TEST(Diagnose, AMisestimateIsSaidWhereItArisesAndNotAbove) {
  Plan plan;
  const auto node = [](const char* type, double estimated, double seen) {
    return Node{.type = type, .rows = estimated, .actual = Actual{.rows = seen, .loops = 1}};
  };
  plan.root = node("Nested Loop", 10, 5000);
  plan.root.children = {node("Seq Scan", 10, 5000), node("Index Scan", 1, 1)};
  const auto found = diagnose(plan);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].node, 1);
}

// What is advised does hold it: the smallest work_mem that did, measured on PostgreSQL 15.
TEST(Diagnose, TheAdvisedMemoryIsEnoughAndNotTooMuch) {
  const auto enough = [](double advised, double needed_kib) {
    EXPECT_GE(advised, needed_kib * 1024);
    EXPECT_LE(advised, needed_kib * 1024 * 1.6);
  };
  enough(sort_memory(1296 * 1024, 50000), 3951);
  enough(sort_memory(3064 * 1024, 50000), 5922);
  enough(sort_memory(8400 * 1024, 70000), 12265);
  enough(sort_memory(6688 * 1024, 200000), 17293);
  enough(sort_memory(26736 * 1024, 300000, 130000), 52 * 1024);  // up to 14 it takes more
  enough(hash_memory(50000, 9), 2858);                           // an int and a text of 5
  // Groups differ in size: of these the upper bound is only that it is not absurd.
  EXPECT_GE(aggregate_memory(505 * 1024, 19999, 40), 9055 * 1024);      // sum(numeric)
  EXPECT_GE(aggregate_memory(177 * 1024, 19999, 12), 2480 * 1024);      // count
  EXPECT_GE(aggregate_memory(5337 * 1024, 198608, 40), 102445 * 1024);  // avg(numeric), max(text)
  EXPECT_LE(aggregate_memory(177 * 1024, 19999, 12), 2480 * 1024 * 4.5);
}

TEST(Diagnose, AParallelSortIsJudgedByItsLargestProcess) {
  const Remark found = remark("parallel", "sort-on-disk");
  const Plan plan = plan_of("parallel");
  const Node& sort = plan.root.children[0].children[0];
  double most = 0;
  for (const char* process : {"", "Worker 0: ", "Worker 1: "})
    most = std::max(most,
                    std::stod(std::string(sort.detail(std::string(process) + "Sort Space Used"))));
  EXPECT_EQ(evidence(found, "disk_bytes"), most * 1024);
}

TEST(Diagnose, HashMultiplierIsTakenOff) {
  Plan plan = plan_of("hash-disk");
  const auto advised = [&] {
    for (const Remark& each : diagnose(plan))
      if (each.check == "hash-on-disk") return evidence(each, "work_mem_bytes");
    return 0.0;
  };
  const double one = advised();
  plan.settings["hash_mem_multiplier"] = "2";
  EXPECT_DOUBLE_EQ(advised(), one / 2);
}

TEST(Diagnose, TheWorstComesFirst) {
  for (const char* name : {"hash-disk", "memoize", "heap-fetches", "cte", "parallel"}) {
    const auto found = diagnose(plan_of(name));
    EXPECT_TRUE(std::ranges::is_sorted(found, std::greater{}, &Remark::severity)) << name;
  }
}

}  // namespace
}  // namespace architrave::plan

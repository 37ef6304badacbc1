#include "advisor/search/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "advisor/search/published.h"

namespace architrave::advisor {
namespace {

// A planner that is a table of plans: each query has some, each with a cost and the indexes that it
// needs, and takes the cheapest that the indexes at hand allow. It is monotone as a planner is.
class PlansOf : public engine::Planner {
 public:
  struct Plan {
    double cost;
    std::vector<std::size_t> needs;
  };
  using Plans = std::vector<std::vector<Plan>>;
  // What plans need from number `hypothetical` on exists.
  explicit PlansOf(Plans queries, std::size_t hypothetical = 1000)
      : queries_(std::move(queries)), hypothetical_(hypothetical) {}

  Result<std::vector<std::optional<engine::Answer>>> ask(
      const std::vector<engine::Question>& questions) override {
    calls_ += std::ssize(questions);
    std::vector<std::optional<engine::Answer>> answers;
    for (const engine::Question& question : questions) {
      const Plan* best = nullptr;
      for (const Plan& plan : queries_[question.query])
        if (std::ranges::all_of(plan.needs,
                                [&](std::size_t i) {
                                  return i < hypothetical_
                                             ? has(question.indexes, i)
                                             : !has(question.without, i - hypothetical_);
                                }) &&
            (best == nullptr || plan.cost < best->cost))
          best = &plan;
      std::optional<engine::Answer>& answer = answers.emplace_back();
      if (best == nullptr) continue;
      answer.emplace();
      answer->cost = best->cost;
      for (const std::size_t i : best->needs)
        if (i < hypothetical_)
          answer->used.push_back(i);
        else
          answer->kept.push_back(i - hypothetical_);
    }
    return answers;
  }
  Result<std::vector<std::string>> set_queries(std::vector<engine::PlannerQuery>) override {
    return std::vector<std::string>();
  }
  Result<std::vector<std::optional<std::int64_t>>> set_indexes(
      std::vector<engine::HypotheticalIndex>) override {
    return std::vector<std::optional<std::int64_t>>();
  }
  bool set_dispensable(std::vector<engine::RealIndex>) override { return true; }
  Result<std::vector<std::optional<double>>> expected_rows(
      const std::vector<std::string>&) override {
    return std::vector<std::optional<double>>();
  }
  Result<std::vector<std::optional<engine::Answer>>> ask_without(
      const std::vector<std::string>&, const std::vector<engine::Question>&) override {
    return std::vector<std::optional<engine::Answer>>();
  }
  Result<std::vector<std::optional<engine::Answer>>> ask_with(
      const std::vector<std::string>&, const std::vector<engine::Question>&) override {
    return std::vector<std::optional<engine::Answer>>();
  }
  Result<std::string> plan(const engine::Question&) override { return std::string(); }
  std::int64_t calls() const override { return calls_; }
  double server_seconds() const override { return 0; }
  std::string description() const override { return "a table"; }

 private:
  static bool has(const std::vector<std::size_t>& list, std::size_t i) {
    return std::ranges::find(list, i) != list.end();
  }

  std::vector<std::vector<Plan>> queries_;
  std::size_t hypothetical_;
  std::int64_t calls_ = 0;
};

struct Case {
  std::vector<std::vector<PlansOf::Plan>> plans;
  SearchInput input;
  std::vector<std::vector<std::size_t>> relevant;
};

Case random_case(unsigned seed, std::size_t candidates, std::size_t queries) {
  std::mt19937 random(seed);
  const auto number = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Case made;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < candidates; ++i) {
    all.push_back(i);
    made.input.bytes.push_back(number(1, 40) << 20);
    made.input.tables.push_back(i % 4);
    made.input.leading.push_back(i % 8);
    made.input.variant.push_back(false);
    made.input.maintenance.push_back(number(0, 3) == 0 ? number(1, 200) : 0);
  }
  for (std::size_t q = 0; q < queries; ++q) {
    made.input.weights.push_back(number(1, 5));
    std::vector<PlansOf::Plan> plans = {{1000.0 + number(0, 9000), {}}};
    for (int n = number(0, 8); n > 0; --n) {
      std::vector<std::size_t> needs;
      for (int k = number(1, 3); k > 0; --k)
        needs.push_back(static_cast<std::size_t>(number(0, static_cast<int>(candidates) - 1)));
      std::ranges::sort(needs);
      needs.erase(std::ranges::unique(needs).begin(), needs.end());
      plans.push_back({plans[0].cost * number(1, 95) / 100, needs});
    }
    made.plans.push_back(std::move(plans));
    made.relevant.push_back(all);
  }
  made.input.budget = number(20, 120) << 20;
  made.input.gap = 1e-9;
  made.input.thorough = true;
  return made;
}

double cost_under(const Case& each, unsigned set) {
  double cost = 0;
  for (std::size_t i = 0; i < each.input.bytes.size(); ++i)
    if ((set >> i & 1) != 0) cost += each.input.maintenance[i];
  for (std::size_t q = 0; q < each.plans.size(); ++q) {
    double best = each.plans[q][0].cost;
    for (const PlansOf::Plan& plan : each.plans[q])
      if (std::ranges::all_of(plan.needs, [&](std::size_t i) { return (set >> i & 1) != 0; }))
        best = std::min(best, plan.cost);
    cost += each.input.weights[q] * best;
  }
  return cost;
}

double best_possible(const Case& each) {
  double best = cost_under(each, 0);
  for (unsigned set = 0; set < 1U << each.input.bytes.size(); ++set) {
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < each.input.bytes.size(); ++i)
      if ((set >> i & 1) != 0) bytes += each.input.bytes[i];
    if (bytes <= each.input.budget) best = std::min(best, cost_under(each, set));
  }
  return best;
}

class SearchTest : public testing::TestWithParam<unsigned> {};

// The set is affordable, costs what is said, and the bound holds against every set there is.
TEST_P(SearchTest, FindsWhatTryingAllSetsFinds) {
  const Case each = random_case(GetParam(), 12, 9);
  PlansOf planner(each.plans);
  Oracle oracle(planner, each.relevant);
  const auto found = search(oracle, each.input);
  ASSERT_TRUE(found);
  unsigned set = 0;
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < found->chosen.size(); ++i)
    if (found->chosen[i]) {
      set |= 1U << i;
      bytes += each.input.bytes[i];
    }
  const double best = best_possible(each);
  EXPECT_LE(bytes, each.input.budget);
  EXPECT_NEAR(cost_under(each, set), found->after, 1e-6 * found->after);
  EXPECT_LE(found->bound, best * (1 + 1e-6));
  EXPECT_LE(found->after, best * 1.02);
  for (const std::vector<bool>& other : found->others) {
    EXPECT_NE(other, found->chosen);
    set = 0;
    bytes = 0;
    for (std::size_t i = 0; i < other.size(); ++i)
      if (other[i]) {
        set |= 1U << i;
        bytes += each.input.bytes[i];
      }
    EXPECT_LE(bytes, each.input.budget);
    EXPECT_LE(cost_under(each, set), found->after * 1.05 * (1 + 1e-9));
  }
}

TEST_P(SearchTest, IsNeverWorseThanThePublishedOnes) {
  Case each = random_case(GetParam() + 1000, 24, 20);
  each.input.gap = 0.005;
  const auto cost_by = [&](const auto& choose) {
    PlansOf planner(each.plans);
    Oracle oracle(planner, each.relevant);
    const auto chosen = choose(oracle);
    EXPECT_TRUE(chosen);
    return *cost_of(oracle, each.input, *chosen);
  };
  const double ours = cost_by([&](Oracle& oracle) -> Result<std::vector<bool>> {
    const auto found = search(oracle, each.input);
    EXPECT_LE(found->gap(), 0.05);
    return found->chosen;
  });
  const double db2 = cost_by([&](Oracle& oracle) { return db2advis(oracle, each.input); });
  const double extended = cost_by([&](Oracle& oracle) {
    return extend(oracle, each.input, std::vector<std::vector<std::size_t>>(24));
  });
  EXPECT_LE(ours, db2 * (1 + 1e-9));
  EXPECT_LE(ours, extended * 1.005);
}

// What is said to be alike, and is not, costs questions and never makes a bound that is false.
TEST_P(SearchTest, KindsMayBeWrong) {
  Case each = random_case(GetParam() + 2000, 12, 8);
  std::mt19937 random(GetParam());
  each.input.kinds.assign(8, {});
  for (std::vector<Kind>& kinds : each.input.kinds)
    for (std::size_t i = 0; i < 12; ++i) kinds.push_back({random() % 6, random() % 3});
  PlansOf planner(each.plans);
  Oracle oracle(planner, each.relevant);
  const auto found = search(oracle, each.input);
  ASSERT_TRUE(found);
  const double best = best_possible(each);
  EXPECT_LE(found->bound, best * (1 + 1e-6));
  EXPECT_LE(found->after, best * 1.02);
}

// The last three of twelve exist: they take nothing of the budget and may go for what they cost.
TEST_P(SearchTest, KeepsOrGivesUpWhatExists) {
  Case each = random_case(GetParam() + 3000, 12, 9);
  each.input.present.assign(12, false);
  for (std::size_t i = 9; i < 12; ++i) {
    each.input.present[i] = true;
    each.input.bytes[i] = 0;
    each.input.maintenance[i] += 500.0 * static_cast<double>(i % 3);
  }
  PlansOf planner(each.plans, 9);
  Oracle oracle(planner, each.relevant, {}, 9);
  const auto found = search(oracle, each.input);
  ASSERT_TRUE(found);
  unsigned set = 0;
  for (std::size_t i = 0; i < 12; ++i)
    if (found->chosen[i]) set |= 1U << i;
  const double best = best_possible(each);
  EXPECT_NEAR(found->before, cost_under(each, 7U << 9), 1e-6 * found->before);
  EXPECT_NEAR(found->after, cost_under(each, set), 1e-6 * found->after);
  EXPECT_LE(found->after, found->before * (1 + 1e-9));
  EXPECT_LE(found->bound, best * (1 + 1e-6));
  EXPECT_LE(found->after, best * 1.02);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SearchTest, testing::Range(1U, 41U));

TEST(Search, NothingToGainTakesNothing) {
  PlansOf planner(PlansOf::Plans{{{100, {}}}});
  Oracle oracle(planner, {{0}});
  SearchInput input{.weights = {1},
                    .bytes = {1 << 20},
                    .tables = {0},
                    .maintenance = {0},
                    .variant = {false},
                    .budget = 1 << 30};
  const auto found = search(oracle, input);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 100);
  EXPECT_EQ(found->gap(), 0);
  EXPECT_FALSE(found->chosen[0]);
}

TEST(Search, WhatWritesPayMoreForIsNotTaken) {
  PlansOf planner(PlansOf::Plans{{{100, {}}, {10, {0}}}});
  Oracle oracle(planner, {{0}});
  SearchInput input{.weights = {1},
                    .bytes = {1 << 20},
                    .tables = {0},
                    .maintenance = {95},
                    .variant = {false},
                    .budget = 1 << 30};
  const auto found = search(oracle, input);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 100);
}

// By cost it should go; but then the query takes twice as long.
TEST(Search, WhatExistsStaysIfAQueryWouldGetSlow) {
  const PlansOf::Plans plans = {{{100, {}}, {90, {0}}}};
  const SearchInput input{.weights = {1},
                          .bytes = {0},
                          .tables = {0},
                          .maintenance = {50},
                          .variant = {false},
                          .present = {true},
                          .budget = 1 << 30};
  const auto kept = [&](const Judge& judge) {
    PlansOf planner(plans, 0);
    Oracle oracle(planner, {{0}}, judge, 0);
    const auto found = search(oracle, input);
    EXPECT_TRUE(found);
    return std::pair{bool(found->chosen[0]), found->after};
  };
  EXPECT_EQ(kept({}), (std::pair{false, 100.0}));
  EXPECT_EQ(kept([](const engine::Answer& answer) {
              return std::optional(PlanTime{.milliseconds = answer.kept.empty() ? 200.0 : 100.0});
            }),
            (std::pair{true, 140.0}));
}

// A judge by the first index that a plan uses: 0 makes it slow, if 1 is not there.
std::optional<PlanTime> zero_is_slow(const engine::Answer& answer) {
  PlanTime time{.milliseconds = 100};
  const auto uses = [&](std::size_t i) {
    return std::ranges::find(answer.used, i) != answer.used.end();
  };
  if (uses(0) && !uses(1)) time.milliseconds = 150;
  return time;
}

// The second candidate is of another table than the others.
SearchInput input_of(std::size_t candidates) {
  std::vector<std::size_t> tables(candidates, 0);
  tables[1] = 1;
  return {.weights = {1},
          .bytes = std::vector<std::int64_t>(candidates, 1 << 20),
          .tables = std::move(tables),
          .maintenance = std::vector<double>(candidates, 0),
          .variant = std::vector<bool>(candidates, false),
          .budget = 1 << 30};
}

TEST(Search, WhatMakesAPlanSlowIsNotTaken) {
  PlansOf planner(PlansOf::Plans{{{100, {}}, {10, {0}}, {40, {2}}}});
  Oracle oracle(planner, {{0, 1, 2}}, zero_is_slow);
  const auto found = search(oracle, input_of(3));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 40);
  EXPECT_FALSE(found->chosen[0]);
  EXPECT_TRUE(found->chosen[2]);
  ASSERT_EQ(found->refused.size(), 1U);
  EXPECT_EQ(found->refused[0].used, Set("001"));
  EXPECT_EQ(found->refused[0].asked, Set("111"));
  EXPECT_NEAR(found->refused[0].slowdown, 1.5, 1e-9);
  EXPECT_LE(found->bound, 40);
}

TEST(Search, WhatMendsASlowPlanIsTakenWithIt) {
  PlansOf planner(PlansOf::Plans{{{100, {}}, {10, {0}}, {9.9999, {0, 1}}, {40, {2}}}});
  Oracle oracle(planner, {{0, 1, 2}}, zero_is_slow);
  const auto found = search(oracle, input_of(3));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->after, 10, 0.001);
  EXPECT_TRUE(found->chosen[0] && found->chosen[1]);
}

// 1 is 0 once more, and larger: what is learned of the one is known of the other.
TEST(Search, WhatIsLikeARefusedOneIsRefusedAsWell) {
  const PlansOf::Plans plans = {{{100, {}}, {10, {0}}, {11, {1}}, {40, {2}}}};
  const auto refused = [&](const std::vector<Kind>& kinds) {
    PlansOf planner(plans);
    const Judge judge = [](const engine::Answer& answer) {
      const bool slow = !answer.used.empty() && answer.used[0] < 2;
      return std::optional(PlanTime{.milliseconds = slow ? 150.0 : 100.0});
    };
    Oracle oracle(planner, {{0, 1, 2}}, judge);
    SearchInput input = input_of(3);
    input.bytes[1] *= 2;
    input.kinds = {kinds};
    const auto found = search(oracle, input);
    EXPECT_TRUE(found);
    EXPECT_EQ(found->after, 40);
    EXPECT_FALSE(found->chosen[0] || found->chosen[1]);
    return found->refused.size();
  };
  EXPECT_EQ(refused({{0, 0}, {0, 0}, {1, 1}}), 1U);
  // Of its own use, and yet led by the same column: what is slow beside the one is as slow.
  EXPECT_EQ(refused({{0, 0}, {1, 0}, {2, 1}}), 1U);
  EXPECT_EQ(refused({{0, 0}, {1, 1}, {2, 2}}), 2U);
}

// 0 makes the query slow, with whatever else its plan uses beside.
TEST(Search, OnlyWhatMakesAQuerySlowIsRefused) {
  PlansOf planner(PlansOf::Plans{{{100, {}}, {10, {0, 1}}, {11, {0, 2}}, {12, {0}}, {40, {3}}}});
  const Judge judge = [](const engine::Answer& answer) {
    const bool slow = !answer.used.empty() && answer.used[0] == 0;
    return std::optional(PlanTime{.milliseconds = slow ? 150.0 : 100.0});
  };
  Oracle oracle(planner, {{0, 1, 2, 3}}, judge);
  const auto found = search(oracle, input_of(4));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 40);
  ASSERT_EQ(found->refused.size(), 1U);
  EXPECT_EQ(found->refused[0].used, Set(1));
}

// A judge for which a query takes longer without workers than with them.
TEST(Search, WhatIsSlowWithoutWorkersIsNotTaken) {
  class Parallel : public PlansOf {
   public:
    using PlansOf::PlansOf;
    Result<std::vector<std::optional<engine::Answer>>> ask(
        const std::vector<engine::Question>& questions) override {
      auto answers = PlansOf::ask(questions);
      for (std::size_t i = 0; i < questions.size(); ++i)
        if (auto& answer = (*answers)[i])
          answer->plan = questions[i].serial ? "serial" : "\"Gather";
      return answers;
    }
  };
  Parallel planner(PlansOf::Plans{{{100, {}}, {10, {0}}, {40, {1}}}});
  const Judge judge = [](const engine::Answer& answer) -> std::optional<PlanTime> {
    const bool serial = answer.plan == "serial";
    return PlanTime{.milliseconds = serial && !answer.used.empty() && answer.used[0] == 0 ? 150.0
                                    : answer.used.empty()                                 ? 100.0
                                                                                          : 90.0};
  };
  Oracle oracle(planner, {{0, 1, 2}}, judge);
  const auto found = search(oracle, input_of(3));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 40);
  EXPECT_FALSE(found->chosen[0]);
}

// Without workers 0 is slow unless 1 is there as well, which no plan with workers uses.
class WithWorkers : public PlansOf {
 public:
  using PlansOf::PlansOf;
  Result<std::vector<std::optional<engine::Answer>>> ask(
      const std::vector<engine::Question>& questions) override {
    auto answers = PlansOf::ask(questions);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      std::optional<engine::Answer>& answer = (*answers)[i];
      const std::vector<std::size_t>& asked = questions[i].indexes;
      if (answer && !questions[i].serial)
        answer->plan = "\"Gather";
      else if (answer && !answer->used.empty() && std::ranges::find(asked, 1U) != asked.end())
        *answer = {.cost = 45, .used = {0, 1}};
    }
    return answers;
  }
};

TEST(Search, WhatPlansWithoutWorkersNeedStays) {
  WithWorkers planner(PlansOf::Plans{{{100, {}}, {50, {0}}}});
  const Judge judge = [](const engine::Answer& answer) {
    const bool slow = answer.plan.empty() && answer.used == std::vector<std::size_t>{0};
    return std::optional(PlanTime{.milliseconds = slow ? 150.0 : 100.0});
  };
  Oracle oracle(planner, {{0, 1}}, judge);
  SearchInput input = input_of(2);
  input.tables = {0, 1};
  input.seconds = 5;
  const auto found = search(oracle, input);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 50);
  EXPECT_TRUE(found->chosen[0]);
  EXPECT_TRUE(found->chosen[1]);
}

TEST(Search, WhatSparesNextToNothingIsLeftOut) {
  PlansOf planner(PlansOf::Plans{{{100, {}}, {50, {0}}, {49.99, {0, 1}}}, {{100, {}}, {50, {2}}}});
  Oracle oracle(planner, {{0, 1}, {2}});
  SearchInput input = input_of(3);
  input.weights = {1, 1};
  const auto found = search(oracle, input);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 100);
  EXPECT_LT(found->bound, 99.995);
  EXPECT_TRUE(found->chosen[0]);
  EXPECT_FALSE(found->chosen[1]);
  for (const auto& other : found->others) EXPECT_FALSE(other[1]);
}

TEST(Search, WhatOneCheapQueryNoticesStays) {
  PlansOf planner(PlansOf::Plans{{{100'000, {}}, {50'000, {0}}}, {{20, {}}, {10, {1}}}});
  Oracle oracle(planner, {{0}, {1}});
  SearchInput input = input_of(2);
  input.weights = {1, 1};
  const auto found = search(oracle, input);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 50'010);
}

TEST(Search, WhatIsAsGoodAndRatherThereIsTaken) {
  // 1 does for both queries what 0 does, 2 for one of them, 3 for both but one query is the dearer.
  PlansOf planner(PlansOf::Plans{{{100, {}}, {50, {0}}, {50, {1}}, {50, {2}}, {50.1, {3}}},
                                 {{100, {}}, {50, {0}}, {50, {1}}, {60, {2}}, {50, {3}}}});
  for (const std::size_t rather : {1, 2, 3}) {
    Oracle oracle(planner, {{0, 1, 2, 3}, {0, 1, 2, 3}});
    SearchInput input = input_of(4);
    input.weights = {1, 1};
    // The seed takes the first of those that are alike.
    input.tables = {0, 0, 0, 0};
    input.bytes = {1, 2, 2, 2};
    input.budget = 2;
    input.rather = {{rather}, {}, {}, {}};
    const auto found = search(oracle, input);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->after, 100);
    EXPECT_EQ(found->chosen[1], rather == 1) << rather;
    EXPECT_EQ(found->chosen[0], rather != 1) << rather;
  }
}

TEST(Oracle, OneAnswerHoldsForAnInterval) {
  PlansOf planner(PlansOf::Plans{{{100, {}}, {40, {1}}, {10, {0, 2}}}});
  Oracle oracle(planner, {{0, 1, 2, 3}});
  ASSERT_TRUE(oracle.ask({{0, Set("1010")}}));  // candidates 1 and 3: uses 1
  EXPECT_EQ(planner.calls(), 1);
  EXPECT_TRUE(oracle.is_known(0, Set("0010")));
  EXPECT_FALSE(oracle.is_known(0, Set("0111")));
  EXPECT_EQ(oracle.upper(0, Set("0111")), 40);
  EXPECT_EQ(oracle.lower(0, Set("1000")), 40);
  ASSERT_TRUE(oracle.ask({{0, Set("0010")}}));
  EXPECT_EQ(planner.calls(), 1) << "it was known";
}

}  // namespace
}  // namespace architrave::advisor

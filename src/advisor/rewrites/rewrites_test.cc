// Runs rules/NAME.test and advice/NAME.test. The sections of a file:
//
//   == schema              SQL that the cases below it are asked on
//   == fires: title        a query that the rule rewrites
//   == after               what it becomes (--update writes it)
//   == silent: title       a look-alike that the rule must leave alone
//   == says: title         (advice) a query that there is something to say of
//
// Every rewrite is also tried on a real server over made-up rows: both forms return the same.
#include "advisor/rewrites/rewrites.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "advisor/rewrites/rule.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/postgres/sandbox.h"

namespace architrave::advisor {
namespace {

namespace fs = std::filesystem;
const fs::path folder = fs::path(ARCHITRAVE_SOURCE_DIR) / "src/advisor/rewrites";
constexpr int data_sets = 20;

struct Case {
  std::string kind;  // "schema", "fires", "silent", "says"
  std::string title;
  int line = 0;
  std::string text;
  std::string after;
};

std::vector<Case> cases_of(const fs::path& file) {
  std::vector<Case> cases;
  const auto text = read_file(file);
  EXPECT_TRUE(text) << file;
  if (!text) return cases;
  std::string section;
  int number = 0;
  for (const std::string& line : split(*text, '\n')) {
    ++number;
    if (line.starts_with("== ")) {
      const auto colon = line.find(':');
      section = std::string(trim(line.substr(3, colon == std::string::npos ? colon : colon - 3)));
      if (section != "after")
        cases.push_back(
            {.kind = section,
             .title = colon == std::string::npos ? "" : std::string(trim(line.substr(colon + 1))),
             .line = number});
    } else if (!cases.empty() && (!line.empty() || section != "after")) {
      (section == "after" ? cases.back().after : cases.back().text) += line + '\n';
    }
  }
  for (Case& each : cases) {
    each.text = trim(each.text);
    each.after = trim(each.after);
  }
  return cases;
}

void write(const fs::path& file, const std::vector<Case>& cases) {
  std::string text;
  for (const Case& each : cases) {
    text +=
        "== " + each.kind + (each.title.empty() ? "" : ": " + each.title) + '\n' + each.text + '\n';
    if (each.kind == "fires") text += "== after\n" + each.after + '\n';
  }
  ASSERT_TRUE(write_file(file, text));
}

// A server that holds one schema.
struct Place {
  std::unique_ptr<postgres::PostgresSandbox> sandbox;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<catalog::Lookup> lookup;
};

Place load(const std::string& schema) {
  Place place;
  auto installation = postgres::choose_installation(15);
  EXPECT_TRUE(installation) << describe(installation.error());
  auto sandbox = postgres::make_empty_sandbox(*installation);
  EXPECT_TRUE(sandbox) << describe(sandbox.error());
  const Status loaded = (*sandbox)->connection().execute(schema);
  EXPECT_TRUE(loaded) << describe(loaded.error());
  auto catalog = (*sandbox)->read();
  EXPECT_TRUE(catalog) << describe(catalog.error());
  place.sandbox = std::move(*sandbox);
  place.catalog = std::make_unique<catalog::Catalog>(std::move(*catalog));
  place.lookup = std::make_unique<catalog::Lookup>(*place.catalog);
  return place;
}

std::vector<Rewrite> by_rule(const Place& place, const std::string& query, std::string_view rule) {
  std::vector<Rewrite> found = find_rewrites(*place.catalog, *place.lookup, query);
  std::erase_if(found, [&](const Rewrite& each) { return each.rule != rule; });
  return found;
}

class RewriteRules : public testing::TestWithParam<const rewrites::RewriteRule*> {};

TEST_P(RewriteRules, DoWhatTheirCasesSay) {
  const std::string name(GetParam()->name);
  const fs::path file = folder / "rules" / (name + ".test");
  std::vector<Case> cases = cases_of(file);
  EXPECT_GE(std::ranges::count(cases, "fires", &Case::kind), 2);
  EXPECT_GE(std::ranges::count(cases, "silent", &Case::kind), 3);
  const bool update = std::getenv("ARCHITRAVE_UPDATE") != nullptr;
  Place place;
  for (Case& test : cases) {
    SCOPED_TRACE(name + ".test:" + std::to_string(test.line) + ": " + test.title);
    if (test.kind == "schema") {
      place = load(test.text);
      continue;
    }
    ASSERT_NE(place.sandbox, nullptr);
    // A case that the server does not take would be silent for nothing.
    const std::string parametrized = "PREPARE one_case AS " + test.text;
    auto taken = place.sandbox->attempt({parametrized}, 5);
    ASSERT_TRUE(taken);
    EXPECT_TRUE(taken->front().ok()) << taken->front().error;
    std::vector<Rewrite> found = by_rule(place, test.text, name);
    if (test.kind == "silent") {
      for (const Rewrite& each : found)
        ADD_FAILURE() << each.after_sql << "\n" << each.precondition;
      continue;
    }
    ASSERT_EQ(test.kind, "fires");
    EXPECT_EQ(found.size(), 1u) << why_left_alone(*place.catalog, *place.lookup, test.text);
    if (found.size() != 1) continue;
    if (update) test.after = found[0].after_sql;
    EXPECT_EQ(found[0].after_sql, test.after);
    EXPECT_FALSE(found[0].precondition.empty());
    EXPECT_EQ(found[0].query.size(), 16u);
    const Status proved = prove_rewrites(found, *place.catalog, *place.lookup, *place.sandbox,
                                         nullptr, {.data_sets = data_sets});
    ASSERT_TRUE(proved) << describe(proved.error());
    const Claim& claim = found[0].proof.claims.at(0);
    EXPECT_EQ(claim.kind, ClaimKind::equivalent);
    EXPECT_TRUE(claim.holds.value_or(false)) << claim.seen << "\n" << found[0].after_sql;
    // Over no rows, everything is the same.
    EXPECT_FALSE(claim.seen.starts_with("the same 0 ")) << claim.seen;
  }
  if (update) write(file, cases);
}

TEST_P(RewriteRules, HaveAPage) {
  const std::string name(GetParam()->name);
  const auto page = read_file(fs::path(ARCHITRAVE_SOURCE_DIR) / "docs/rewrites" / (name + ".md"));
  ASSERT_TRUE(page) << name;
  EXPECT_TRUE(page->starts_with("# " + name + "\n"));
  EXPECT_NE(page->find("\n## When\n"), std::string::npos);
  EXPECT_FALSE(GetParam()->summary.ends_with('.'));
}

std::string name_of(std::string_view name) { return replace_all(std::string(name), "-", "_"); }

INSTANTIATE_TEST_SUITE_P(Advisor, RewriteRules,
                         testing::ValuesIn(rewrites::all_rewrite_rules().begin(),
                                           rewrites::all_rewrite_rules().end()),
                         [](const auto& each) { return name_of(each.param->name); });

class AdviceRules : public testing::TestWithParam<const rewrites::AdviceRule*> {};

TEST_P(AdviceRules, DoWhatTheirCasesSay) {
  const std::string name(GetParam()->name);
  const std::vector<Case> cases = cases_of(folder / "advice" / (name + ".test"));
  EXPECT_GE(std::ranges::count(cases, "says", &Case::kind), 1);
  EXPECT_GE(std::ranges::count(cases, "silent", &Case::kind), 1);
  Place place;
  for (const Case& test : cases) {
    SCOPED_TRACE(name + ".test:" + std::to_string(test.line) + ": " + test.title);
    if (test.kind == "schema") {
      place = load(test.text);
      continue;
    }
    std::vector<Advice> found = find_advice(*place.catalog, *place.lookup, test.text);
    std::erase_if(found, [&](const Advice& each) { return each.rule != name; });
    EXPECT_EQ(found.size(), test.kind == "says" ? 1u : 0u);
    for (const Advice& each : found) EXPECT_FALSE(each.message.empty() || each.suggestion.empty());
  }
  EXPECT_TRUE(read_file(fs::path(ARCHITRAVE_SOURCE_DIR) / "docs/rewrites" / (name + ".md")));
}

INSTANTIATE_TEST_SUITE_P(Advisor, AdviceRules,
                         testing::ValuesIn(rewrites::all_advice_rules().begin(),
                                           rewrites::all_advice_rules().end()),
                         [](const auto& each) { return name_of(each.param->name); });

TEST(Rewrites, TheTrapsAreManyAndTheRulesTwelve) {
  EXPECT_GE(rewrites::all_rewrite_rules().size(), 12u);
  std::ptrdiff_t traps = 0;
  for (const auto* rule : rewrites::all_rewrite_rules())
    traps += std::ranges::count(cases_of(folder / "rules" / (std::string(rule->name) + ".test")),
                                "silent", &Case::kind);
  EXPECT_GE(traps, 30);
}

// The proof has to be able to say no.
TEST(Rewrites, WhatIsNotTheSameIsRefuted) {
  Place place = load("CREATE TABLE t (a int, b int); CREATE TABLE u (a int);");
  std::vector<Rewrite> wrong = {
      {.rule = "wrong",
       .before_sql = "SELECT a FROM t WHERE a NOT IN (SELECT u.a FROM u)",
       .after_sql = "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a)"},
      {.rule = "wrong", .before_sql = "SELECT DISTINCT a FROM t", .after_sql = "SELECT a FROM t"},
      {.rule = "wrong", .before_sql = "SELECT a FROM t", .after_sql = "SELECT a::bigint FROM t"},
      {.rule = "wrong", .before_sql = "SELECT a FROM t", .after_sql = "SELECT a AS b FROM t"},
      {.rule = "wrong", .before_sql = "SELECT a FROM t", .after_sql = "SELECT c FROM t"},
      {.rule = "wrong",
       .before_sql = "SELECT a FROM t WHERE b = $1",
       .after_sql = "SELECT a FROM t WHERE b <= $1"}};
  ASSERT_TRUE(prove_rewrites(wrong, *place.catalog, *place.lookup, *place.sandbox));
  for (const Rewrite& each : wrong) {
    EXPECT_EQ(each.proof.status(), ProofStatus::refuted) << each.after_sql;
    EXPECT_FALSE(is_offered(each));
  }
  const auto rows = place.sandbox->attempt({"SELECT count(*) FROM t"}, 5);
  EXPECT_EQ(rows->front().rows[0][0], "0") << "the sandbox is left as it was";
}

// PostgreSQL 18: NOT NULL … NOT VALID says nothing of the rows that are there.
TEST(Rewrites, NotNullThatWasNeverValidatedProvesNothing) {
  Place place = load("CREATE TABLE a (id int NOT NULL); CREATE TABLE b (id int NOT NULL);");
  const std::string query = "SELECT id FROM a WHERE a.id NOT IN (SELECT b.id FROM b)";
  EXPECT_EQ(by_rule(place, query, "not-in-to-not-exists").size(), 1u);
  for (catalog::Relation& each : place.catalog->relations)
    if (each.name == "b") each.columns.at(0).not_null_validated = false;
  EXPECT_TRUE(by_rule(place, query, "not-in-to-not-exists").empty());
}

TEST(Rewrites, ValuesOfTheLogAreTried) {
  Place place = load(
      "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL); "
      "INSERT INTO t SELECT i, 'word ' || i FROM generate_series(1, 100) i;");
  auto found = by_rule(place, "SELECT DISTINCT id FROM t WHERE a = $1", "distinct-on-key");
  ASSERT_EQ(found.size(), 1u);
  ASSERT_TRUE(prove_rewrites(found, *place.catalog, *place.lookup, *place.sandbox, nullptr,
                             {.samples = {{found[0].query, {{"word 7"}, {std::nullopt}}}}}));
  EXPECT_EQ(found[0].proof.claims[0].seen, "the same 1 row in 6 tries");
}

TEST(Rewrites, OwnRowsAreUsedWhereThereAreAny) {
  Place place = load(
      "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); "
      "INSERT INTO t SELECT i, i % 7 FROM generate_series(1, 1000) i; ANALYZE;");
  auto found = by_rule(place, "SELECT DISTINCT id, a FROM t;", "distinct-on-key");
  ASSERT_EQ(found.size(), 1u);
  ASSERT_TRUE(prove_rewrites(found, *place.catalog, *place.lookup, *place.sandbox));
  EXPECT_EQ(found[0].proof.claims[0].seen, "the same 1,000 rows in 1 try");
  EXPECT_TRUE(found[0].cost_after && *found[0].cost_after < *found[0].cost_before);
  EXPECT_TRUE(found[0].seconds_before && found[0].seconds_after);
}

// What takes too long over the source's own rows is tried over made-up ones, alone.
TEST(Rewrites, RowsThatAreTooManyStandAside) {
  Place place = load(
      "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); "
      "INSERT INTO t SELECT i, i % 7 FROM generate_series(1, 3000) i;");
  auto found =
      by_rule(place, "SELECT DISTINCT x.id, y.id AS other FROM t x, t y WHERE x.a + y.a < 100",
              "distinct-on-key");
  ASSERT_EQ(found.size(), 1u);
  ASSERT_TRUE(prove_rewrites(found, *place.catalog, *place.lookup, *place.sandbox, nullptr,
                             {.seconds = 1}));
  const Claim& claim = found[0].proof.claims.at(0);
  EXPECT_NE(claim.ran.find("made-up rows"), std::string::npos) << claim.ran << claim.seen;
  EXPECT_TRUE(claim.holds.value_or(false)) << claim.seen;
  const auto rows = place.sandbox->attempt({"SELECT count(*) FROM t"}, 5);
  EXPECT_EQ(rows->front().rows[0][0], "3000");
}

TEST(Rewrites, NothingThatIsNoSingleSelectIsRewritten) {
  Place place = load("CREATE TABLE t (id int PRIMARY KEY);");
  for (const char* text : {"", "SELECT", "DELETE FROM t", "SELECT DISTINCT id FROM t; SELECT 1",
                           "SELECT DISTINCT id INTO u FROM t", "SELECT FROM WHERE",
                           "CREATE VIEW v AS SELECT DISTINCT id FROM t"})
    EXPECT_TRUE(find_rewrites(*place.catalog, *place.lookup, text).empty()) << text;
}

// TPC-H's own schema and queries: Q16's NOT IN and Q17's and Q20's correlated aggregates.
TEST(Rewrites, OfTpch) {
  const fs::path tpch = fs::path(ARCHITRAVE_SOURCE_DIR) / "../shared/workloads/tpch";
  const auto script = read_file(tpch / "load.sql");
  if (!script) GTEST_SKIP() << "no TPC-H here";
  std::string schema;
  for (const std::string& line : split(*script, '\n'))
    if (line.starts_with("CREATE TABLE")) schema += line + '\n';
  Place place = load(schema);
  std::string seen;
  for (int number = 1; number <= 22; ++number) {
    const std::string name = std::string(number < 10 ? "q0" : "q") + std::to_string(number);
    const auto query = read_file(tpch / "queries" / (name + ".sql"));
    ASSERT_TRUE(query);
    auto found = find_rewrites(*place.catalog, *place.lookup, *query);
    ASSERT_TRUE(prove_rewrites(found, *place.catalog, *place.lookup, *place.sandbox));
    for (const Rewrite& each : found) {
      seen += name + ' ' + each.rule + (is_offered(each) ? "\n" : " (not offered)\n");
      // Made-up rows are unlikely to satisfy all that Q20 asks.
      EXPECT_TRUE(each.proof.claims.at(0).holds.value_or(name == "q20"))
          << name << ": " << each.proof.claims[0].seen;
    }
  }
  EXPECT_EQ(seen,
            "q16 not-in-to-not-exists\nq17 correlated-aggregate-to-join\n"
            "q20 correlated-aggregate-to-join\n");
}

}  // namespace
}  // namespace architrave::advisor

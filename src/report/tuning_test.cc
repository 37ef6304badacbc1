#include "report/tuning.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/terminal.h"
#include "report/sample_test.h"

namespace architrave::report {
namespace {

TuningReport sample() {
  TuningReport report;
  report.tool_version = "0.1.0";
  report.source = {"twin", "postgresql", "15.20", "prod.twin"};
  report.workload = "week.workload";
  report.statements = 12;
  Tuning& tuning = report.tuning;
  tuning.before = 2'000'000;
  tuning.after = 10'000;
  tuning.bound = 9'900;
  tuning.budget = 500'000'000;
  tuning.candidates = 40;
  tuning.whatif_calls = 77;
  tuning.planner = "PostgreSQL 15.20 twin";
  Proposal proposal;
  proposal.kind = "create_index";
  proposal.title = "Index public.orders (customer_id)";
  proposal.why = "1 query uses it";
  proposal.up = {"CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id)"};
  proposal.down = {"DROP INDEX CONCURRENTLY public.orders_customer_id_idx"};
  proposal.proof.claims = {{ClaimKind::cheaper, "EXPLAIN", "cost 3 before, 1 after", true}};
  proposal.id = proposal_id(proposal);
  tuning.proposals.push_back(proposal);
  tuning.indexes.push_back({.table = "public.orders",
                            .name = "orders_customer_id_idx",
                            .ddl = proposal.up[0],
                            .bytes = 1'000'000,
                            .maintenance = 12.5,
                            .queries = {{"00000000000000aa", 100, 5}},
                            .proposal = proposal.id});
  Proposal refuted = proposal;
  refuted.title = "Refuted";
  refuted.up = {"CREATE INDEX nonsense"};
  refuted.id = proposal_id(refuted);
  refuted.proof.claims = {{ClaimKind::loads, "up", "failed", false}};
  tuning.proposals.push_back(refuted);
  tuning.drops.push_back({"public.old_idx", "public.orders", "never used", 5'000, ""});
  Rewrite rewrite;
  rewrite.query = "00000000000000aa";
  rewrite.rule = "not-in-to-not-exists";
  rewrite.after_sql = "SELECT 1";
  rewrite.precondition = "a.id is NOT NULL";
  tuning.rewrites.push_back(rewrite);
  tuning.advice.push_back({"00000000000000aa", "offset-to-keyset", "pages", "use keys"});
  tuning.settings.push_back(
      {"work_mem", "", "4MB", "64MB", "formula", "source", "spilled sorts", ""});
  NPlusOne repeated;
  repeated.text = "SELECT * FROM lines WHERE order_id = $1";
  repeated.key = "lines.order_id = $1";
  repeated.round_trips = 500;
  tuning.n_plus_one.push_back(repeated);
  TunedQuery query;
  query.fingerprint = "00000000000000aa";
  query.text = "SELECT \"<b>\" FROM orders WHERE customer_id = $1";
  query.calls = 7;
  query.before = 100;
  query.after = 5;
  query.indexes = {"orders_customer_id_idx"};
  query.plan_before = R"([{"Plan": {"Node Type": "Seq Scan", "Relation Name": "orders",
      "Startup Cost": 0.0, "Total Cost": 100.0, "Plan Rows": 3, "Plan Width": 4}}])";
  query.plan_after = query.plan_before;
  tuning.queries.push_back(query);
  TunedQuery failing;
  failing.fingerprint = "00000000000000bb";
  failing.why_not = "it can't be planned: relation \"x\" does not exist";
  tuning.queries.push_back(failing);
  tuning.missing = {"x"};
  report.notes = {"a note"};
  return report;
}

TEST(Tuning, JsonHoldsToItsSchema) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  EXPECT_EQ(complaints("docs/optimize.schema.json", to_json(sample())), "");
  auto broken = nlohmann::json::parse(to_json(sample()));
  broken["cost"].erase("gap");
  EXPECT_NE(complaints("docs/optimize.schema.json", broken.dump()).find("gap"), std::string::npos);
}

TEST(Tuning, GapIsOfTheCostAfterwards) {
  const auto json = nlohmann::json::parse(to_json(sample()));
  EXPECT_DOUBLE_EQ(json["cost"]["gap"].get<double>(), 0.01);
  EXPECT_TRUE(json["queries"][1]["before"].is_null());
}

TEST(Tuning, WhatWasRefutedIsNotOffered) {
  for (const std::string& text :
       {to_text(sample()), to_json(sample()), to_markdown(sample()), to_html(sample())}) {
    EXPECT_NE(text.find("orders_customer_id_idx"), std::string::npos);
    EXPECT_EQ(text.find("nonsense"), std::string::npos);
    EXPECT_NE(text.find("not-in-to-not-exists"), std::string::npos);
    EXPECT_NE(text.find("offset-to-keyset"), std::string::npos);
    EXPECT_NE(text.find("work_mem"), std::string::npos);
    EXPECT_NE(text.find("lines.order_id"), std::string::npos);
    EXPECT_NE(text.find("a note"), std::string::npos);
  }
}

TEST(Tuning, ThePageLoadsNothingAndEscapesNames) {
  const std::string page = to_html(sample());
  EXPECT_EQ(page.find("<b>\""), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("src="), std::string::npos);
  EXPECT_NE(page.find("<svg"), std::string::npos) << "the plans are drawn";
  EXPECT_EQ(page, to_html(sample()));
}

}  // namespace
}  // namespace architrave::report

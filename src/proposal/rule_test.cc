#include "proposal/rule.h"

#include <gtest/gtest.h>

namespace architrave {
namespace {

TEST(Verdict, MessagesNameTheirObject) {
  Verdict verdict("a-rule", Severity::warning, Area::keys);
  EXPECT_EQ(verdict.find({"table", "app.\"My Orders\""}, "My Orders has no key").message,
            "My Orders has no key");
  EXPECT_EQ(verdict.find({"table", "app.orders"}, "created_at has no time zone").message,
            "app.orders: created_at has no time zone");
  EXPECT_EQ(verdict.find({"function", "app.f(integer)"}, "f runs as its owner").message,
            "f runs as its owner");
}

TEST(Verdict, GivesFixesTheirIds) {
  Verdict verdict("a-rule", Severity::warning, Area::keys);
  Proposal fix;
  fix.kind = "create_index";
  fix.up = {"CREATE INDEX i ON t (a)"};
  const std::string first = verdict.find({"table", "t"}, "t", {}, fix).proposal;
  EXPECT_EQ(first, verdict.find({"table", "t"}, "t", {}, fix).proposal);
  fix.up = {"CREATE INDEX i ON t (b)"};
  EXPECT_NE(first, verdict.find({"table", "t"}, "t", {}, fix).proposal);
}

TEST(Verdict, SaysTheSameReasonOnce) {
  Verdict verdict("a-rule", Severity::warning, Area::keys);
  verdict.skip("no counters");
  verdict.skip("no counters");
  EXPECT_EQ(verdict.skipped.size(), 1U);
}

TEST(Finding, FingerprintIsOfRuleAndObject) {
  Finding one{.rule = "r", .object = {"table", "t"}, .message = "a"};
  Finding two{.rule = "r", .object = {"table", "t"}, .message = "b"};
  EXPECT_EQ(one.fingerprint(), two.fingerprint());
  two.object.name = "u";
  EXPECT_NE(one.fingerprint(), two.fingerprint());
}

TEST(Proof, HoldsOnlyIfSomethingWasTried) {
  Proof proof;
  EXPECT_EQ(proof.status(), ProofStatus::untried);
  proof.claims.push_back({ClaimKind::cheaper, {}, "not tried", std::nullopt});
  EXPECT_EQ(proof.status(), ProofStatus::untried);
  proof.claims.push_back({ClaimKind::loads, {}, {}, true});
  EXPECT_EQ(proof.status(), ProofStatus::proved);
  proof.claims.push_back({ClaimKind::reverses, {}, {}, false});
  EXPECT_EQ(proof.status(), ProofStatus::refuted);
}

}  // namespace
}  // namespace architrave

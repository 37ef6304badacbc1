#include "prover/prover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

namespace architrave::prover {
namespace {

using catalog::Catalog;

// A server whose tables are a set of names: "+t" makes one, "-t" removes one, "!" fails, and "~t"
// makes one that no "-" removes. Tables named bad… are what the judge finds fault with.
class FakeSandbox : public engine::Sandbox {
 public:
  explicit FakeSandbox(int& made) { ++made; }
  std::string description() const override { return "fake sandbox"; }
  bool has_statistics() const override { return statistics_; }
  Status take_statistics() override {
    statistics_ = true;
    return {};
  }
  Result<Catalog> read() override {
    Catalog seen;
    for (const std::string& name : tables_) {
      catalog::Relation relation;
      relation.schema = "public";
      relation.name = name;
      seen.relations.push_back(relation);
    }
    sort(seen);
    seen.settings["work_mem"].raw = setting_;
    return seen;
  }
  Result<std::vector<engine::Outcome>> run(const std::vector<engine::Unit>& units) override {
    std::vector<engine::Outcome> outcomes;
    for (const engine::Unit& unit : units) {
      engine::Outcome outcome;
      for (const std::string& statement : unit.statements) {
        const std::string name = statement.substr(1);
        if (statement.starts_with("ALTER SYSTEM SET")) setting_ = statement;
        if (statement[0] == '!') outcome = {false, "no such thing", statement};
        if (statement[0] == '+' || statement[0] == '~') tables_.push_back(name);
        if (statement[0] == '~') stuck_.push_back(name);
        if (statement[0] == '-' && std::ranges::find(stuck_, name) == stuck_.end())
          std::erase(tables_, name);
      }
      outcomes.push_back(outcome);
    }
    return outcomes;
  }
  Result<std::vector<std::optional<double>>> costs(
      const std::vector<std::string>& queries) override {
    return std::vector<std::optional<double>>(queries.size(), 100.0);
  }
  Result<std::vector<std::optional<double>>> costs_with(const std::vector<std::string>& queries,
                                                        const std::vector<std::string>&) override {
    return std::vector<std::optional<double>>(queries.size(), queries[0] == "slow" ? 100.0 : 10.0);
  }
  std::vector<std::pair<std::string, std::string>> environment() const override { return {}; }

 private:
  std::vector<std::string> tables_ = {"bad1", "bad2", "bad3", "bad4"};
  std::vector<std::string> stuck_;
  std::string setting_ = "the default";
  bool statistics_ = false;
};

Review judge(const Catalog& catalog) {
  Review review;
  for (const catalog::Relation& relation : catalog.relations)
    if (relation.name.starts_with("bad"))
      review.findings.push_back(
          {.rule = "bad", .object = {"table", "public." + relation.name}, .message = {}});
  return review;
}

Proposal proposal(const std::string& id, std::vector<std::string> up,
                  std::vector<std::string> down) {
  Proposal made;
  made.id = id;
  made.up = std::move(up);
  made.down = std::move(down);
  return made;
}

// Proves a review in which finding i is mended by proposal i.
std::map<std::string, Proof> proofs(std::vector<Proposal> proposals, int& sandboxes) {
  Review review = judge(*FakeSandbox(sandboxes).read());
  for (std::size_t i = 0; i < proposals.size(); ++i) review.findings[i].proposal = proposals[i].id;
  review.proposals = std::move(proposals);
  sandboxes = 0;
  std::unique_ptr<engine::Sandbox> sandbox = std::make_unique<FakeSandbox>(sandboxes);
  const Fresh fresh = [&]() -> Result<std::unique_ptr<engine::Sandbox>> {
    return std::make_unique<FakeSandbox>(sandboxes);
  };
  const Status status = prove(review, Catalog(), sandbox, judge, fresh);
  EXPECT_TRUE(status);
  std::map<std::string, Proof> result;
  for (const Proposal& each : review.proposals) result[each.id] = each.proof;
  return result;
}

std::optional<bool> holds(const Proof& proof, ClaimKind kind) {
  const auto found = std::ranges::find(proof.claims, kind, &Claim::kind);
  return found == proof.claims.end() ? std::nullopt : found->holds;
}

TEST(Prover, ProvesWhatHoldsInOneBatch) {
  int sandboxes = 0;
  const auto all =
      proofs({proposal("a", {"-bad1"}, {"+bad1"}), proposal("b", {"-bad2"}, {"+bad2"})}, sandboxes);
  EXPECT_EQ(all.at("a").status(), ProofStatus::proved);
  EXPECT_EQ(all.at("b").status(), ProofStatus::proved);
  EXPECT_EQ(sandboxes, 1);
}

TEST(Prover, ASettingGoesBackToWhatItWasOnItsServer) {
  int sandboxes = 0;
  Proposal setting = proposal("set", {"ALTER SYSTEM SET work_mem = '64MB'"},
                              {"ALTER SYSTEM SET work_mem = '8MB'"});
  setting.kind = "setting";
  EXPECT_EQ(holds(proofs({setting}, sandboxes).at("set"), ClaimKind::reverses), true);
}

TEST(Prover, RefutesOnlyTheCulprits) {
  int sandboxes = 0;
  const auto all =
      proofs({proposal("fails", {"!bad1"}, {}), proposal("clears nothing", {"+x"}, {"-x"}),
              proposal("leaves something", {"-bad3", "~y"}, {"+bad3", "-y"}),
              proposal("good", {"-bad4"}, {"+bad4"})},
             sandboxes);
  EXPECT_EQ(holds(all.at("fails"), ClaimKind::loads), false);
  EXPECT_EQ(holds(all.at("fails"), ClaimKind::clears), std::nullopt);
  EXPECT_EQ(holds(all.at("clears nothing"), ClaimKind::clears), false);
  EXPECT_EQ(holds(all.at("clears nothing"), ClaimKind::reverses), true);
  EXPECT_EQ(holds(all.at("leaves something"), ClaimKind::reverses), false);
  EXPECT_EQ(all.at("good").status(), ProofStatus::proved);
  EXPECT_GT(sandboxes, 1);
}

TEST(Prover, RefutesWhatBringsANewFinding) {
  int sandboxes = 0;
  const auto all = proofs(
      {proposal("a", {"-bad1", "+bad9"}, {"-bad9", "+bad1"}), proposal("b", {"-bad2"}, {"+bad2"})},
      sandboxes);
  EXPECT_EQ(holds(all.at("a"), ClaimKind::clears), false);
  EXPECT_EQ(holds(all.at("a"), ClaimKind::reverses), true);
  EXPECT_EQ(all.at("b").status(), ProofStatus::proved);
}

TEST(Prover, ComparesCosts) {
  int sandboxes = 0;
  Proposal cheaper = proposal("cheaper", {"-bad1"}, {"+bad1"});
  cheaper.probes = {{"fast"}};
  Proposal useless = proposal("useless", {"-bad2"}, {"+bad2"});
  useless.probes = {{"slow"}};
  const auto all = proofs({cheaper, useless}, sandboxes);
  EXPECT_EQ(holds(all.at("cheaper"), ClaimKind::cheaper), true);
  EXPECT_EQ(all.at("useless").status(), ProofStatus::refuted);
}

}  // namespace
}  // namespace architrave::prover

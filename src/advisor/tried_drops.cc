#include "advisor/tried_drops.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "advisor/drops.h"
#include "advisor/index_proposals.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

struct Trial {
  bool tried = false;
  double with = 0;  // cost of the workload, upkeep included
  double without = 0;
  bool is_harmless() const { return tried && without <= with * (1 + noticeable); }
};

// The workload with the new indexes, with all that exist and without those.
Result<Trial> try_without(const Outcome& outcome, engine::Planner& planner,
                          const std::vector<Superfluous>& leaving) {
  std::vector<std::string> names;
  Trial trial;
  for (const Superfluous& each : leaving) {
    names.push_back(catalog::qualified(each.table->schema, each.index->name));
    trial.with += maintenance_of({.table = each.table, .index = *each.index, .queries = {}},
                                 outcome.problem.facts, outcome.weighted);
  }
  std::vector<engine::Question> questions;
  for (std::size_t q = 0; q < outcome.queries.size(); ++q)
    if (outcome.problem.complaints[q].empty()) {
      questions.push_back(outcome.under_the_set(q));
      questions.back().without.clear();
    }
  const auto kept = planner.ask(questions);
  if (!kept) return std::unexpected(kept.error());
  const auto left = planner.ask_without(names, questions);
  if (!left) return std::unexpected(left.error());
  for (std::size_t at = 0; at < questions.size(); ++at) {
    if (!(*kept)[at] || !(*left)[at]) continue;
    const double calls = outcome.weighted[questions[at].query].calls;
    trial.tried = true;
    trial.with += calls * (*kept)[at]->cost;
    trial.without += calls * (*left)[at]->cost;
  }
  return trial;
}

// Of the indexes that exist those whose upkeep is more than what they spare.
std::vector<Superfluous> given_up(const Outcome& outcome, const Oracle& oracle) {
  const IndexProblem& problem = outcome.problem;
  std::vector<Superfluous> found;
  for (std::size_t i = problem.hypothetical; i < problem.candidates.size(); ++i) {
    if (outcome.result.chosen[i]) continue;
    const Candidate& each = problem.candidates[i];
    const auto index =
        std::ranges::find(each.table->indexes, each.index.name, &catalog::Index::name);
    double spared = 0;
    for (std::size_t q = 0; q < outcome.queries.size(); ++q) {
      Set with = oracle.of(q, outcome.result.chosen);
      for (std::size_t at = 0; at < oracle.relevant(q).size(); ++at)
        if (oracle.relevant(q)[at] == i) with.set(at);
      if (const double after = outcome.after(oracle, q); std::isfinite(after))
        spared += outcome.weighted[q].calls * (after - oracle.lower(q, with));
    }
    found.push_back(
        {each.table, &*index,
         "its upkeep costs the workload's writes " + human_count(std::llround(each.maintenance)) +
             " in the planner's units, and it spares the queries " +
             (spared > 0.5 ? "at most " + human_count(std::llround(spared)) : "nothing")});
  }
  return found;
}

// What no plan of the workload needs, by the catalog.
std::vector<Superfluous> unneeded(const Outcome& outcome, const Oracle& oracle) {
  std::set<std::string> used;
  for (std::size_t q = 0; q < outcome.queries.size(); ++q)
    for (const Set& set : {oracle.present(q), oracle.of(q, outcome.result.chosen)})
      if (const auto* entry = oracle.best(q, set))
        used.insert(entry->existing.begin(), entry->existing.end());
  std::vector<std::pair<const catalog::Relation*, const catalog::Index*>> added;
  for (const std::size_t i : outcome.chosen())
    added.emplace_back(outcome.problem.candidates[i].table, &outcome.problem.candidates[i].index);
  return superfluous_indexes(outcome.catalog, used, added);
}

Claim claim_of(const Trial& trial, std::size_t drops, const std::string& planner) {
  Claim claim{ClaimKind::cheaper,
              "EXPLAIN of the workload on " + planner + " without " +
                  plural(static_cast<std::int64_t>(drops), "index", "indexes") +
                  " that would go, and what their upkeep costs its writes",
              {},
              std::nullopt};
  if (trial.tried) {
    claim.seen = "cost " + human_count(std::llround(trial.with)) + " with, " +
                 human_count(std::llround(trial.without)) + " without";
    claim.holds = true;
  } else {
    claim.seen = "not tried: only a sandbox may be asked to leave an index out";
  }
  return claim;
}

}  // namespace

Result<TriedDrops> try_drops(const Outcome& outcome, const Oracle& oracle,
                             engine::Planner& planner) {
  TriedDrops tried;
  std::vector<Superfluous> found = given_up(outcome, oracle);
  const std::size_t certain = found.size();
  for (Superfluous& each : unneeded(outcome, oracle))
    if (std::ranges::find(found, each.index, &Superfluous::index) == found.end())
      found.push_back(std::move(each));
  if (found.empty()) return tried;
  auto trial = try_without(outcome, planner, found);
  if (!trial) return std::unexpected(trial.error());
  if (trial->tried && !trial->is_harmless()) {
    tried.notes.push_back(
        plural(std::ssize(found) - static_cast<std::int64_t>(certain), "index", "indexes") +
        " looked superfluous, but the workload costs more without: kept");
    found.resize(certain);
    if (found.empty()) return tried;
    trial = try_without(outcome, planner, found);
    if (!trial) return std::unexpected(trial.error());
    if (!trial->is_harmless()) return tried;
  }
  for (const Superfluous& each : found) {
    std::string why = each.why;
    why.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(why.front())));
    Proposal proposal = drop_index_proposal(*each.table, *each.index, why);
    proposal.proof.claims.push_back(claim_of(*trial, found.size(), planner.description()));
    tried.drops.push_back({.index = catalog::qualified(each.table->schema, each.index->name),
                           .table = catalog::qualified(each.table->schema, each.table->name),
                           .why = each.why,
                           .bytes = each.index->stats ? each.index->stats->bytes : 0,
                           .proposal = proposal.id});
    tried.proposals.push_back(std::move(proposal));
  }
  return tried;
}

}  // namespace architrave::advisor

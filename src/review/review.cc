#include "review/review.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "catalog/lookup.h"
#include "review/rules.h"

namespace architrave::review {

namespace {

bool is_wanted(const Rule& rule, const Settings& settings) {
  const auto lists = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, rule.name) != names.end();
  };
  return (settings.only.empty() || lists(settings.only)) && !lists(settings.without);
}

bool is_for(const Rule& rule, const std::string& engine) {
  switch (rule.engines) {
    case Engines::all:
      return true;
    case Engines::postgresql:
      return engine == "postgresql";
    case Engines::sqlite:
      return engine == "sqlite";
  }
  return false;
}

// In the order of the findings that they mend, each once.
std::vector<Proposal> in_order(std::vector<Proposal> proposals,
                               const std::vector<Finding>& findings) {
  std::map<std::string, Proposal*> by_id;
  for (Proposal& proposal : proposals) by_id.emplace(proposal.id, &proposal);
  std::vector<Proposal> ordered;
  for (const Finding& finding : findings) {
    const auto found = by_id.find(finding.proposal);
    if (found == by_id.end()) continue;
    ordered.push_back(std::move(*found->second));
    by_id.erase(found);
  }
  return ordered;
}

}  // namespace

Review review(const catalog::Catalog& catalog, const Settings& settings) {
  const catalog::Lookup lookup(catalog);
  const Look look{.catalog = catalog, .lookup = lookup};
  Review review;
  std::vector<Proposal> proposals;
  for (const Rule* rule : all_rules()) {
    if (!is_wanted(*rule, settings) || !is_for(*rule, catalog.server.engine)) continue;
    if (rule->needs_workload && !catalog.server.has_workload) {
      review.skipped.push_back({std::string(rule->name), "the source has no usage counters"});
      continue;
    }
    Verdict verdict(rule->name, rule->severity, rule->area);
    rule->check(look, verdict);
    std::ranges::move(verdict.findings, std::back_inserter(review.findings));
    std::ranges::move(verdict.proposals, std::back_inserter(proposals));
    std::ranges::move(verdict.skipped, std::back_inserter(review.skipped));
  }
  std::ranges::sort(review.findings, [](const Finding& a, const Finding& b) {
    return std::tie(b.severity, a.rule, a.object, a.message) <
           std::tie(a.severity, b.rule, b.object, b.message);
  });
  std::ranges::sort(review.skipped, [](const Skipped& a, const Skipped& b) {
    return std::tie(a.rule, a.why) < std::tie(b.rule, b.why);
  });
  review.proposals = in_order(std::move(proposals), review.findings);
  return review;
}

}  // namespace architrave::review

#include "assessment/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.h"

namespace architrave::assessment {

namespace {

struct AreaName {
  Area area;
  const char* title;
  double weight;  // in the score of the whole
};

constexpr std::array<AreaName, 11> areas = {{
    {Area::keys, "Keys and constraints", 2},
    {Area::indexes, "Indexes", 2},
    {Area::types, "Data types", 1},
    {Area::naming, "Naming and documentation", 0.5},
    {Area::model, "Model", 1},
    {Area::security, "Security", 2},
    {Area::performance, "Performance", 1},
    {Area::maintenance, "Maintenance", 1},
    {Area::settings, "Settings", 1},
    {Area::scaling, "Scaling", 1},
    {Area::backup, "Backup", 2},
}};

double weight_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return 10;
    case Severity::warning:
      return 3;
    case Severity::info:
      return 0.3;
  }
  return 0;
}

bool applies(const Rule& rule, const catalog::Catalog& catalog) {
  if (rule.engines == Engines::all) return true;
  return (rule.engines == Engines::postgresql) == (catalog.server.engine == "postgresql");
}

const Rule* find_rule(std::span<const Rule* const> rules, std::string_view name) {
  const auto found = std::ranges::find(rules, name, &Rule::name);
  return found == rules.end() ? nullptr : *found;
}

// What is done to how many: "Create 10 indexes", or "Mend 10 places" for kinds that have no word.
struct KindWords {
  std::string_view kind;
  const char* one;
  const char* many;
};
constexpr std::array<KindWords, 7> kind_words = {{
    {"create_index", "Create {} index", "Create {} indexes"},
    {"drop_index", "Drop {} index", "Drop {} indexes"},
    {"add_constraint", "Add {} constraint", "Add {} constraints"},
    {"alter_type", "Change the types in {} table", "Change the types in {} tables"},
    {"comment", "Write {} comment", "Write {} comments"},
    {"setting", "Change {} setting", "Change {} settings"},
    {"validate_constraint", "Validate {} constraint", "Validate {} constraints"},
}};

std::string title_of_many(const Proposal* first, std::size_t proposals, std::size_t findings,
                          std::string summary) {
  if (!summary.empty() && (summary.size() < 2 || summary[1] < 'A' || summary[1] > 'Z'))
    summary[0] = lower(summary.substr(0, 1))[0];
  while (summary.ends_with('.')) summary.pop_back();
  std::string what = fmt::format("{} {} places", first != nullptr ? "Mend" : "Look at", findings);
  if (first != nullptr)
    for (const KindWords& words : kind_words)
      if (words.kind == first->kind)
        what = fmt::format(fmt::runtime(proposals == 1 ? words.one : words.many), proposals);
  return what + ": " + summary;
}

std::string heaviest(const Review& review, Area area, std::span<const Rule* const> rules) {
  std::map<std::string, double> weights;
  std::map<std::string, int> counts;
  for (const Finding& finding : review.findings) {
    if (finding.area != area) continue;
    weights[finding.rule] += weight_of(finding.severity);
    ++counts[finding.rule];
  }
  if (weights.empty()) return "nothing found";
  const auto most =
      std::ranges::max_element(weights, {}, [](const auto& each) { return each.second; });
  const Rule* rule = find_rule(rules, most->first);
  return fmt::format("{} × {}", counts[most->first],
                     rule != nullptr ? std::string(rule->summary) : most->first);
}

}  // namespace

std::vector<report::AreaScore> score_areas(const Review& review, const catalog::Catalog& catalog,
                                           std::span<const Rule* const> rules) {
  const double tables = static_cast<double>(catalog::count(catalog).tables);
  std::vector<report::AreaScore> scores;
  for (const AreaName& each : areas) {
    report::AreaScore score;
    score.area = each.title;
    double weight = 0;
    for (const Finding& finding : review.findings) {
      if (finding.area != each.area) continue;
      weight += weight_of(finding.severity);
      ++(finding.severity == Severity::error     ? score.errors
         : finding.severity == Severity::warning ? score.warnings
                                                 : score.infos);
    }
    // A rule that could not be judged in part may still have found something.
    const bool found = score.errors + score.warnings + score.infos > 0;
    const bool ran = found || std::ranges::any_of(rules, [&](const Rule* rule) {
                       return rule->area == each.area && applies(*rule, catalog) &&
                              std::ranges::find(review.skipped, rule->name, &Skipped::rule) ==
                                  review.skipped.end();
                     });
    if (!ran) {
      score.judged = false;
      score.score = 0;
      score.why = "it takes a live server to look at";
    } else {
      score.score =
          static_cast<int>(std::lround(100 * std::exp(-weight / (4 * (10 + tables / 2)))));
      if (score.errors > 0) score.score = std::min(score.score, 79);
      score.why = heaviest(review, each.area, rules);
    }
    scores.push_back(std::move(score));
  }
  return scores;
}

int score_whole(const std::vector<report::AreaScore>& scores) {
  double sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < scores.size() && i < areas.size(); ++i) {
    if (!scores[i].judged) continue;
    sum += areas[i].weight * scores[i].score;
    weights += areas[i].weight;
  }
  return weights > 0 ? static_cast<int>(std::lround(sum / weights)) : 100;
}

std::vector<report::Action> plan_actions(const Review& review, std::span<const Rule* const> rules) {
  std::map<std::string, const Proposal*> proposals;
  for (const Proposal& proposal : review.proposals) proposals[proposal.id] = &proposal;

  std::map<std::string, std::vector<const Finding*>> by_rule;
  for (const Finding& finding : review.findings) by_rule[finding.rule].push_back(&finding);

  std::vector<report::Action> actions;
  for (const auto& [name, findings] : by_rule) {
    report::Action action;
    action.rule = name;
    action.findings = static_cast<int>(findings.size());
    action.severity = std::ranges::max(findings, {}, &Finding::severity)->severity;
    const Proposal* first = nullptr;
    for (const Finding* finding : findings) {
      const auto found = proposals.find(finding->proposal);
      if (found == proposals.end() || found->second->proof.status() == ProofStatus::refuted)
        continue;
      if (first == nullptr) first = found->second;
      if (std::ranges::find(action.proposals, finding->proposal) == action.proposals.end())
        action.proposals.push_back(finding->proposal);
      action.risk = std::max(action.risk, found->second->risk);
      action.effort = std::max(action.effort, found->second->effort);
    }
    const Rule* rule = find_rule(rules, name);
    if (findings.size() == 1) {
      action.title = first != nullptr ? first->title : findings.front()->message;
      action.why = first != nullptr ? findings.front()->message : "";
    } else {
      action.title = title_of_many(first, action.proposals.size(), findings.size(),
                                   rule != nullptr ? std::string(rule->summary) : name);
      action.why = first != nullptr ? first->why : findings.front()->message;
    }
    // Without a fix at hand somebody has to think first.
    if (first == nullptr) {
      action.risk = 2;
      action.effort = 3;
    }
    actions.push_back(std::move(action));
  }

  const auto importance = [](const report::Action& action) {
    return weight_of(action.severity) * (1 + std::log2(action.findings));
  };
  std::ranges::stable_sort(actions, [&](const report::Action& a, const report::Action& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    return importance(a) / a.effort > importance(b) / b.effort;
  });
  std::ranges::stable_sort(
      actions.begin(), actions.begin() + std::min<std::ptrdiff_t>(5, std::ssize(actions)), {},
      [](const report::Action& action) { return action.risk + action.effort; });
  return actions;
}

std::string verdict(const report::Report& report) {
  int errors = 0;
  int warnings = 0;
  for (const Finding& finding : report.review.findings) {
    errors += finding.severity == Severity::error ? 1 : 0;
    warnings += finding.severity == Severity::warning ? 1 : 0;
  }
  int proved = 0;
  int tried = 0;
  for (const Proposal& proposal : report.review.proposals) {
    const ProofStatus status = proposal.proof.status();
    tried += status != ProofStatus::untried ? 1 : 0;
    proved += status == ProofStatus::proved ? 1 : 0;
  }
  std::string text;
  if (errors > 0) {
    text = fmt::format("{} and {} to mend", plural(errors, "error"), plural(warnings, "warning"));
  } else if (warnings > 0) {
    text = fmt::format("No errors, {} to look at", plural(warnings, "warning"));
  } else {
    text = "Nothing that bites: no errors and no warnings";
  }
  const auto worst = std::ranges::min_element(
      report.scores, {},
      [](const report::AreaScore& score) { return score.judged ? score.score : 101; });
  if (worst != report.scores.end() && worst->judged && errors + warnings > 0)
    text += fmt::format("; {} is the weakest part ({} of 100)", lower(worst->area), worst->score);
  text += '.';
  if (tried > 0) {
    text +=
        proved == tried
            ? fmt::format(" {} tried on a real server, undone, and {}.",
                          tried == 1 ? "The fix was" : fmt::format("All {} fixes were", tried),
                          tried == 1 ? "it held" : "every one held")
            : fmt::format(" {} of {} fixes held when they were tried on a real server and undone.",
                          proved, tried);
  }
  return text;
}

}  // namespace architrave::assessment

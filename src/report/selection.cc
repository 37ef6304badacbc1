#include "report/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace architrave::report {

Selection::Selection(const Report& report) {
  for (const Proposal& each : report.review.proposals) {
    const ProofStatus status = each.proof.status();
    proved += status == ProofStatus::proved;
    refuted += status == ProofStatus::refuted;
    if (status == ProofStatus::refuted && !report.show_refuted) continue;
    proposals_.push_back(&each);
    by_id_.emplace(each.id, &each);
  }
  for (const Finding& each : report.review.findings) {
    errors += each.severity == Severity::error;
    warnings += each.severity == Severity::warning;
    infos += each.severity == Severity::info;
    const Proposal* fix = proposal(each.proposal);
    findings_with_proved_fix += fix != nullptr && fix->proof.status() == ProofStatus::proved;
  }
}

const Proposal* Selection::proposal(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<const Proposal*> Selection::proposals_of(const Action& action) const {
  std::vector<const Proposal*> list;
  for (const std::string& id : action.proposals)
    if (const Proposal* each = proposal(id)) list.push_back(each);
  return list;
}

std::string_view words(ProofStatus status) {
  return status == ProofStatus::untried ? "not tried" : to_string(status);
}

std::string_view blocks(const Impact& impact) {
  return impact.blocks.empty() ? blocked_by(impact.lock) : std::string_view(impact.blocks);
}

std::string_view level(int value) {
  static constexpr std::array<std::string_view, 3> names = {"low", "medium", "high"};
  return names.at(static_cast<std::size_t>(std::clamp(value, 1, 3) - 1));
}

std::string_view engine_name(std::string_view engine) {
  if (engine == "postgresql") return "PostgreSQL";
  if (engine == "sqlite") return "SQLite";
  return engine;
}

std::string summary_line(const Report& report, const Selection& selection) {
  const auto total = std::ssize(report.review.findings);
  if (total == 0) return report.has_baseline ? "no new findings" : "no findings";
  std::vector<std::string> parts;
  if (selection.errors > 0) parts.push_back(plural(selection.errors, "error"));
  if (selection.warnings > 0) parts.push_back(plural(selection.warnings, "warning"));
  if (selection.infos > 0) parts.push_back(plural(selection.infos, "info"));
  std::string line = report.has_baseline ? plural(total, "new finding") : plural(total, "finding");
  line += fmt::format(" ({})", join(parts, ", "));
  if (selection.findings_with_proved_fix > 0)
    line += fmt::format(", {} with a proven fix", human_count(selection.findings_with_proved_fix));
  return line;
}

std::string script(const std::vector<std::string>& statements) {
  std::string out;
  for (const std::string& each : statements) {
    if (!out.empty()) out += '\n';
    out += each + ';';
  }
  return out;
}

std::string capitalized(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string to_text(const Fact& fact) {
  struct Print {
    std::string operator()(bool value) const { return value ? "yes" : "no"; }
    std::string operator()(std::int64_t value) const { return human_count(value); }
    std::string operator()(double value) const { return fmt::format("{:.6g}", value); }
    std::string operator()(const std::string& value) const { return value; }
  };
  return std::visit(Print{}, fact.value);
}

}  // namespace architrave::report

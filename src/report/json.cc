#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "report/report.h"
#include "report/selection.h"
#include "report/value.h"

namespace architrave::report {

namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

template <class Range, class Write>
Json list(const Range& range, Write write) {
  Json out = Json::array();
  for (const auto& each : range) out.push_back(write(each));
  return out;
}

Json write_finding(const Finding& finding, const Proposal* fix) {
  Json evidence = Json::object();
  for (const Fact& fact : finding.evidence)
    evidence[fact.name] = std::visit([](const auto& value) { return Json(value); }, fact.value);
  Json out = {{"rule", finding.rule},
              {"severity", to_string(finding.severity)},
              {"area", to_string(finding.area)},
              {"object", finding.object.name},
              {"object_kind", finding.object.kind},
              {"message", finding.message},
              {"evidence", std::move(evidence)},
              {"proposal", fix != nullptr ? Json(fix->id) : Json(nullptr)},
              {"fingerprint", finding.fingerprint()}};
  if (!finding.file.empty()) {
    out["file"] = finding.file;
    if (finding.line > 0) out["line"] = finding.line;
  }
  return out;
}

Json write_claim(const Claim& claim) {
  return {{"claim", to_string(claim.kind)},
          {"ran", claim.ran},
          {"seen", claim.seen},
          {"holds", or_null(claim.holds)}};
}

Json write_score(const AreaScore& score) {
  return {{"area", lower(score.area)},
          {"score", score.judged ? Json(score.score) : Json(nullptr)},
          {"judged", score.judged},
          {"errors", score.errors},
          {"warnings", score.warnings},
          {"infos", score.infos},
          {"why", score.why}};
}

Json write_action(const Action& action, const Selection& selection) {
  return {{"title", action.title},
          {"why", action.why},
          {"rule", action.rule},
          {"severity", to_string(action.severity)},
          {"findings", action.findings},
          {"proposals",
           list(selection.proposals_of(action), [](const Proposal* each) { return each->id; })},
          {"risk", action.risk},
          {"effort", action.effort}};
}

Json write_summary(const Report& report, const Selection& selection) {
  return {{"verdict", report.verdict},
          {"score", report.score},
          {"errors", selection.errors},
          {"warnings", selection.warnings},
          {"infos", selection.infos},
          {"proposals", selection.proposals().size()},
          {"proved", selection.proved},
          {"refuted", selection.refuted},
          {"areas", list(report.scores, write_score)},
          {"actions", list(report.actions,
                           [&](const Action& each) { return write_action(each, selection); })}};
}

// One finding back from JSON; false if it lacks what names it.
bool read_finding(const Json& from, Finding& finding) {
  const auto text = [&](const char* name) {
    const auto found = from.find(name);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  finding.rule = text("rule");
  finding.object = {text("object_kind"), text("object")};
  finding.message = text("message");
  finding.file = text("file");
  const auto line = from.find("line");
  if (line != from.end() && line->is_number_integer()) finding.line = line->get<int>();
  const std::string severity = text("severity");
  for (const Severity each : {Severity::info, Severity::warning, Severity::error})
    if (to_string(each) == severity) finding.severity = each;
  const std::string area = text("area");
  for (int each = 0; each <= static_cast<int>(Area::backup); ++each)
    if (to_string(static_cast<Area>(each)) == area) finding.area = static_cast<Area>(each);
  return !finding.rule.empty() && !finding.object.kind.empty();
}

}  // namespace

Json to_value(const Proof& proof) {
  return {{"status", to_string(proof.status())}, {"claims", list(proof.claims, write_claim)}};
}

Json to_value(const Proposal& proposal) {
  const Impact& impact = proposal.impact;
  return {{"id", proposal.id},
          {"kind", proposal.kind},
          {"title", proposal.title},
          {"why", proposal.why},
          {"up", proposal.up},
          {"down", proposal.down},
          {"transactional", proposal.transactional},
          {"impact",
           {{"lock", to_string(impact.lock)},
            {"rewrites", impact.rewrites},
            {"blocks", blocks(impact)},
            {"seconds_estimate", or_null(impact.seconds_estimate)},
            {"bytes", or_null(impact.bytes)}}},
          {"effort", proposal.effort},
          {"risk", proposal.risk},
          {"proof", to_value(proposal.proof)}};
}

std::string print(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json to_value(const Report& report) {
  const Selection selection(report);
  const auto finding = [&](const Finding& each) {
    return write_finding(each, selection.proposal(each.proposal));
  };
  Json out = {{"tool", {{"name", "architrave"}, {"version", report.tool_version}}},
              {"source",
               {{"kind", report.source.kind},
                {"engine", report.source.engine},
                {"server_version", report.source.server_version},
                {"name", report.source.name}}}};
  if (report.generated_at) out["generated_at"] = iso_time(*report.generated_at);
  const catalog::Counts& counts = report.counts;
  out["catalog"] = {{"schemas", counts.schemas},           {"tables", counts.tables},
                    {"columns", counts.columns},           {"indexes", counts.indexes},
                    {"foreign_keys", counts.foreign_keys}, {"views", counts.views},
                    {"functions", counts.functions}};
  out["summary"] = write_summary(report, selection);
  out["proof_note"] = report.proof_note;
  out["findings"] = list(report.review.findings, finding);
  out["proposals"] =
      list(selection.proposals(), [](const Proposal* each) { return to_value(*each); });
  out["skipped"] = list(report.review.skipped, [](const Skipped& each) {
    return Json{{"rule", each.rule}, {"why", each.why}};
  });
  out["problems"] = list(report.problems, [](const Problem& each) {
    return Json{{"file", each.file},
                {"line", each.line},
                {"statement", each.statement},
                {"message", each.message},
                {"hint", each.hint}};
  });
  out["notes"] = report.notes;
  if (report.has_baseline)
    out["gone"] =
        list(report.gone, [](const Finding& each) { return write_finding(each, nullptr); });
  return out;
}

std::string to_json(const Report& report) { return print(to_value(report), 2) + '\n'; }

Result<std::vector<Finding>> findings_of_json(std::string_view json) {
  const auto broken = [](std::string message) {
    return fail("baseline.json", std::move(message), {},
                "give the file that an earlier run wrote with --format json");
  };
  const Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return broken("the baseline is not JSON");
  if (!document.is_object() || !document.contains("findings") || !document["findings"].is_array())
    return broken("the baseline is not a report: it has no list \"findings\"");
  std::vector<Finding> findings;
  for (const Json& each : document["findings"]) {
    Finding finding;
    if (!each.is_object() || !read_finding(each, finding))
      return broken("finding " + std::to_string(findings.size() + 1) +
                    " of the baseline has no rule or object_kind");
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace architrave::report

// SARIF 2.1.0 (OASIS), of the kind that GitHub's code scanning takes: each result has an artifact
// and a line. A rule's page goes along in its help, since nobody has a link to a database's rules
// at hand and helpUri must be absolute.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <span>

#include "base/clock.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "report/pages.h"
#include "report/report.h"
#include "report/selection.h"
#include "report/value.h"

namespace architrave::report {

namespace {

std::string_view sarif_level(Severity severity) {
  return severity == Severity::info ? "note" : to_string(severity);
}

// A path as a URI reference (RFC 3986). "./" keeps a colon in the first segment from being read as
// the end of a scheme.
std::string uri(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) != 0 ||
                        std::string_view("-._~/!$&'()*+,;=:@").find(c) != std::string_view::npos);
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", byte);
  }
  if (out.starts_with('/')) return "file://" + out;
  const std::string_view first = std::string_view(out).substr(0, out.find('/'));
  return first.find(':') == std::string_view::npos ? out : "./" + out;
}

// What a rule's page opens with below its title: the rule in one sentence.
std::string_view sentence_of(std::string_view page) {
  const std::size_t begin = page.find("\n\n");
  if (begin == std::string_view::npos) return {};
  return page.substr(begin + 2, page.find("\n\n", begin + 2) - begin - 2);
}

Json rule(const Finding& first) {
  std::string page(review_page(first.rule));
  if (page.empty()) page = "# " + first.rule + "\n\n" + replace_all(first.rule, "-", " ") + "\n\n";
  const std::string sentence = capitalized(sentence_of(page));
  return {{"id", first.rule},
          {"shortDescription", {{"text", sentence}}},
          {"help", {{"text", sentence}, {"markdown", page}}},
          {"defaultConfiguration", {{"level", sarif_level(first.severity)}}},
          {"properties", {{"tags", Json::array({to_string(first.area)})}}}};
}

// GitHub refuses the whole file if one location has no artifact or no line.
Json physical_location(const std::string& file, int line) {
  return {{"artifactLocation", {{"uri", uri(file)}}},
          {"region", {{"startLine", std::max(line, 1)}}}};
}

// What a file declares is in that file, even where the line is not known. A database has no files:
// its name stands for one, the same in every run, so that an alert is known again.
std::string artifact(const Report& report, const Finding& finding) {
  if (!finding.file.empty()) return finding.file;
  if (report.source.kind != "live") return report.source.name;
  const bool is_named = report.catalog != nullptr && !report.catalog->server.database.empty();
  return is_named ? "database/" + report.catalog->server.database : "database";
}

Json location(const Report& report, const Finding& finding) {
  Json out = Json::object();
  out["physicalLocation"] = physical_location(artifact(report, finding), finding.line);
  Json logical = Json::object();
  logical["fullyQualifiedName"] = finding.object.name;
  logical["kind"] = finding.object.kind;
  out["logicalLocations"] = Json::array({std::move(logical)});
  return out;
}

Json properties(const Finding& finding, const Proposal* fix) {
  Json out = {{"area", to_string(finding.area)}};
  Json evidence = Json::object();
  for (const Fact& fact : finding.evidence)
    evidence[fact.name] = std::visit([](const auto& value) { return Json(value); }, fact.value);
  out["evidence"] = std::move(evidence);
  if (fix != nullptr)
    out["proposal"] = {{"id", fix->id},
                       {"title", fix->title},
                       {"up", fix->up},
                       {"down", fix->down},
                       {"proof", to_string(fix->proof.status())}};
  return out;
}

}  // namespace

std::string to_sarif(const Report& report) {
  const Selection selection(report);
  Json rules = Json::array(), results = Json::array();
  std::map<std::string, std::size_t> numbers;
  for (const Finding& each : report.review.findings) {
    const auto [number, is_new] = numbers.emplace(each.rule, rules.size());
    if (is_new) rules.push_back(rule(each));
    results.push_back({{"ruleId", each.rule},
                       {"ruleIndex", number->second},
                       {"level", sarif_level(each.severity)},
                       {"message", {{"text", each.message}}},
                       {"locations", Json::array({location(report, each)})},
                       {"partialFingerprints", {{"architrave/v1", each.fingerprint()}}},
                       {"properties", properties(each, selection.proposal(each.proposal))}});
  }
  Json notifications = Json::array();
  for (const Problem& each : report.problems) {
    Json notification = {{"level", "warning"}, {"message", {{"text", each.message}}}};
    if (!each.file.empty()) {
      Json where = Json::object();
      where["physicalLocation"] = physical_location(each.file, each.line);
      notification["locations"] = Json::array({std::move(where)});
    }
    notifications.push_back(std::move(notification));
  }
  Json invocation = {{"executionSuccessful", true}};
  if (report.generated_at) invocation["endTimeUtc"] = iso_time(*report.generated_at);
  if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);

  Json driver = {{"name", "architrave"}};
  if (!report.tool_version.empty()) driver["version"] = report.tool_version;
  driver["rules"] = std::move(rules);
  Json tool = Json::object();
  tool["driver"] = std::move(driver);
  Json run = Json::object();
  run["tool"] = std::move(tool);
  run["automationDetails"] = {{"id", "architrave/" + report.command + '/'}};
  run["invocations"] = Json::array({std::move(invocation)});
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  const Json out = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({std::move(run)})}};
  return print(out, 2) + '\n';
}

}  // namespace architrave::report

#include "assessment/assessment.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assessment/score.h"
#include "base/clock.h"
#include "base/process.h"
#include "base/version.h"
#include "prover/prover.h"
#include "review/rules.h"

namespace architrave::assessment {

namespace {

class Assessor {
 public:
  Assessor(engine::Opened& opened, const Options& options) : opened_(opened), options_(options) {}

  Result<report::Report> assess() {
    report_.tool_version = version();
    report_.command = options_.command;
    report_.source = {opened_.source.kind, opened_.source.engine, opened_.source.server_version,
                      opened_.source.name};
    report_.catalog = &opened_.catalog;
    report_.counts = catalog::count(opened_.catalog);
    report_.show_refuted = options_.show_refuted;
    // A file has no moment; a report of one depends on nothing but the file.
    if (opened_.source.kind == "live") report_.generated_at = report_time();
    for (const engine::LoadProblem& problem : opened_.problems)
      report_.problems.push_back(
          {problem.file, problem.line, problem.statement, problem.message, problem.hint});

    say("reviewing");
    report_.review = review::review(opened_.catalog, options_.rules);
    if (const Status proved = prove(); !proved) return std::unexpected(proved.error());
    report_.notes = opened_.notes;

    report_.scores = score_areas(report_.review, opened_.catalog, review::all_rules());
    report_.score = score_whole(report_.scores);
    if (const Status compared = compare_with_baseline(); !compared)
      return std::unexpected(compared.error());
    report_.actions = plan_actions(report_.review, review::all_rules());
    report_.verdict = verdict(report_);
    return std::move(report_);
  }

 private:
  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what, 0, 0);
  }

  Status prove() {
    std::vector<Proposal>& proposals = report_.review.proposals;
    if (!options_.prove) {
      not_tried("not tried: --no-proof");
      return {};
    }
    if (proposals.empty()) {
      report_.proof_note = "there was nothing to try";
      return {};
    }
    say("starting a sandbox");
    Result<std::unique_ptr<engine::Sandbox>> sandbox = engine::make_sandbox(opened_);
    if (!sandbox) {
      if (sandbox.error().code == "interrupted") return fail(sandbox);
      not_tried("not tried: " + sandbox.error().message);
      if (!sandbox.error().hint.empty()) report_.proof_note += " (" + sandbox.error().hint + ")";
      return {};
    }
    const prover::Judge judge = [&](const catalog::Catalog& catalog) {
      return review::review(catalog, options_.rules);
    };
    const prover::Fresh fresh = [&] {
      opened_.sandbox.reset();
      return engine::make_sandbox(opened_);
    };
    report_.proof_note = "tried, measured and undone in a " + (*sandbox)->description();
    return prover::prove(report_.review, opened_.catalog, *sandbox, judge, fresh,
                         options_.progress);
  }

  void not_tried(const std::string& why) {
    report_.proof_note = why;
    for (Proposal& proposal : report_.review.proposals)
      for (const ClaimKind kind : {ClaimKind::loads, ClaimKind::clears, ClaimKind::reverses})
        proposal.proof.claims.push_back({kind, {}, why, std::nullopt});
  }

  Status compare_with_baseline() {
    if (!options_.baseline) return {};
    Result<std::vector<Finding>> before = report::findings_of_json(*options_.baseline);
    if (!before) return fail(before);
    std::set<std::string> now;
    for (const Finding& finding : report_.review.findings) now.insert(finding.fingerprint());
    std::set<std::string> then;
    for (Finding& finding : *before) {
      then.insert(finding.fingerprint());
      if (!now.contains(finding.fingerprint())) report_.gone.push_back(std::move(finding));
    }
    report_.has_baseline = true;
    std::erase_if(report_.review.findings,
                  [&](const Finding& finding) { return then.contains(finding.fingerprint()); });
    std::erase_if(report_.review.proposals, [&](const Proposal& proposal) {
      return std::ranges::none_of(report_.review.findings, [&](const Finding& finding) {
        return finding.proposal == proposal.id;
      });
    });
    return {};
  }

  engine::Opened& opened_;
  const Options& options_;
  report::Report report_;
};

}  // namespace

Result<Assessment> assess(const std::string& source, const Options& options) {
  engine::OpenOptions open = options.open;
  if (!open.progress && options.progress)
    open.progress = [&](std::string_view what) { options.progress(what, 0, 0); };
  Result<engine::Opened> opened = engine::open(source, open);
  if (!opened) return fail(opened);
  Assessment assessment;
  assessment.opened = std::make_unique<engine::Opened>(std::move(*opened));
  Result<report::Report> report = Assessor(*assessment.opened, options).assess();
  if (!report) return fail(report);
  assessment.report = std::move(*report);
  return assessment;
}

}  // namespace architrave::assessment

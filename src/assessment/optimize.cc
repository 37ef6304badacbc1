#include "assessment/optimize.h"

#include <algorithm>
#include <cmath>

#include "advisor/materialized.h"
#include "advisor/rewrites/rewrites.h"
#include "advisor/tune.h"
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "base/version.h"
#include "catalog/lookup.h"
#include "prover/prover.h"
#include "workload/read.h"

namespace architrave::assessment {

namespace {

class Optimizer {
 public:
  Optimizer(engine::Opened& opened, const std::string& source, const OptimizeOptions& options)
      : opened_(opened), source_(source), options_(options) {}

  Result<report::TuningReport> optimize() {
    report_.tool_version = version();
    report_.source = {opened_.source.kind, opened_.source.engine, opened_.source.server_version,
                      opened_.source.name};
    if (opened_.source.kind == "live") report_.generated_at = report_time();
    for (const engine::LoadProblem& problem : opened_.problems)
      report_.problems.push_back(
          {problem.file, problem.line, problem.statement, problem.message, problem.hint});
    auto workload = read_workload();
    if (!workload) return std::unexpected(workload.error());
    report_.workload = workload->name;
    report_.statements = workload->statements;
    report_.unparsed = workload->unparsed;
    report_.partial = workload->partial;

    say("asking the planner");
    auto planner = engine::make_planner(opened_);
    if (!planner) return std::unexpected(planner.error());
    advisor::TuneOptions tune;
    tune.index.budget = options_.budget;
    tune.index.max_width = options_.max_width;
    tune.index.seconds = options_.seconds;
    tune.index.thorough = options_.thorough;
    tune.plans = options_.plans;
    tune.progress = options_.progress;
    if (opened_.source.kind == "file" || opened_.source.kind == "folder")
      tune.rows = opened_.sandbox.get();
    auto tuning = advisor::tune(opened_.catalog, *workload, **planner, tune);
    if (!tuning) return std::unexpected(tuning.error());
    report_.tuning = std::move(*tuning);
    planner->reset();
    const catalog::Lookup lookup(opened_.catalog);
    if (Status done = rewrite(*workload, lookup); !done) return fail(done);
    for (QueryAdvice& each : advisor::find_cache_candidates(opened_.catalog, lookup, *workload))
      report_.tuning.advice.push_back(std::move(each));
    // A file says nothing of the server that will run it.
    if (opened_.source.kind == "live" || opened_.source.kind == "twin")
      report_.tuning.settings =
          advisor::advise_settings(opened_.catalog, &*workload, options_.machine,
                                   report_.tuning.proposals, report_.tuning.notes);
    views_ = advisor::find_materialized_views(opened_.catalog, lookup, *workload);
    for (const advisor::MaterializedView& view : views_)
      report_.tuning.proposals.push_back(view.proposal);
    if (Status done = prove(); !done) return fail(done);
    if (Status done = prove_views(lookup); !done) return fail(done);
    report_.notes = opened_.notes;
    report_.notes.insert(report_.notes.end(), workload->notes.begin(), workload->notes.end());
    report_.notes.insert(report_.notes.end(), report_.tuning.notes.begin(),
                         report_.tuning.notes.end());
    return std::move(report_);
  }

 private:
  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what, 0, 0);
  }

  Result<workload::Workload> read_workload() {
    say("reading the workload");
    std::vector<std::string> inputs = options_.workload;
    if (inputs.empty() && opened_.source.kind == "live") inputs = {source_};
    if (inputs.empty())
      return fail("workload.none", "there is no workload: a " + opened_.source.kind + " has none",
                  opened_.source.name,
                  "give one: --workload week.workload, a log, or a file of queries");
    workload::ReadOptions read;
    read.catalog = &opened_.catalog;
    read.statement_timeout = options_.open.statement_timeout;
    if (options_.progress) read.progress = [&](std::string_view what) { say(what); };
    return workload::read(inputs, read);
  }

  // An index may bring more than the other form does: then that is said beside it.
  void weigh_against_indexes(std::vector<Rewrite>& rewrites) const {
    for (Rewrite& each : rewrites) {
      const auto query =
          std::ranges::find(report_.tuning.queries, each.query, &TunedQuery::fingerprint);
      if (query == report_.tuning.queries.end() || query->indexes.empty() || !query->after ||
          !each.cost_after || *query->after > *each.cost_after)
        continue;
      for (Claim& claim : each.proof.claims)
        if (claim.kind == ClaimKind::cheaper)
          claim.seen += "; with the indexes proposed, the query as it is costs " +
                        human_count(std::llround(*query->after));
    }
  }

  // A sandbox with the definitions, and with the rows where the source has them; `twin` gets the
  // one that plans like the original, if that is another.
  Result<engine::Sandbox*> rows_or_definitions(engine::Sandbox*& twin) {
    engine::Sandbox* held = opened_.sandbox.get();
    if (held != nullptr && !held->has_statistics()) return held;
    twin = held;
    if (!definitions_) {
      auto made = opened_.start_sandbox(opened_, engine::Fill::definitions);
      if (!made) return std::unexpected(made.error());
      definitions_ = std::move(*made);
    }
    return definitions_.get();
  }

  Status prove_views(const catalog::Lookup& lookup) {
    if (views_.empty()) return {};
    if (options_.prove) {
      say("comparing queries with their materialized views");
      // The prover has tried the proposals: what it saw stands first.
      for (advisor::MaterializedView& view : views_)
        if (const auto tried =
                std::ranges::find(report_.tuning.proposals, view.proposal.id, &Proposal::id);
            tried != report_.tuning.proposals.end())
          view.proposal = *tried;
      engine::Sandbox* twin = nullptr;
      auto sandbox = rows_or_definitions(twin);
      if (!sandbox) return std::unexpected(sandbox.error());
      if (Status tried = advisor::prove_materialized_views(views_, opened_.catalog, lookup,
                                                           **sandbox, {.samples = samples_});
          !tried)
        return tried;
    }
    for (advisor::MaterializedView& view : views_) {
      if (const auto tried =
              std::ranges::find(report_.tuning.proposals, view.proposal.id, &Proposal::id);
          tried != report_.tuning.proposals.end())
        *tried = view.proposal;
      if (view.proposal.proof.status() == ProofStatus::refuted) continue;
      for (Rewrite& each : view.rewrites)
        if (advisor::is_offered(each)) report_.tuning.rewrites.push_back(std::move(each));
    }
    return {};
  }

  Status rewrite(const workload::Workload& workload, const catalog::Lookup& lookup) {
    std::vector<Rewrite> found;
    say("looking for queries that can be said better");
    for (const workload::Query& query : workload.queries) {
      if (!query.parameters.empty()) samples_[query.fingerprint] = query.parameters;
      const std::string& text = query.example.empty() ? query.text : query.example;
      for (Rewrite& each : advisor::find_rewrites(opened_.catalog, lookup, text)) {
        each.query = query.fingerprint;
        found.push_back(std::move(each));
      }
      for (QueryAdvice& each : advisor::find_advice(opened_.catalog, lookup, text)) {
        each.query = query.fingerprint;
        report_.tuning.advice.push_back(std::move(each));
      }
    }
    if (found.empty()) return {};
    if (options_.prove) {
      say("trying the rewrites");
      engine::Sandbox* twin = nullptr;
      auto sandbox = rows_or_definitions(twin);
      if (!sandbox) return std::unexpected(sandbox.error());
      if (Status tried = advisor::prove_rewrites(found, opened_.catalog, lookup, **sandbox, twin,
                                                 {.samples = samples_});
          !tried)
        return tried;
      std::erase_if(found, [](const Rewrite& each) { return !advisor::is_offered(each); });
    }
    weigh_against_indexes(found);
    report_.tuning.rewrites = std::move(found);
    return {};
  }

  Status prove() {
    std::vector<Proposal>& proposals = report_.tuning.proposals;
    if (!options_.prove || proposals.empty()) {
      report_.proof_note = proposals.empty() ? "there was nothing to try" : "not tried: --no-proof";
      return {};
    }
    say("starting a sandbox");
    const prover::Fresh fresh = [&] {
      return opened_.start_sandbox(opened_, engine::Fill::definitions);
    };
    auto sandbox = fresh();
    if (!sandbox) {
      if (sandbox.error().code == "interrupted") return fail(sandbox);
      report_.proof_note = "not tried: " + sandbox.error().message;
      return {};
    }
    // What was measured about each stands first already; the prover adds what it tries.
    Review review;
    for (Proposal& each : proposals) {
      review.proposals.push_back(each);
      review.proposals.back().proof.claims.clear();
    }
    const prover::Judge judge = [](const catalog::Catalog&) { return Review(); };
    report_.proof_note = "tried and undone in a " + (*sandbox)->description();
    if (Status proved =
            prover::prove(review, opened_.catalog, *sandbox, judge, fresh, options_.progress);
        !proved)
      return proved;
    for (Proposal& each : proposals) {
      const auto tried = std::ranges::find(review.proposals, each.id, &Proposal::id);
      if (tried == review.proposals.end()) continue;
      std::vector<Claim> claims = std::move(tried->proof.claims);
      // No finding belongs to these, so that there is none to clear.
      std::erase_if(claims, [](const Claim& claim) { return claim.kind == ClaimKind::clears; });
      claims.insert(claims.end(), each.proof.claims.begin(), each.proof.claims.end());
      each.proof.claims = std::move(claims);
    }
    return {};
  }

  engine::Opened& opened_;
  const std::string& source_;
  const OptimizeOptions& options_;
  std::unique_ptr<engine::Sandbox> definitions_;
  std::vector<advisor::MaterializedView> views_;
  // Values that queries were called with, by fingerprint.
  decltype(advisor::ProofOptions::samples) samples_;
  report::TuningReport report_;
};

}  // namespace

Result<report::TuningReport> optimize(const std::string& source, const OptimizeOptions& options) {
  engine::OpenOptions open = options.open;
  if (!open.progress && options.progress)
    open.progress = [&](std::string_view what) { options.progress(what, 0, 0); };
  Result<engine::Opened> opened = engine::open(source, open);
  if (!opened) return std::unexpected(opened.error());
  return Optimizer(*opened, source, options).optimize();
}

}  // namespace architrave::assessment

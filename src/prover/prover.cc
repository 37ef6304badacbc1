#include "prover/prover.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <span>

#include "base/text.h"
#include "catalog/diff.h"

namespace architrave::prover {

namespace {

using catalog::Catalog;
using Indices = std::vector<std::size_t>;

std::string shown(const std::vector<std::string>& statements) { return join(statements, ";\n"); }

class Prover {
 public:
  Prover(Review& review, const Catalog& measured, std::unique_ptr<engine::Sandbox>& sandbox,
         const Judge& judge, const Fresh& fresh, const Progress& progress)
      : review_(review),
        proposals_(review.proposals),
        measured_(measured),
        sandbox_(sandbox),
        judge_(judge),
        fresh_(fresh),
        progress_(progress) {}

  Status prove() {
    if (Status start = take_settings(); !start) return start;
    if (Status looked = look_before(); !looked) return looked;
    for (const Finding& finding : review_.findings)
      if (!finding.proposal.empty()) mends_[finding.proposal].push_back(finding.fingerprint());

    Indices all(proposals_.size());
    std::iota(all.begin(), all.end(), 0U);
    if (Status status = prove(all); !status) return status;
    return compare_costs();
  }

 private:
  // A fresh sandbox has folders of its own, and its definitions have been through the deparser once
  // more: each is compared with itself.
  Status look_before() {
    Result<Catalog> before = sandbox_->read();
    if (!before) return fail(before);
    before_ = std::move(*before);
    fingerprints_before_ = fingerprints(judged(before_));
    return {};
  }

  // What the sandbox holds before anything is tried.
  Status look() {
    Result<Catalog> before = sandbox_->read();
    if (!before) return fail(before);
    before_ = std::move(*before);
    fingerprints_before_ = fingerprints(judged(before_));
    return {};
  }

  // What a batch showed.
  struct Trial {
    std::vector<engine::Outcome> up;
    std::vector<engine::Outcome> down;
    std::set<std::string> findings_after;
    std::vector<catalog::Change> left;  // differences that remain after the undo
    Catalog after;
    Catalog undone;
  };

  Status prove(const Indices& batch) {
    if (batch.empty()) return {};
    say(batch.size());
    Result<Trial> trial = attempt(batch);
    if (!trial) return fail(trial);

    std::set<std::size_t> suspects = suspected(batch, *trial);
    if (batch.size() == 1) suspects.clear();
    if (suspects.empty()) {
      for (std::size_t i = 0; i < batch.size(); ++i) record(batch[i], i, *trial);
      done_ += batch.size();
    }
    if (!trial->left.empty())
      if (Status renewed = renew(); !renewed) return renewed;
    if (suspects.empty()) return {};
    return divide(batch, suspects);
  }

  // A setting that somebody has set is undone to what it was on their server, so that is where the
  // sandbox has to start from.
  Status take_settings() {
    std::vector<engine::Unit> units;
    for (const Proposal& proposal : proposals_)
      if (proposal.kind == "setting" && proposal.down.front().starts_with("ALTER SYSTEM SET"))
        units.push_back({proposal.down, proposal.transactional});
    if (units.empty()) return {};
    if (auto set = sandbox_->run(units); !set) return fail(set);
    return {};
  }

  Status renew() {
    Result<std::unique_ptr<engine::Sandbox>> again = fresh_();
    if (!again) return fail(again);
    sandbox_ = std::move(*again);
    if (Status start = take_settings(); !start) return start;
    return look_before();
  }

  // Those that are above suspicion are tried again without the others, the others in halves.
  Status divide(const Indices& batch, const std::set<std::size_t>& suspects) {
    Indices rest;
    Indices first;
    Indices second;
    for (const std::size_t index : batch) {
      if (!suspects.contains(index)) {
        rest.push_back(index);
      } else {
        (first.size() < (suspects.size() + 1) / 2 ? first : second).push_back(index);
      }
    }
    for (const Indices* part : {&rest, &first, &second})
      if (const Status status = prove(*part); !status) return status;
    return {};
  }

  Result<Trial> attempt(const Indices& batch) {
    Trial trial;
    std::vector<engine::Unit> units;
    for (const std::size_t index : batch)
      units.push_back({proposals_[index].up, proposals_[index].transactional});
    auto up = sandbox_->run(units);
    if (!up) return fail(up);
    trial.up = std::move(*up);

    Result<Catalog> after = sandbox_->read();
    if (!after) return fail(after);
    trial.after = std::move(*after);
    trial.findings_after = fingerprints(judged(trial.after));

    units.clear();
    for (std::size_t i = batch.size(); i-- > 0;) {
      const Proposal& proposal = proposals_[batch[i]];
      // What did not load changed nothing, unless it ran outside of a transaction.
      if (trial.up[i].ok || !proposal.transactional)
        units.push_back({proposal.down, proposal.transactional});
      else
        units.push_back({{}, true});
    }
    auto down = sandbox_->run(units);
    if (!down) return fail(down);
    trial.down.assign(std::make_move_iterator(down->rbegin()),
                      std::make_move_iterator(down->rend()));

    Result<Catalog> undone = sandbox_->read();
    if (!undone) return fail(undone);
    trial.undone = std::move(*undone);
    trial.left = catalog::diff(before_, trial.undone);
    for (const auto& [name, setting] : before_.settings)
      if (const auto found = trial.undone.settings.find(name);
          found != trial.undone.settings.end() && found->second.raw != setting.raw)
        trial.left.push_back({catalog::Change::What::changed,
                              {catalog::Kind::setting, name},
                              "value",
                              setting.raw,
                              found->second.raw});
    return trial;
  }

  // Which of a batch may be to blame. A batch of one is judged by record().
  std::set<std::size_t> suspected(const Indices& batch, const Trial& trial) const {
    std::set<std::size_t> suspects;
    std::vector<std::string> words;  // names of what changed and should not have
    for (const catalog::Change& change : trial.left) words.push_back(change.object.name);
    for (const std::string& fingerprint : trial.findings_after)
      if (!fingerprints_before_.contains(fingerprint))
        words.push_back(objects_after_.at(fingerprint));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Proposal& proposal = proposals_[batch[i]];
      const bool failed = !trial.up[i].ok || !trial.down[i].ok || !clears(proposal, trial);
      if (failed || (!words.empty() && mentions(proposal, words))) suspects.insert(batch[i]);
    }
    // Something is wrong and nobody is named: everybody is a suspect.
    if (suspects.empty() && !words.empty()) suspects.insert(batch.begin(), batch.end());
    return suspects;
  }

  static bool mentions(const Proposal& proposal, const std::vector<std::string>& names) {
    const std::string text = shown(proposal.up) + ' ' + shown(proposal.down);
    return std::ranges::any_of(names, [&](const std::string& name) {
      // The last parts of a qualified name: app.orders.id is the business of whoever says orders.
      const std::vector<std::string> parts = split(name, '.');
      return std::ranges::any_of(
          std::span(parts).subspan(parts.size() > 1 ? 1 : 0),
          [&](const std::string& part) { return contains_word(text, part); });
    });
  }

  bool clears(const Proposal& proposal, const Trial& trial) const {
    const auto found = mends_.find(proposal.id);
    if (found == mends_.end()) return true;
    return std::ranges::none_of(found->second, [&](const std::string& fingerprint) {
      return trial.findings_after.contains(fingerprint);
    });
  }

  void record(std::size_t index, std::size_t position, const Trial& trial) {
    Proposal& proposal = proposals_[index];
    std::vector<Claim>& claims = proposal.proof.claims;
    claims.clear();
    const engine::Outcome& up = trial.up[position];
    claims.push_back(
        {ClaimKind::loads, shown(proposal.up),
         up.ok ? "ran without an error in a " + sandbox_->description()
               : "failed: " + up.error + (up.statement.empty() ? "" : ", at " + up.statement),
         up.ok});
    if (!up.ok) {
      const std::string why = "`up` did not load";
      claims.push_back({ClaimKind::clears, {}, why, std::nullopt});
      claims.push_back({ClaimKind::reverses, {}, why, std::nullopt});
      return;
    }
    claims.push_back(clears_claim(proposal, trial));
    const engine::Outcome& down = trial.down[position];
    const bool reversed = down.ok && trial.left.empty();
    std::string seen = "the catalog afterwards equals the one before";
    if (!down.ok) {
      seen = "failed: " + down.error;
    } else if (!trial.left.empty()) {
      seen = fmt::format(
          "the catalog differs from the one before: {}{}", describe(trial.left.front()),
          trial.left.size() > 1 ? fmt::format(" and {} more", trial.left.size() - 1) : "");
    }
    claims.push_back({ClaimKind::reverses, shown(proposal.down), seen, reversed});
  }

  Claim clears_claim(const Proposal& proposal, const Trial& trial) const {
    Claim claim{ClaimKind::clears, "the review again, on the changed catalog", {}, std::nullopt};
    if (proposal.kind == "setting" && !setting_took_effect(trial)) {
      claim.seen = "not tried: the setting takes effect at a restart";
      return claim;
    }
    if (!mends_.contains(proposal.id)) {
      claim.seen = "not tried: no finding belongs to it";
      return claim;
    }
    std::vector<std::string> joined;
    for (const std::string& fingerprint : trial.findings_after)
      if (!fingerprints_before_.contains(fingerprint))
        joined.push_back(objects_after_.at(fingerprint));
    const bool cleared = clears(proposal, trial);
    claim.holds = cleared && joined.empty();
    claim.seen = !cleared          ? "the finding is still there"
                 : !joined.empty() ? "a new finding joined, about " + joined.front()
                                   : "the finding is gone and no other has joined";
    return claim;
  }

  // Last, since it makes the sandbox a twin, in which changes of definitions mean reading files
  // that are as long as production's.
  Status compare_costs() {
    const bool any = std::ranges::any_of(
        proposals_, [](const Proposal& proposal) { return !proposal.probes.empty(); });
    if (!any) return {};
    say(0);
    if (Status taken = sandbox_->take_statistics(); !taken) return taken;
    std::vector<std::string> queries;
    for (const Proposal& proposal : proposals_)
      for (const Probe& probe : proposal.probes) queries.push_back(probe.query);
    const auto costs = sandbox_->costs(queries);
    if (!costs) return std::unexpected(costs.error());
    std::size_t first = 0;
    for (Proposal& proposal : proposals_) {
      const std::size_t count = proposal.probes.size();
      const auto before = std::span(*costs).subspan(first, count);
      first += count;
      if (count == 0 || proposal.proof.status() == ProofStatus::refuted) continue;
      Result<Claim> claim = cheaper_claim(proposal, before);
      if (!claim) return fail(claim);
      proposal.proof.claims.push_back(std::move(*claim));
    }
    return {};
  }

  Result<Claim> cheaper_claim(const Proposal& proposal,
                              std::span<const std::optional<double>> before) {
    std::vector<std::string> queries;
    for (const Probe& probe : proposal.probes) queries.push_back(probe.query);
    Claim claim{ClaimKind::cheaper, "EXPLAIN " + shown(queries), {}, std::nullopt};
    if (!sandbox_->has_statistics()) {
      claim.seen = "not tried: the source has no statistics of rows to plan with";
      return claim;
    }
    const auto after = sandbox_->costs_with(queries, {proposal.up.front()});
    if (!after) return std::unexpected(after.error());
    double sum_before = 0;
    double sum_after = 0;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (!before[i] || !(*after)[i]) {
        claim.seen = "not tried: the planner can't be asked with this index";
        return claim;
      }
      sum_before += *before[i];
      sum_after += *(*after)[i];
    }
    claim.seen = fmt::format("cost {:.2f} before, {:.2f} with the index", sum_before, sum_after);
    constexpr double too_small_to_tell = 50;  // in the planner's units: a table of a few pages
    if (sum_after < sum_before) {
      claim.holds = true;
    } else if (sum_before < too_small_to_tell) {
      claim.seen += ": the table is too small today for an index to matter";
    } else {
      claim.holds = false;
    }
    return claim;
  }

  bool setting_took_effect(const Trial& trial) const {
    return std::ranges::any_of(before_.settings, [&](const auto& each) {
      const auto found = trial.after.settings.find(each.first);
      return found != trial.after.settings.end() && found->second.raw != each.second.raw;
    });
  }

  // The sandbox's definitions with the source's sizes, counters and settings, but for the settings
  // that a proposal has changed.
  Review judged(const Catalog& seen) {
    Catalog dressed = seen;
    catalog::copy_measurements(measured_, dressed);
    for (const auto& [name, setting] : seen.settings) {
      const auto before = before_.settings.find(name);
      if (before != before_.settings.end() && before->second.raw != setting.raw)
        dressed.settings[name] = setting;
    }
    return judge_(dressed);
  }

  std::set<std::string> fingerprints(const Review& review) {
    std::set<std::string> set;
    for (const Finding& finding : review.findings) {
      const std::string fingerprint = finding.fingerprint();
      objects_after_[fingerprint] = finding.object.name + " (" + finding.rule + ")";
      set.insert(fingerprint);
    }
    return set;
  }

  void say(std::size_t trying) const {
    if (!progress_) return;
    progress_(trying > 0 ? "trying " + plural(static_cast<std::int64_t>(trying), "proposal")
                         : std::string("comparing costs"),
              done_, proposals_.size());
  }

  Review& review_;
  std::vector<Proposal>& proposals_;
  const Catalog& measured_;
  std::unique_ptr<engine::Sandbox>& sandbox_;
  const Judge& judge_;
  const Fresh& fresh_;
  const Progress& progress_;
  Catalog before_;
  std::set<std::string> fingerprints_before_;
  std::map<std::string, std::string> objects_after_;       // fingerprint -> what it is about
  std::map<std::string, std::vector<std::string>> mends_;  // proposal id -> fingerprints
  std::size_t done_ = 0;
};

}  // namespace

Status prove(Review& review, const Catalog& measured, std::unique_ptr<engine::Sandbox>& sandbox,
             const Judge& judge, const Fresh& fresh, const Progress& progress) {
  if (review.proposals.empty()) return {};
  return Prover(review, measured, sandbox, judge, fresh, progress).prove();
}

}  // namespace architrave::prover

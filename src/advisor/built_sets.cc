#include "advisor/built_sets.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "advisor/replay.h"
#include "advisor/search/published.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

constexpr double clearly_faster = 0.05;  // of the workload's time, spared

struct BuiltSet {
  std::vector<bool> chosen;
  Replayed replayed;
};

class Trials {
 public:
  Trials(Outcome& outcome, Oracle& oracle, const Runs& runs)
      : outcome_(outcome), oracle_(oracle), runs_(runs) {}

  Result<RunTimes> run() {
    for (std::size_t q = 0; q < outcome_.queries.size(); ++q) {
      const workload::Query& query = *outcome_.queries[q];
      const bool is_whole = !query.example.empty() || !query.text.contains('$');
      if (query.kind != workload::QueryKind::select || !is_whole ||
          !outcome_.problem.complaints[q].empty())
        continue;
      times_.queries.push_back(q);
      sql_.push_back(outcome_.weighted[q].sql);
    }
    auto before = run_times(*runs_.rows, sql_, runs_.limit);
    if (!before) return std::unexpected(before.error());
    times_.before = std::move(*before);
    std::vector<std::vector<bool>> sets = {outcome_.result.chosen};
    sets.insert(sets.end(), outcome_.result.others.begin(), outcome_.result.others.end());
    std::optional<BuiltSet> best;
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (runs_.progress)
        runs_.progress("building the indexes and running the queries", i, sets.size());
      auto trial = build(sets[i]);
      if (!trial) return std::unexpected(trial.error());
      if (!best || is_faster(*trial, *best)) best = std::move(*trial);
    }
    if (best->chosen != sets.front())
      times_.notes.push_back("of " + std::to_string(sets.size()) +
                             " sets that were built and run, the fastest is proposed, which is not "
                             "the cheapest by the planner's units");
    take(std::move(*best));
    if (outcome_.result.chosen != sets.front()) {
      auto cost = cost_of(oracle_, outcome_.problem.input, outcome_.result.chosen);
      if (!cost) return std::unexpected(cost.error());
      outcome_.result.after = *cost;
    }
    return std::move(times_);
  }

 private:
  Result<BuiltSet> build(const std::vector<bool>& set) {
    outcome_.result.chosen = set;
    outcome_.name_indexes();
    // Which plans use what is asked, where it is not known.
    if (auto cost = cost_of(oracle_, outcome_.problem.input, set); !cost) return fail(cost);
    const std::vector<std::size_t> indexes = outcome_.chosen();
    std::vector<std::string> create;
    std::vector<std::string> drop;
    for (const std::size_t i : indexes) {
      const Candidate& candidate = outcome_.problem.candidates[i];
      create.push_back(create_statement(*candidate.table, candidate.index, /*concurrently=*/false));
      drop.push_back("DROP INDEX " +
                     catalog::qualified(candidate.table->schema, candidate.index.name));
    }
    std::vector<std::vector<std::size_t>> users(indexes.size());
    for (std::size_t at = 0; at < times_.queries.size(); ++at)
      for (const std::size_t i : outcome_.used_by(oracle_, times_.queries[at]))
        users[static_cast<std::size_t>(std::ranges::find(indexes, i) - indexes.begin())].push_back(
            at);
    auto replayed = replay(*runs_.rows, sql_, times_.before, create, drop, users, runs_.limit);
    if (!replayed) return std::unexpected(replayed.error());
    return BuiltSet{set, std::move(*replayed)};
  }

  // Of the workload's time, without the queries whose runs differ for other reasons.
  bool is_faster(const BuiltSet& one, const BuiltSet& other) const {
    double gain = 0;
    double whole = 0;
    for (std::size_t at = 0; at < times_.queries.size(); ++at) {
      const auto ran = [&](const BuiltSet& set) {
        return set.replayed.after[at] < 0 ? runs_.limit : set.replayed.after[at];
      };
      const double calls = outcome_.weighted[times_.queries[at]].calls;
      const double spared = ran(other) - ran(one);
      whole += calls * ran(other);
      if (std::abs(spared) > too_short_to_tell) gain += calls * spared;
    }
    return gain > clearly_faster * whole;
  }

  void take(BuiltSet set) {
    outcome_.result.chosen = std::move(set.chosen);
    const std::vector<std::size_t> built = outcome_.chosen();
    for (const std::size_t at : set.replayed.vetoed) {
      const Candidate& candidate = outcome_.problem.candidates[built[at]];
      outcome_.result.chosen[built[at]] = false;
      times_.notes.push_back(
          "not proposed: " + catalog::qualified(candidate.table->schema, candidate.table->name) +
          " " + describe(candidate.index) + ", with which a query ran slower by more than a fifth");
    }
    times_.after = std::move(set.replayed.after);
  }

  Outcome& outcome_;
  Oracle& oracle_;
  const Runs& runs_;
  std::vector<std::string> sql_;  // of the queries that are run
  RunTimes times_;
};

}  // namespace

Result<RunTimes> choose_by_running(Outcome& outcome, Oracle& oracle, const Runs& runs) {
  return Trials(outcome, oracle, runs).run();
}

}  // namespace architrave::advisor

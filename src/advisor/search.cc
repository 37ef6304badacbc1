#include "advisor/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <set>

#include "advisor/likeness.h"
#include "advisor/program.h"
#include "advisor/published.h"
#include "advisor/refusals.h"
#include "base/clock.h"
#include "base/process.h"

namespace architrave::advisor {

namespace {

using Question = std::pair<std::size_t, Set>;

constexpr double worthwhile = 1e-4;  // share of its cost that an index must spare a query
constexpr double programs_gap = 1e-4;
constexpr double program_share = 4;
constexpr int deepest_cut = 15;          // layers of candidates that are taken out of one
constexpr std::size_t least_doubts = 3;  // queries that a round learns more about, or a fifth:
constexpr std::size_t doubted_part = 5;  // each round costs two programs
constexpr std::size_t most_at_once = 1;  // of a set, before it is looked whether it can still win
constexpr double enough = 0.9;           // of an error: the rest is cut off when it matters
constexpr double small_step = 0.2;  // of what all candidates bring: those that are alike bring it
constexpr double tolerated = 0.8;   // part of the gap that the bound may miss, for all queries
constexpr double clearly_faster = 0.3;   // of a query's time
constexpr double confirmed_from = 0.01;  // a gap: sets that are further off come and go
constexpr double about_as_good = 1.05;   // cost of a set that is worth running as well
constexpr std::size_t most_others = 2;
constexpr double next_to_nothing = 5e-4;  // of the cost, for all that is left out
constexpr double noticed = 0.2;           // of a query's cost
constexpr double dominant = 0.9;          // of the cost, for one query
constexpr double least_rest = 1e-3;       // of the cost, for the others
constexpr double share_of_gain = 0.02;    // of what the indexes bring, to be certain of

// A query costs at least what it does with these candidates alone, or one of the others is there.
struct Cut {
  std::size_t query;
  Set inside;
  std::vector<Set> others;  // the weakest first; together with `inside` all there are
};

class Search {
 public:
  Search(Oracle& oracle, const SearchInput& input, const SearchProgress& progress)
      : oracle_(oracle),
        input_(input),
        progress_(progress),
        likeness_(oracle, input.kinds, input.bytes),
        refusals_(oracle, likeness_),
        begun_(monotonic_seconds()),
        calls_before_(oracle.calls()) {}

  Result<SearchResult> run() {
    fill_pool();
    if (Status asked = look_at_both_ends(); !asked) return fail(asked);
    result_.chosen = present();
    confirmed_ = result_.chosen;
    result_.before = result_.after = confirmed_after_ = workload_cost(result_.chosen);
    result_.bound = lowest_;
    find_dearest();
    doubts_ = std::max(least_doubts, helped_.size() / doubted_part);
    if (Status done = seed(); !done) return fail(done);
    result_.first_seconds = monotonic_seconds() - begun_;
    if (Status done = explore(); !done) return fail(done);
    return finish();
  }

 private:
  double weight(std::size_t query) const { return input_.weights[query]; }

  std::vector<bool> present() const {
    return input_.present.empty() ? std::vector<bool>(input_.bytes.size(), false) : input_.present;
  }

  // The candidates of the pool, and of their variants what helps.
  Status explore() {
    while (true) {
      if (Status done = close_gap(); !done) return done;
      if (is_late() || (!input_.thorough && oracle_.calls() - calls_before_ > input_.allowance))
        return {};
      const auto widened = widen_pool();
      if (!widened) return std::unexpected(widened.error());
      if (!*widened) return {};
      result_.bound = std::min(lowest_, result_.after);  // another set may be best now
    }
  }

  // Until the two programs meet with a set that holds without workers as well.
  Status close_gap() {
    do {
      if (Status done = approach(); !done) return done;
      if (Status done = confirm(); !done) return done;
      if (Status done = polish(); !done) return done;
    } while (!is_close() && !is_late() && !stands_still_);
    return {};
  }

  // Of the plans that are known by now the best: what is within the gap may still be better.
  Status polish() {
    for (double before = 0; before != result_.after && !is_late();) {
      before = result_.after;
      if (Status done = from_above(0); !done) return done;
      if (Status done = confirm(); !done) return done;
    }
    return {};
  }

  Status approach() {
    stands_still_ = false;
    while (!is_close() && !is_late()) {
      ++result_.rounds;
      const double before = result_.after;
      const double bound = result_.bound;
      const std::size_t known = known_plans();
      if (Status done = from_below(); !done) return done;
      if (is_close() || is_late()) break;
      if (Status done = from_above(result_.gap()); !done) return done;
      if (result_.gap() < confirmed_from)
        if (Status done = confirm(); !done) return done;
      if (progress_) progress_(result_.after, result_.bound);
      // Nothing was learned: both programs stand still, unless other queries are asked about.
      if (result_.after == before && result_.bound == bound && known_plans() == known) {
        stands_still_ = doubts_ >= helped_.size();
        if (stands_still_) break;
        doubts_ *= 2;
      }
    }
    return {};
  }

  // A workload in which one query costs nearly everything has a small gap with any set, so the gap
  // is compared with what the indexes bring, and with what the others cost, too.
  bool is_close() const {
    const double missing = result_.after - result_.bound;
    return missing <= input_.gap * without_dominant(result_.after) &&
           missing <= share_of_gain * (result_.before - result_.bound);
  }

  // Of the cost, what queries cost beside the one that costs nearly everything, if there is one.
  double without_dominant(double cost) const {
    return dearest_ < dominant * cost ? cost : std::max(cost - dearest_, least_rest * cost);
  }

  bool is_late() const {
    return monotonic_seconds() - begun_ > input_.seconds ||
           oracle_.calls() - calls_before_ > input_.most_calls || interrupted();
  }

  // The candidates that are in the programs: all but the variants that nobody has asked for yet.
  const Set& all(std::size_t query) const { return pool_[query % oracle_.queries()]; }

  void take_into_pool(const std::vector<bool>& candidates) {
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (candidates[i]) in_pool_[i] = true;
    for (std::size_t q = 0; q < oracle_.queries(); ++q) pool_[q] = oracle_.of(q, in_pool_);
  }

  void fill_pool() {
    in_pool_.resize(input_.bytes.size());
    for (std::size_t i = 0; i < in_pool_.size(); ++i) in_pool_[i] = !input_.variant[i];
    pool_.assign(oracle_.queries(), {});
    take_into_pool(in_pool_);
  }

  // What a query costs with all that is in the pool is the least that it can.
  Status ask_about_pool() {
    std::vector<Question> questions;
    for (const std::size_t q : helped_) questions.emplace_back(q, all(q));
    return oracle_.ask(questions);
  }

  void mark(std::size_t query, const Set& set, std::vector<bool>& candidates) const {
    for (std::size_t i = 0; i < oracle_.relevant(query).size(); ++i)
      if (set.test(i)) candidates[oracle_.relevant(query)[i]] = true;
  }

  // Whether one that is not in the programs would help beside the best set so far.
  Result<bool> widen_pool() {
    std::vector<bool> wanted(input_.bytes.size(), false);
    std::vector<Question> questions;
    for (std::size_t q = 0; q < oracle_.queries(); ++q) {
      const Set chosen = oracle_.of(q, result_.chosen);
      const Set others = oracle_.all(q) & ~all(q);
      const bool may_gain =
          oracle_.upper(q, chosen) > oracle_.lower(q, oracle_.all(q)) + tolerance(q);
      if (others.any() && may_gain && std::isfinite(oracle_.upper(q, {})))
        questions.emplace_back(q, chosen | others);
    }
    if (Status asked = oracle_.ask(questions); !asked) return fail(asked);
    bool found = false;
    for (const auto& [q, set] : questions) {
      const Oracle::Entry* entry = oracle_.best(q, set);
      const double now = oracle_.upper(q, oracle_.of(q, result_.chosen));
      if (entry == nullptr || entry->cost >= now - tolerance(q)) continue;
      if ((entry->used & ~all(q)).none()) continue;
      mark(q, entry->used, wanted);
      found = true;
      if (std::ranges::find(helped_, q) == helped_.end()) {
        helped_.push_back(q);
        if (std::ranges::find(touched_, q) == touched_.end()) touched_.push_back(q);
        fixed_ -= weight(q) * oracle_.upper(q, {});
      }
    }
    if (!found) return false;
    take_into_pool(wanted);
    if (Status asked = ask_about_pool(); !asked) return fail(asked);
    lowest_ = fixed_;
    for (const std::size_t q : helped_) lowest_ += weight(q) * oracle_.lower(q, all(q));
    return true;
  }

  double seconds_left() const {
    return std::max(0.05, input_.seconds - (monotonic_seconds() - begun_));
  }

  std::size_t known_plans() const {
    std::size_t count = 0;
    for (std::size_t q = 0; q < oracle_.queries(); ++q) count += oracle_.entries(q).size();
    return count;
  }

  // Without any candidate, with those that exist, and with all of the pool: every set lies between
  // the first and the last.
  Status look_at_both_ends() {
    helped_.clear();
    touched_.clear();
    fixed_ = lowest_ = 0;
    std::vector<Question> questions;
    for (std::size_t q = 0; q < oracle_.queries(); ++q) {
      questions.emplace_back(q, Set());
      questions.emplace_back(q, oracle_.present(q));
      // The seed asks for that; where the plan uses nothing but the pool's, it holds for the pool.
      questions.emplace_back(q, oracle_.all(q));
    }
    if (Status asked = oracle_.ask(questions); !asked) return asked;
    questions.clear();
    for (std::size_t q = 0; q < oracle_.queries(); ++q) questions.emplace_back(q, all(q));
    if (Status asked = oracle_.ask(questions); !asked) return asked;
    for (std::size_t q = 0; q < oracle_.queries(); ++q) {
      const double without = oracle_.upper(q, {});
      const double with = oracle_.upper(q, all(q));
      if (!std::isfinite(without)) continue;
      lowest_ += weight(q) * std::min(with, without);
      if (const Oracle::Entry* entry = oracle_.best(q, all(q)); entry->used.any())
        touched_.push_back(q);
      if (with < without * (1 - worthwhile))
        helped_.push_back(q);
      else
        fixed_ += weight(q) * without;
    }
    return {};
  }

  // By what is known: of sets whose plans were not asked for it is what can be had at least.
  double workload_cost(const std::vector<bool>& chosen) const {
    double cost = fixed_;
    for (const std::size_t q : helped_) cost += weight(q) * oracle_.upper(q, oracle_.of(q, chosen));
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (chosen[i]) cost += input_.maintenance[i];
    return cost;
  }

  // By what is known, no less than this.
  double least_cost(const std::vector<bool>& chosen) const {
    double cost = fixed_;
    for (const std::size_t q : helped_) cost += weight(q) * oracle_.lower(q, oracle_.of(q, chosen));
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (chosen[i]) cost += input_.maintenance[i];
    return cost;
  }

  // Asks about the queries of which least is known first, until the set proves to cost as much.
  Result<bool> is_cheaper(const std::vector<bool>& chosen, double than) {
    while (least_cost(chosen) < than) {
      std::vector<std::pair<double, std::size_t>> open;
      for (const std::size_t q : helped_) {
        const Set set = oracle_.of(q, chosen);
        if (!oracle_.is_known(q, set))
          open.emplace_back(weight(q) * (oracle_.upper(q, set) - oracle_.lower(q, set)), q);
      }
      if (open.empty()) return true;
      std::ranges::sort(open, std::greater());
      if (open.size() > most_at_once) open.resize(most_at_once);
      std::vector<Question> questions;
      for (const auto& [e, q] : open) questions.emplace_back(q, oracle_.of(q, chosen));
      if (Status asked = oracle_.ask(questions); !asked) return fail(asked);
    }
    return false;
  }

  Status ask_about(const std::vector<bool>& chosen) {
    std::vector<Question> questions;
    for (const std::size_t q : touched_) questions.emplace_back(q, oracle_.of(q, chosen));
    if (Status asked = oracle_.ask(questions); !asked) return asked;
    return refusals_.learn(chosen, touched_, pool_);
  }

  // Asks for the set, without what is refused of it, and takes it if it is the best so far.
  Status attempt(std::vector<bool> chosen) {
    while (true) {
      const auto promising = is_cheaper(chosen, result_.after);
      if (!promising) return std::unexpected(promising.error());
      if (!*promising) return {};
      if (Status asked = ask_about(chosen); !asked) return asked;
      const Refusal* refusal = refusals_.of(chosen);
      if (refusal == nullptr) {
        consider(chosen);
        return {};
      }
      // What exists is kept, what is new is left out.
      const Set kept = oracle_.present(refusal->query) & ~refusal->asked;
      if (kept.any()) {
        mark(refusal->query, kept, chosen);
        continue;
      }
      double least = 0;
      std::optional<std::size_t> leave;
      for (const std::size_t i : likeness_.numbers(
               refusal->query,
               likeness_.like(refusal->query, refusal->used & ~oracle_.present(refusal->query),
                              &Kind::same) &
                   oracle_.of(refusal->query, chosen))) {
        chosen[i] = false;
        if (const double cost = workload_cost(chosen); !leave || cost < least) {
          least = cost;
          leave = i;
        }
        chosen[i] = true;
      }
      if (!leave) return {};
      chosen[*leave] = false;
    }
  }

  // Plans without workers are asked for once a set has proved to be the best, and of queries alone
  // that are not much faster. If one is slow, the next best is looked for from the last set that
  // held.
  Status confirm() {
    while (oracle_.has_judge() && result_.chosen != confirmed_ && !is_late()) {
      const std::vector<bool> chosen = result_.chosen;
      std::vector<Question> questions;
      for (const std::size_t q : touched_) {
        const Oracle::Entry* entry = oracle_.best(q, oracle_.of(q, chosen));
        if (entry == nullptr || entry == oracle_.best(q, oracle_.present(q)) ||
            oracle_.slowdown(q, *entry) < clearly_faster)
          continue;
        questions.emplace_back(oracle_.serial(q), oracle_.present(q));
        questions.emplace_back(oracle_.serial(q), oracle_.of(q, chosen));
      }
      if (Status asked = oracle_.ask(questions); !asked) return asked;
      if (Status done = refusals_.learn(chosen, touched_, pool_); !done) return done;
      if (!makes_slow(chosen)) {
        confirmed_ = chosen;
        confirmed_after_ = result_.after;
        break;
      }
      result_.chosen = confirmed_;
      result_.after = confirmed_after_;
      if (Status done = attempt(chosen); !done) return done;
    }
    return {};
  }

  bool makes_slow(const std::vector<bool>& chosen) const {
    return std::ranges::any_of(touched_, [&](std::size_t q) {
      const Set set = oracle_.of(q, chosen);
      return refusals_.is_slow(q, set) || refusals_.is_slow(oracle_.serial(q), set);
    });
  }

  // Takes the set, without what no plan uses, if it is the best so far.
  void consider(const std::vector<bool>& chosen) {
    if (makes_slow(chosen)) return;
    std::vector<bool> used(chosen.size(), false);
    for (const std::size_t q : helped_)
      if (const Oracle::Entry* entry = oracle_.best(q, oracle_.of(q, chosen)))
        for (std::size_t i = 0; i < oracle_.relevant(q).size(); ++i)
          if (entry->used.test(i)) used[oracle_.relevant(q)[i]] = true;
    // What is there for the sake of plans without workers alone is not seen in those with them.
    if (makes_slow(used)) used = chosen;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < used.size(); ++i)
      if (used[i]) bytes += input_.bytes[i];
    if (bytes > input_.budget) return;
    const double cost = workload_cost(used);
    if (cost < result_.after * about_as_good) tried_.insert_or_assign(used, cost);
    if (cost >= result_.after) return;
    result_.after = cost;
    result_.chosen = std::move(used);
    find_dearest();
  }

  void find_dearest() {
    dearest_ = 0;
    for (const std::size_t q : helped_)
      dearest_ = std::max(dearest_, weight(q) * oracle_.upper(q, oracle_.of(q, result_.chosen)));
  }

  Status seed() {
    auto chosen = db2advis(oracle_, input_);
    if (!chosen) return std::unexpected(chosen.error());
    if (!input_.present.empty()) {
      std::vector<bool> with = *chosen;
      for (std::size_t i = 0; i < with.size(); ++i) with[i] = with[i] || input_.present[i];
      if (Status done = attempt(std::move(with)); !done) return done;
    }
    return attempt(std::move(*chosen));
  }

  // What the bound may miss of a query's cost: a part of the gap at which the search is content. It
  // spares the program the many candidates that make hardly a difference.
  double tolerance(std::size_t query) const {
    return tolerated * std::max(input_.gap / 10, std::min(input_.gap, result_.gap() / 4)) *
           without_dominant(std::max(lowest_, result_.bound)) /
           static_cast<double>(std::max<std::size_t>(1, helped_.size())) / weight(query);
  }

  // A query that costs more than this alone makes no set that is better than the best.
  double cap(std::size_t query) const {
    return oracle_.lower(query, all(query)) + (result_.after - lowest_) / weight(query);
  }

  // θ ≥ base − Σ more·y: of each layer what the query costs less with it than with the weaker ones
  // alone, and whether one of it or of a stronger layer is there (y ≤ the next y + Σ x). So two of
  // a kind lift the bound no further than one.
  void add_row(Program& program, const Cut& cut, std::size_t theta, double scale,
               const std::function<std::size_t(std::size_t)>& variable) const {
    const double factor = weight(cut.query) / scale;
    const double base =
        std::min(oracle_.lower(cut.query, cut.inside), cap(cut.query)) - tolerance(cut.query);
    struct Layer {
      Set members;
      double more;
    };
    std::vector<Layer> layers;
    Set reached = cut.inside;
    double drop = 0;
    const auto take = [&](const Set& group) {
      reached |= group;
      const double down = std::max(drop, base - oracle_.lower(cut.query, reached));
      if (down > drop)
        layers.push_back({group, down - drop});
      else if (!layers.empty())
        layers.back().members |= group;
      drop = down;
    };
    for (const Set& group : cut.others) take(group & ~reached);
    take(all(cut.query) & ~reached);  // what has come into the pool since
    Program::Terms terms = {{theta, 1}};
    std::optional<std::size_t> stronger;
    for (const Layer& layer : layers | std::views::reverse) {
      const std::size_t there = program.variable(0, 1, false);
      terms.emplace_back(there, layer.more * factor);
      Program::Terms reasons = {{there, -1}};
      for (const std::size_t i : likeness_.numbers(cut.query, layer.members))
        reasons.emplace_back(variable(i), 1);
      if (stronger) reasons.emplace_back(*stronger, 1);
      program.at_least(std::move(reasons), 0);
      stronger = there;
    }
    program.at_least(std::move(terms), base * factor);
  }

  Status from_below() {
    Program program;
    std::map<std::size_t, std::size_t> variable_of;  // candidate -> variable
    const double scale = result_.after / 1e6;
    const auto candidate = [&](std::size_t i) {
      const auto [at, is_new] = variable_of.try_emplace(i, 0);
      if (is_new) at->second = program.variable(input_.maintenance[i] / scale, 1, true);
      return at->second;
    };
    std::map<std::size_t, std::size_t> theta;
    for (const std::size_t q : helped_) {
      theta[q] = program.variable(1, 1e12, false);
      program.at_least({{theta[q], 1}}, weight(q) * oracle_.lower(q, all(q)) / scale);
    }
    for (const Cut& cut : cuts_) add_row(program, cut, theta[cut.query], scale, candidate);
    refusals_.forbid(program, variable_of, candidate, pool_);
    Program::Terms budget;
    for (const auto& [i, variable] : variable_of)
      budget.emplace_back(variable, static_cast<double>(input_.bytes[i]) / (1 << 20));
    program.at_most(std::move(budget), static_cast<double>(input_.budget) / (1 << 20));
    const auto solved =
        program.solve(std::max(programs_gap, result_.gap() / program_share),
                      std::min(seconds_left(), 0.5 + (monotonic_seconds() - begun_) / 10),
                      1e6 * (1 + 1e-6) - fixed_ / scale);
    if (!solved) return {};
    if (solved->values.empty()) {  // nothing is better than what there is
      result_.bound = result_.after;
      return {};
    }
    // A candidate that has come into the pool makes earlier bounds void, never later ones.
    result_.bound = std::clamp(solved->bound * scale + fixed_, result_.bound, result_.after);
    std::vector<bool> chosen(input_.bytes.size(), false);
    for (const auto& [i, variable] : variable_of) chosen[i] = solved->values[variable] > 0.5;
    if (Status done = attempt(chosen); !done) return done;
    return cut_off(chosen, theta, *solved, scale);
  }

  // Where the program believed in less than the planner says, it learns why not: of which table
  // another index is missing, or else of all tables together.
  Status cut_off(const std::vector<bool>& chosen, const std::map<std::size_t, std::size_t>& theta,
                 const Program::Solution& solved, double scale) {
    struct Doubt {
      std::size_t query;
      Set base;                 // costs more than was believed
      double cost;              // of that
      double enough;            // what a cut need not exceed
      Set rest;                 // of the candidates outside: those that may change nothing
      std::vector<Set> layers;  // of the others, the strongest first
      double last = 0;          // cost with the layer that was found last
      bool settled = false;
    };
    std::vector<Doubt> doubts;
    std::vector<std::pair<Question, double>> tables;  // and what was believed
    std::vector<std::size_t> worst = helped_;
    std::ranges::sort(worst, std::greater(), [&](std::size_t q) {
      return weight(q) * oracle_.lower(q, oracle_.of(q, chosen)) -
             solved.values[theta.at(q)] * scale;
    });
    if (worst.size() > doubts_) worst.resize(doubts_);
    std::vector<Question> questions;
    for (const std::size_t q : worst) questions.emplace_back(q, oracle_.of(q, chosen));
    if (Status asked = oracle_.ask(questions); !asked) return asked;
    for (const std::size_t q : worst) {
      const Set set = oracle_.of(q, chosen);
      const double believed = solved.values[theta.at(q)] * scale / weight(q);
      const double error = weight(q) * (oracle_.upper(q, set) - believed);
      if (error <= 2 * weight(q) * tolerance(q)) continue;
      for (const Set& table : tables_of(q))
        if ((table & ~set).any()) tables.push_back({{q, set | (all(q) & ~table)}, believed});
      tables.push_back({{q, set}, believed});
    }
    questions.clear();
    for (const auto& [question, believed] : tables) questions.push_back(question);
    if (Status asked = oracle_.ask(questions); !asked) return asked;
    std::set<std::size_t> explained;
    for (const auto& [question, believed] : tables) {
      const auto& [q, base] = question;
      const double cost = oracle_.lower(q, base);
      const bool is_whole = base == oracle_.of(q, chosen);
      if (cost <= believed + 2 * tolerance(q) || (is_whole && explained.contains(q))) continue;
      explained.insert(q);
      const double capped = std::min(cost, cap(q));
      doubts.push_back({q,
                        base,
                        capped,
                        std::min(believed + enough * (capped - believed), capped - tolerance(q)),
                        all(q) & ~base,
                        {}});
    }
    // The more is inside, the more sets the cut speaks of: everything but what the plans use that
    // are cheaper than the base, in layers.
    for (int step = 0; step < deepest_cut; ++step) {
      questions.clear();
      for (const Doubt& doubt : doubts)
        if (!doubt.settled) questions.emplace_back(doubt.query, doubt.base | doubt.rest);
      if (questions.empty()) break;
      if (Status asked = oracle_.ask(questions); !asked) return asked;
      for (Doubt& doubt : doubts) {
        if (doubt.settled) continue;
        const Set set = doubt.base | doubt.rest;
        const Oracle::Entry* entry = oracle_.best(doubt.query, set);
        Set used = entry != nullptr ? entry->used & doubt.rest : Set();
        const double cost = oracle_.lower(doubt.query, set);
        doubt.settled = cost >= doubt.enough || used.none();
        if (doubt.settled) {
          doubt.base = set;
          doubt.rest.reset();
        } else {
          // What brings about as much as the layer before may bring so do others of its kind.
          const double small =
              std::max(tolerance(doubt.query),
                       small_step * (doubt.cost - oracle_.lower(doubt.query, all(doubt.query))));
          used = likeness_.like(doubt.query, likeness_.largest_of(doubt.query, used),
                                cost <= doubt.last + small ? &Kind::similar : &Kind::same) &
                 doubt.rest;
          doubt.last = cost;
          doubt.layers.push_back(used);
          doubt.rest &= ~used;
        }
      }
    }
    for (Doubt& doubt : doubts) {
      if (doubt.rest.any()) doubt.layers.push_back(doubt.rest);
      std::ranges::reverse(doubt.layers);
      cuts_.push_back({doubt.query, doubt.base, std::move(doubt.layers)});
    }
    return {};
  }

  std::vector<Set> tables_of(std::size_t query) const {
    std::map<std::size_t, Set> tables;
    for (std::size_t i = 0; i < oracle_.relevant(query).size(); ++i)
      tables[input_.tables[oracle_.relevant(query)[i]]].set(i);
    std::vector<Set> sets;
    for (const auto& [table, set] : tables) sets.push_back(set);
    return sets;
  }

  // Chooses among the plans that were seen.
  Status from_above(double gap) {
    Program program;
    std::map<std::size_t, std::size_t> variable_of;
    const double scale = result_.after / 1e6;
    const auto candidate = [&](std::size_t i) {
      const auto [at, is_new] = variable_of.try_emplace(i, 0);
      if (is_new) at->second = program.variable(input_.maintenance[i] / scale, 1, true);
      return at->second;
    };
    for (const std::size_t q : helped_) {
      // Of plans that use the same the cheapest; of others those that are worth what they use.
      std::map<std::string, const Oracle::Entry*> plans;
      for (const Oracle::Entry& entry : oracle_.entries(q)) {
        const Oracle::Entry*& kept = plans[entry.used.to_string()];
        if (kept == nullptr || entry.cost < kept->cost) kept = &entry;
      }
      Program::Terms one;
      std::map<std::size_t, Program::Terms> uses;
      for (const auto& [key, entry] : plans) {
        if (!std::isfinite(entry->cost) || oracle_.best(q, entry->used) != entry) continue;
        const std::size_t plan = program.variable(weight(q) * entry->cost / scale, 1, false);
        one.emplace_back(plan, 1);
        for (std::size_t i = 0; i < oracle_.relevant(q).size(); ++i)
          if (entry->used.test(i)) uses[oracle_.relevant(q)[i]].emplace_back(plan, -1);
      }
      program.at_least(one, 1);
      for (auto& [i, terms] : uses) {
        terms.emplace_back(candidate(i), 1);
        program.at_least(std::move(terms), 0);
      }
    }
    refusals_.forbid(program, variable_of, candidate, pool_);
    Program::Terms budget;
    for (const auto& [i, variable] : variable_of)
      budget.emplace_back(variable, static_cast<double>(input_.bytes[i]) / (1 << 20));
    program.at_most(std::move(budget), static_cast<double>(input_.budget) / (1 << 20));
    const auto solved =
        program.solve(std::max(programs_gap, gap / program_share),
                      std::min(seconds_left(), 0.5 + (monotonic_seconds() - begun_) / 10),
                      1e6 * (1 - std::max(programs_gap, gap) / 20) - fixed_ / scale);
    if (!solved || solved->values.empty()) return {};
    std::vector<bool> chosen(input_.bytes.size(), false);
    for (const auto& [i, variable] : variable_of) chosen[i] = solved->values[variable] > 0.5;
    return attempt(std::move(chosen));
  }

  // What the chosen one spares the workload may be next to nothing, as a narrow one's beside a wide
  // one that serves the same, or a covering one's beside a key. The largest go first.
  Status leave_out_needless() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < result_.chosen.size(); ++i)
      if (result_.chosen[i] && !present()[i]) order.push_back(i);
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return input_.bytes[i]; });
    const double cost = workload_cost(result_.chosen);
    const double rest = without_dominant(cost);
    double most = cost + next_to_nothing * rest;
    if (cost - result_.bound <= input_.gap * rest)
      most = std::min(most, result_.bound + input_.gap * rest);
    for (const std::size_t i : order) {
      std::vector<bool> without = result_.chosen;
      without[i] = false;
      const auto is_missed = [&](std::size_t q) {
        return oracle_.lower(q, oracle_.of(q, without)) >
               oracle_.upper(q, oracle_.of(q, result_.chosen)) * (1 + noticed);
      };
      if (std::ranges::any_of(touched_, is_missed)) continue;
      const auto may_go = is_cheaper(without, most);
      if (!may_go) return std::unexpected(may_go.error());
      if (!*may_go) continue;
      if (Status asked = ask_about(without); !asked) return asked;
      if (std::ranges::any_of(touched_, is_missed) || makes_slow(without)) continue;
      result_.chosen = std::move(without);
    }
    return {};
  }

  // Of what was tried before all was known: what a plan without workers makes slow has gone.
  void take_others() {
    std::vector<std::pair<double, const std::vector<bool>*>> near;
    const auto has_all = [&](const std::vector<bool>& set) {
      for (std::size_t i = 0; i < set.size(); ++i)
        if (result_.chosen[i] && !set[i]) return false;
      return true;
    };
    for (const auto& [set, cost] : tried_)
      if (cost <= result_.after * about_as_good && !has_all(set) && !makes_slow(set))
        near.emplace_back(cost, &set);
    std::ranges::sort(near);
    for (std::size_t i = 0; i < std::min(near.size(), most_others); ++i)
      result_.others.push_back(*near[i].second);
  }

  Result<SearchResult> finish() {
    if (interrupted()) return fail("interrupted", "interrupted");
    // What a set costs is known at the end, and not only what it costs at most.
    if (Status asked = ask_about(result_.chosen); !asked) return fail(asked);
    if (Status done = leave_out_needless(); !done) return fail(done);
    result_.after = workload_cost(result_.chosen);
    result_.bound = std::min(result_.bound, result_.after);
    result_.looked_at = std::ranges::count(in_pool_, true);
    take_others();
    result_.refused = refusals_.list();
    return std::move(result_);
  }

  Oracle& oracle_;
  const SearchInput& input_;
  const SearchProgress& progress_;
  const Likeness likeness_;
  Refusals refusals_;
  const double begun_;
  const std::int64_t calls_before_;
  SearchResult result_;
  std::vector<std::size_t> helped_;   // queries that some set makes cheaper
  std::vector<std::size_t> touched_;  // these, and others whose plan may change
  double fixed_ = 0;                  // cost of the others
  double lowest_ = 0;
  double dearest_ = 0;  // cost of the dearest query with the best set
  std::vector<Cut> cuts_;
  std::size_t doubts_ = least_doubts;
  bool stands_still_ = false;
  std::vector<bool> confirmed_;  // the best set that holds without workers as well
  double confirmed_after_ = 0;
  std::map<std::vector<bool>, double> tried_;  // sets that may be taken, and what they cost
  std::vector<bool> in_pool_;                  // of the candidates
  std::vector<Set> pool_;                      // the same, of each query
};

}  // namespace

Result<SearchResult> search(Oracle& oracle, const SearchInput& input,
                            const SearchProgress& progress) {
  return Search(oracle, input, progress).run();
}

}  // namespace architrave::advisor

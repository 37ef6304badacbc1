#include "advisor/search/search.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "advisor/search/cutting_planes.h"
#include "advisor/search/published.h"
#include "advisor/search/refusals.h"
#include "advisor/search/restricted_master.h"
#include "advisor/search/space.h"
#include "base/clock.h"
#include "base/process.h"

namespace architrave::advisor {

namespace {

constexpr std::size_t least_doubts = 3;  // queries that a round learns more about, or a fifth:
constexpr std::size_t doubted_part = 5;  // each round costs two programs
constexpr double clearly_faster = 0.5;   // of a query's time
constexpr double worth_asking = 0.1;     // of the gap that is allowed
constexpr double confirmed_from = 0.01;  // a gap: sets that are further off come and go
constexpr double about_as_good = 1.05;   // cost of a set that is worth running as well
constexpr std::size_t most_others = 2;
constexpr double next_to_nothing = 5e-4;  // of the cost, for all that is left out
constexpr double noticed = 0.2;           // of a query's cost
constexpr double as_dear = 1e-6;          // of the cost, that rounding may add
constexpr double share_of_gain = 0.02;    // of what the indexes bring, to be certain of
constexpr double first_program = 0.5;     // seconds that a program may take,
constexpr double program_time = 0.1;      // and of those since the start
constexpr double last_program = 0.05;     // seconds, when the time is over

class Search {
 public:
  Search(Oracle& oracle, const SearchInput& input, const SearchProgress& progress)
      : oracle_(oracle),
        input_(input),
        progress_(progress),
        space_(oracle, input),
        refusals_(oracle, space_.likeness()),
        cuts_(space_, oracle, refusals_),
        begun_(monotonic_seconds()),
        calls_before_(oracle.calls()) {}

  Result<SearchResult> run() {
    if (Status asked = space_.look_at_both_ends(); !asked) return fail(asked);
    best_ = confirmed_ = {space_.present(), space_.cost(space_.present())};
    stand();
    result_.before = best_.cost;
    space_.bound = space_.lowest();
    doubts_ = std::max(least_doubts, space_.helped().size() / doubted_part);
    if (Status done = seed(); !done) return fail(done);
    result_.first_seconds = elapsed();
    if (Status done = explore(); !done) return fail(done);
    return finish();
  }

 private:
  struct Known {
    std::vector<bool> chosen;
    double cost = 0;
  };

  double elapsed() const { return monotonic_seconds() - begun_; }
  std::int64_t calls() const { return oracle_.calls() - calls_before_; }

  bool is_late() const {
    return elapsed() > input_.seconds || calls() > input_.most_calls || interrupted();
  }

  double seconds_for_program() const {
    return std::min(std::max(last_program, input_.seconds - elapsed()),
                    first_program + program_time * elapsed());
  }

  // A workload in which one query costs nearly everything has a small gap with any set, so the gap
  // is compared with what the indexes bring, and with what the others cost, too.
  bool is_close() const {
    const double missing = space_.after - space_.bound;
    return missing <= input_.gap * space_.without_dominant(space_.after) &&
           missing <= share_of_gain * (result_.before - space_.bound);
  }

  // The space knows how far the best set has come.
  void stand() {
    space_.after = best_.cost;
    space_.dearest = 0;
    for (const std::size_t q : space_.helped())
      space_.dearest = std::max(space_.dearest,
                                space_.weight(q) * oracle_.upper(q, oracle_.of(q, best_.chosen)));
  }

  Status seed() {
    auto chosen = db2advis(oracle_, input_);
    if (!chosen) return std::unexpected(chosen.error());
    if (!input_.present.empty()) {
      std::vector<bool> with = *chosen;
      for (std::size_t i = 0; i < with.size(); ++i) with[i] = with[i] || input_.present[i];
      if (Status done = attempt_what_holds(std::move(with)); !done) return done;
    }
    return attempt_what_holds(std::move(*chosen));
  }

  // The candidates of the pool, and of their variants what helps.
  Status explore() {
    while (true) {
      if (Status done = close_gap(); !done) return done;
      if (is_late() || (!input_.thorough && calls() > input_.allowance)) return {};
      const auto widened = space_.widen(best_.chosen);
      if (!widened) return std::unexpected(widened.error());
      if (!*widened) return {};
      space_.bound = std::min(space_.lowest(), space_.after);  // another set may be best now
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

  Status approach() {
    stands_still_ = false;
    while (!is_close() && !is_late()) {
      ++result_.rounds;
      const double after = space_.after;
      const double bound = space_.bound;
      const std::size_t known = space_.known_plans();
      if (Status done = from_below(); !done) return done;
      if (is_close() || is_late()) break;
      if (Status done = from_above(space_.gap()); !done) return done;
      if (space_.gap() < confirmed_from)
        if (Status done = confirm(); !done) return done;
      if (progress_) progress_(space_.after, space_.bound);
      // Nothing was learned: both programs stand still, unless other queries are asked about.
      if (space_.after == after && space_.bound == bound && space_.known_plans() == known) {
        stands_still_ = doubts_ >= space_.helped().size();
        if (stands_still_) break;
        doubts_ *= 2;
      }
    }
    return {};
  }

  Status from_below() {
    std::optional<CuttingPlanes::Solution> solution;
    for (Refused refused(refusals_); refused.more() && !is_late();) {
      solution = cuts_.solve(seconds_for_program());
      if (!solution) return {};
      if (solution->chosen.empty()) {  // nothing is better than what there is
        space_.bound = space_.after;
        return {};
      }
      // A candidate that has come into the pool makes earlier bounds void, never later ones.
      space_.bound = std::clamp(solution->bound, space_.bound, space_.after);
      if (Status done = attempt(solution->chosen); !done) return done;
    }
    return solution ? cuts_.learn(*solution, doubts_) : Status();
  }

  Status from_above(double gap) {
    for (Refused refused(refusals_); refused.more() && !is_late();) {
      const auto chosen =
          choose_among_plans(space_, oracle_, refusals_, gap, seconds_for_program());
      if (!chosen) return {};
      if (Status done = attempt(*chosen); !done) return done;
    }
    return {};
  }

  // Of the plans that are known by now the best: what is within the gap may still be better.
  Status polish() {
    for (double before = 0; before != space_.after && !is_late();) {
      before = space_.after;
      if (Status done = from_above(0); !done) return done;
      if (Status done = confirm(); !done) return done;
    }
    return {};
  }

  Status ask_about(const std::vector<bool>& chosen) {
    if (Status asked = space_.ask_about(chosen); !asked) return asked;
    return refusals_.learn(chosen, space_.touched(), space_.pool());
  }

  // Whether anything was refused since it was last asked, so that a program is worth solving anew.
  class Refused {
   public:
    explicit Refused(const Refusals& refusals) : refusals_(refusals) {}
    bool more() {
      const bool is_more = !known_ || *known_ < refusals_.list().size();
      known_ = refusals_.list().size();
      return is_more;
    }

   private:
    const Refusals& refusals_;
    std::optional<std::size_t> known_;  // none before the first time
  };

  // A query of which is not known what the set costs it. What was slow before may be so again,
  // which ends the attempt; else the one of which least is known.
  std::optional<std::size_t> next_to_ask(const std::vector<bool>& chosen) const {
    for (const Refusal& each : refusals_.list()) {
      const std::size_t q = each.query % oracle_.queries();
      if (!oracle_.is_known(q, oracle_.of(q, chosen))) return q;
    }
    return space_.least_known(chosen);
  }

  // Asks for the set, a query at a time while it can still be better than the best so far by what
  // is worth it, and takes it if it is. What is refused goes back to the programs, which know
  // better what to leave out.
  Status attempt(const std::vector<bool>& chosen) {
    while (refusals_.of(chosen) == nullptr) {
      const double least_step = worth_asking * input_.gap * space_.without_dominant(space_.after);
      if (space_.least_cost(chosen) >= space_.after - least_step) return {};
      if (const auto query = next_to_ask(chosen)) {
        if (Status asked = oracle_.ask({{*query, oracle_.of(*query, chosen)}}); !asked)
          return asked;
        if (Status done = refusals_.learn(chosen, {*query}, space_.pool()); !done) return done;
        continue;
      }
      if (Status asked = ask_about(chosen); !asked) return asked;
      if (refusals_.of(chosen) == nullptr) consider(chosen);
      return {};
    }
    return {};
  }

  // A set that no program has made: without what is refused of it.
  Status attempt_what_holds(std::vector<bool> chosen) {
    while (true) {
      if (Status done = attempt(chosen); !done) return done;
      const Refusal* refusal = refusals_.of(chosen);
      if (refusal == nullptr || !give_way(*refusal, chosen)) return {};
    }
  }

  // What exists is kept, or of what is new the least is left out, so that the refusal does not
  // speak of the set. False where neither helps.
  bool give_way(const Refusal& refusal, std::vector<bool>& chosen) const {
    const Set kept = oracle_.present(refusal.query) & ~refusal.asked;
    if (kept.any()) {
      space_.mark(refusal.query, kept, chosen);
      return true;
    }
    const Set new_ones = refusal.used & ~oracle_.present(refusal.query);
    double least = 0;
    std::optional<std::size_t> leave;
    for (const std::size_t i : space_.likeness().numbers(
             refusal.query, space_.likeness().like(refusal.query, new_ones, &Kind::same) &
                                oracle_.of(refusal.query, chosen))) {
      chosen[i] = false;
      if (const double cost = space_.cost(chosen); !leave || cost < least) {
        least = cost;
        leave = i;
      }
      chosen[i] = true;
    }
    if (!leave) return false;
    chosen[*leave] = false;
    return true;
  }

  // Of queries that are not much faster.
  Status ask_without_workers(const std::vector<bool>& chosen) {
    if (!oracle_.has_judge()) return {};
    std::vector<Question> questions;
    for (const std::size_t q : space_.touched()) {
      const Oracle::Entry* entry = oracle_.best(q, oracle_.of(q, chosen));
      if (entry == nullptr || entry == oracle_.best(q, oracle_.present(q)) ||
          oracle_.slowdown(q, *entry) < clearly_faster)
        continue;
      questions.emplace_back(oracle_.serial(q), oracle_.present(q));
      questions.emplace_back(oracle_.serial(q), oracle_.of(q, chosen));
    }
    if (Status asked = oracle_.ask(questions); !asked) return asked;
    return refusals_.learn(chosen, space_.touched(), space_.pool());
  }

  // Plans without workers are asked for once a set has proved to be the best. If one is slow, the
  // next best is looked for from the last set that held.
  Status confirm() {
    while (oracle_.has_judge() && best_.chosen != confirmed_.chosen && !is_late()) {
      const Known found = best_;
      if (Status asked = ask_without_workers(found.chosen); !asked) return asked;
      if (!makes_slow(found.chosen)) {
        confirmed_ = found;
        break;
      }
      best_ = confirmed_;
      space_.after = best_.cost;
      if (Status done = attempt_what_holds(found.chosen); !done) return done;
    }
    return {};
  }

  bool makes_slow(const std::vector<bool>& chosen) const {
    return std::ranges::any_of(space_.touched(), [&](std::size_t q) {
      const Set set = oracle_.of(q, chosen);
      return refusals_.is_slow(q, set) || refusals_.is_slow(oracle_.serial(q), set);
    });
  }

  // Takes the set, without what no plan uses, if it is the best so far.
  void consider(const std::vector<bool>& chosen) {
    if (makes_slow(chosen)) return;
    std::vector<bool> used = space_.used_of(chosen);
    // What is there for the sake of plans without workers alone is not seen in those with them.
    if (makes_slow(used)) used = chosen;
    if (space_.bytes_of(used) > input_.budget) return;
    const double cost = space_.cost(used);
    if (cost < space_.after * about_as_good) tried_.insert_or_assign(used, cost);
    if (cost >= space_.after) return;
    best_ = {std::move(used), cost};
    stand();
  }

  // What the chosen one spares the workload may be next to nothing, as a narrow one's beside a wide
  // one that serves the same, or a covering one's beside a key. The largest go first.
  Status leave_out_needless() {
    const std::vector<bool> present = space_.present();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < best_.chosen.size(); ++i)
      if (best_.chosen[i] && !present[i]) order.push_back(i);
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return input_.bytes[i]; });
    const double cost = space_.cost(best_.chosen);
    const double rest = space_.without_dominant(cost);
    double most = cost + next_to_nothing * rest;
    if (cost - space_.bound <= input_.gap * rest)
      most = std::min(most, space_.bound + input_.gap * rest);
    for (const std::size_t i : order) {
      std::vector<bool> without = best_.chosen;
      without[i] = false;
      const auto is_missed = [&](std::size_t q) {
        return oracle_.lower(q, oracle_.of(q, without)) >
               oracle_.upper(q, oracle_.of(q, best_.chosen)) * (1 + noticed);
      };
      if (std::ranges::any_of(space_.touched(), is_missed)) continue;
      const auto may_go = space_.is_cheaper(without, most);
      if (!may_go) return std::unexpected(may_go.error());
      if (!*may_go) continue;
      if (Status asked = ask_about(without); !asked) return asked;
      if (std::ranges::any_of(space_.touched(), is_missed)) continue;
      if (Status asked = ask_without_workers(without); !asked) return asked;
      if (makes_slow(without)) continue;
      best_.chosen = std::move(without);
    }
    return {};
  }

  // What is rather there than what was found, if that costs no more.
  Status take_rather() {
    for (std::size_t i = 0; i < input_.rather.size(); ++i)
      for (const std::size_t other : input_.rather[i]) {
        if (!best_.chosen[i] || best_.chosen[other]) continue;
        std::vector<bool> with = best_.chosen;
        with[i] = false;
        with[other] = true;
        const double most = space_.cost(best_.chosen) * (1 + as_dear);
        // What does not use the one is none the dearer for the other.
        for (const std::size_t q : users_of(i)) {
          if (Status asked = oracle_.ask({{q, oracle_.of(q, with)}}); !asked) return asked;
          if (oracle_.upper(q, oracle_.of(q, with)) >
              oracle_.upper(q, oracle_.of(q, best_.chosen)) * (1 + as_dear))
            break;
        }
        if (space_.cost(with) > most) continue;
        if (oracle_.has_judge()) {
          if (Status asked = ask_about(with); !asked) return asked;
          if (Status asked = ask_without_workers(with); !asked) return asked;
        }
        if (!makes_slow(with)) best_.chosen = std::move(with);
      }
    return {};
  }

  // Queries whose plan under the best set uses the candidate.
  std::vector<std::size_t> users_of(std::size_t candidate) const {
    std::vector<std::size_t> users;
    for (const std::size_t q : space_.touched()) {
      const Oracle::Entry* entry = oracle_.best(q, oracle_.of(q, best_.chosen));
      if (entry == nullptr) continue;
      const auto used = space_.likeness().numbers(q, entry->used);
      if (std::ranges::find(used, candidate) != used.end()) users.push_back(q);
    }
    return users;
  }

  // Of what was tried before all was known: what a plan without workers makes slow has gone.
  void take_others() {
    std::vector<std::pair<double, const std::vector<bool>*>> near;
    const auto has_all = [&](const std::vector<bool>& set) {
      for (std::size_t i = 0; i < set.size(); ++i)
        if (best_.chosen[i] && !set[i]) return false;
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
    if (Status asked = ask_about(best_.chosen); !asked) return fail(asked);
    if (Status done = leave_out_needless(); !done) return fail(done);
    if (Status done = take_rather(); !done) return fail(done);
    result_.after = space_.cost(best_.chosen);
    result_.bound = std::min(space_.bound, result_.after);
    result_.looked_at = space_.pool_size();
    take_others();
    result_.refused = refusals_.list();
    result_.chosen = std::move(best_.chosen);
    return std::move(result_);
  }

  Oracle& oracle_;
  const SearchInput& input_;
  const SearchProgress& progress_;
  Space space_;
  Refusals refusals_;
  CuttingPlanes cuts_;
  const double begun_;
  const std::int64_t calls_before_;
  Known best_;
  Known confirmed_;  // the best that holds without workers as well
  std::size_t doubts_ = least_doubts;
  bool stands_still_ = false;
  std::map<std::vector<bool>, double> tried_;  // sets that may be taken, and what they cost
  SearchResult result_;
};

}  // namespace

Result<SearchResult> search(Oracle& oracle, const SearchInput& input,
                            const SearchProgress& progress) {
  return Search(oracle, input, progress).run();
}

}  // namespace architrave::advisor

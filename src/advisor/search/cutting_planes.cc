#include "advisor/search/cutting_planes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <ranges>
#include <set>

namespace architrave::advisor {

namespace {

constexpr double no_better = 1e-6;  // of the cost, above which a set is as dear as the best
constexpr double dearest_query = 1e12;
constexpr int deepest_cut = 15;       // layers of candidates that are taken out of one
constexpr double enough = 0.7;        // of an error: the rest is cut off when it matters
constexpr std::size_t most_cuts = 2;  // of a query at once
constexpr double small_step = 0.2;    // of what all candidates bring: those that are alike bring it

}  // namespace

// θ ≥ base − Σ more·y: of each layer what the query costs less with it than with the weaker ones
// alone, and whether one of it or of a stronger layer is there (y ≤ the next y + Σ x). So two of
// a kind lift the bound no further than one.
void CuttingPlanes::add_row(SetProgram& program, const Cut& cut, std::size_t theta) const {
  const double factor = program.scaled(space_.weight(cut.query));
  const double base = std::min(oracle_.lower(cut.query, cut.inside), space_.cap(cut.query)) -
                      space_.tolerance(cut.query);
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
  take(space_.all(cut.query) & ~reached);  // what has come into the pool since
  Program::Terms terms = {{theta, 1}};
  std::optional<std::size_t> stronger;
  for (const Layer& layer : layers | std::views::reverse) {
    const std::size_t there = program.rows().variable(0, 1, false);
    terms.emplace_back(there, layer.more * factor);
    Program::Terms reasons = {{there, -1}};
    for (const std::size_t i : space_.likeness().numbers(cut.query, layer.members))
      reasons.emplace_back(program.candidate(i), 1);
    if (stronger) reasons.emplace_back(*stronger, 1);
    program.rows().at_least(std::move(reasons), 0);
    stronger = there;
  }
  program.rows().at_least(std::move(terms), base * factor);
}

std::optional<CuttingPlanes::Solution> CuttingPlanes::solve(double seconds) const {
  // Without whole numbers it takes half of a large index and half of what that brings, so that the
  // bound rises late unless these are decided first. Among many there is no such order.
  SetProgram program(space_, space_.is_small() ? Program::Way::in_order : Program::Way::usual);
  if (space_.is_small())
    for (const std::size_t i : space_.largest_first()) program.candidate(i);
  std::map<std::size_t, std::size_t> theta;
  for (const std::size_t q : space_.helped()) {
    theta[q] = program.rows().variable(1, dearest_query, false);
    program.rows().at_least({{theta[q], 1}},
                            program.scaled(space_.weight(q) * oracle_.lower(q, space_.all(q))));
  }
  for (const Cut& cut : cuts_) add_row(program, cut, theta[cut.query]);
  auto solved = program.solve(refusals_, space_.gap(), seconds, 1 + no_better);
  if (!solved) return {};
  Solution solution{solved->bound, std::move(solved->chosen), {}};
  if (solution.chosen.empty()) return solution;
  for (const std::size_t q : space_.helped())
    solution.believed.push_back(program.unscaled(solved->values[theta[q]]) / space_.weight(q));
  return solution;
}

Status CuttingPlanes::learn(const Solution& solution, std::size_t queries) {
  auto doubts = doubts_of(solution, queries);
  if (!doubts) return std::unexpected(doubts.error());
  if (Status done = deepen(*doubts); !done) return done;
  for (Doubt& doubt : *doubts) {
    if (doubt.rest.any()) doubt.layers.push_back(doubt.rest);
    std::ranges::reverse(doubt.layers);
    cuts_.push_back({doubt.query, doubt.base, std::move(doubt.layers)});
  }
  return {};
}

Result<std::vector<CuttingPlanes::Doubt>> CuttingPlanes::doubts_of(const Solution& solution,
                                                                   std::size_t queries) {
  struct Belief {
    std::size_t query;
    double cost;
  };
  std::vector<Belief> worst;
  for (std::size_t at = 0; at < space_.helped().size(); ++at)
    worst.push_back({space_.helped()[at], solution.believed[at]});
  const auto set_of = [&](std::size_t query) { return oracle_.of(query, solution.chosen); };
  std::ranges::sort(worst, std::greater(), [&](const Belief& belief) {
    return space_.weight(belief.query) *
           (oracle_.lower(belief.query, set_of(belief.query)) - belief.cost);
  });
  if (worst.size() > queries) worst.resize(queries);
  std::vector<Question> questions;
  for (const auto& [q, cost] : worst) questions.emplace_back(q, set_of(q));
  if (Status asked = oracle_.ask(questions); !asked) return fail(asked);

  // Without one table's others, or with none of all the others.
  struct Base {
    Belief belief;
    Set set;
  };
  std::vector<Base> bases;
  for (const Belief& belief : worst) {
    const auto [q, cost] = belief;
    if (oracle_.upper(q, set_of(q)) - cost <= 2 * space_.tolerance(q)) continue;
    for (const Set& table : space_.tables_of(q))
      if ((table & ~set_of(q)).any())
        bases.push_back({belief, set_of(q) | (space_.all(q) & ~table)});
    bases.push_back({belief, set_of(q)});
  }
  questions.clear();
  for (const auto& [belief, set] : bases) questions.emplace_back(belief.query, set);
  if (Status asked = oracle_.ask(questions); !asked) return fail(asked);

  std::vector<Doubt> doubts;
  std::set<std::size_t> explained;
  for (const auto& [belief, set] : bases) {
    const auto [q, believed] = belief;
    const double cost = oracle_.lower(q, set);
    const bool is_whole = set == set_of(q);
    if (cost <= believed + 2 * space_.tolerance(q) || (is_whole && explained.contains(q))) continue;
    explained.insert(q);
    const double capped = std::min(cost, space_.cap(q));
    doubts.push_back(
        {.query = q,
         .base = set,
         .cost = capped,
         .enough = std::min(believed + enough * (capped - believed), capped - space_.tolerance(q)),
         .rest = space_.all(q) & ~set,
         .layers = {}});
  }
  // The dearest say most; what the others would say is asked when it still matters.
  std::ranges::stable_sort(doubts, std::greater(), &Doubt::cost);
  std::map<std::size_t, std::size_t> cuts;
  std::erase_if(doubts, [&](const Doubt& doubt) { return cuts[doubt.query]++ >= most_cuts; });
  return doubts;
}

// The more is inside, the more sets the cut speaks of: everything but what the plans use that are
// cheaper than the base, in layers.
Status CuttingPlanes::deepen(std::vector<Doubt>& doubts) {
  for (int step = 0; step < deepest_cut; ++step) {
    std::vector<Question> questions;
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
        continue;
      }
      // What brings about as much as the layer before may bring so do others of its kind.
      const double small =
          std::max(space_.tolerance(doubt.query),
                   small_step * (doubt.cost - oracle_.lower(doubt.query, space_.all(doubt.query))));
      const Likeness& likeness = space_.likeness();
      used = likeness.like(doubt.query, likeness.largest_of(doubt.query, used),
                           cost <= doubt.last + small ? &Kind::similar : &Kind::same) &
             doubt.rest;
      doubt.last = cost;
      doubt.layers.push_back(used);
      doubt.rest &= ~used;
    }
  }
  return {};
}

}  // namespace architrave::advisor

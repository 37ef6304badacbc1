#include "advisor/search/restricted_master.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "advisor/search/set_program.h"

namespace architrave::advisor {

namespace {

constexpr double least_gain = 1e-4;   // of what queries cost beside the dominant one
constexpr double part_of_gap = 0.05;  // that another set must bring

}  // namespace

std::optional<std::vector<bool>> choose_among_plans(const Space& space, const Oracle& oracle,
                                                    const Refusals& refusals, double gap,
                                                    double seconds) {
  SetProgram program(space, space.is_small() ? Program::Way::without_cuts : Program::Way::usual);
  for (const std::size_t q : space.helped()) {
    // Of plans that use the same the cheapest; of others those that are worth what they use.
    std::map<std::string, const Oracle::Entry*> plans;
    for (const Oracle::Entry& entry : oracle.entries(q)) {
      const Oracle::Entry*& kept = plans[entry.used.to_string()];
      if (kept == nullptr || entry.cost < kept->cost) kept = &entry;
    }
    Program::Terms one;
    std::map<std::size_t, Program::Terms> uses;
    for (const auto& [key, entry] : plans) {
      if (!std::isfinite(entry->cost) || oracle.best(q, entry->used) != entry) continue;
      const std::size_t plan =
          program.rows().variable(program.scaled(space.weight(q) * entry->cost), 1, false);
      one.emplace_back(plan, 1);
      for (const std::size_t i : space.likeness().numbers(q, entry->used))
        uses[i].emplace_back(plan, -1);
    }
    program.rows().at_least(one, 1);
    for (auto& [i, terms] : uses) {
      terms.emplace_back(program.candidate(i), 1);
      program.rows().at_least(std::move(terms), 0);
    }
  }
  auto solved = program.solve(refusals, gap, seconds,
                              1 - part_of_gap * std::max(least_gain * space.rest(), gap));
  if (!solved || solved->chosen.empty()) return {};
  return std::move(solved->chosen);
}

}  // namespace architrave::advisor

#include "advisor/search/set_program.h"

#include <algorithm>

namespace architrave::advisor {

namespace {

constexpr double least_gap = 1e-4;    // of what queries cost beside the dominant one
constexpr double part_of_gap = 0.25;  // to which a program is solved
constexpr double mebibyte = 1 << 20;

}  // namespace

std::size_t SetProgram::candidate(std::size_t number) {
  const auto [at, is_new] = variable_of_.try_emplace(number, 0);
  if (is_new)
    at->second = program_.variable(scaled(space_.input().maintenance[number]), 1, /*whole=*/true);
  return at->second;
}

std::optional<SetProgram::Solution> SetProgram::solve(const Refusals& refusals, double gap,
                                                      double seconds, double cutoff) {
  refusals.forbid(
      program_, variable_of_, [&](std::size_t number) { return candidate(number); }, space_.pool());
  Program::Terms budget;
  for (const auto& [number, variable] : variable_of_)
    budget.emplace_back(variable, static_cast<double>(space_.input().bytes[number]) / mebibyte);
  program_.at_most(std::move(budget), static_cast<double>(space_.input().budget) / mebibyte);
  auto solved = program_.solve(std::max(least_gap * space_.rest(), part_of_gap * gap), seconds,
                               unit * cutoff - scaled(space_.fixed()));
  if (!solved) return {};
  Solution solution;
  if (solved->values.empty()) return solution;
  solution.bound = unscaled(solved->bound) + space_.fixed();
  solution.chosen.assign(space_.input().bytes.size(), false);
  for (const auto& [number, variable] : variable_of_)
    solution.chosen[number] = solved->values[variable] > 0.5;
  solution.values = std::move(solved->values);
  return solution;
}

}  // namespace architrave::advisor

#include "advisor/search/published.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace architrave::advisor {

namespace {
using Question = std::pair<std::size_t, Set>;
}  // namespace

Result<double> cost_of(Oracle& oracle, const SearchInput& input, const std::vector<bool>& chosen) {
  std::vector<Question> questions;
  for (std::size_t q = 0; q < oracle.queries(); ++q)
    questions.emplace_back(q, oracle.of(q, chosen));
  if (Status asked = oracle.ask(questions); !asked) return fail(asked);
  double cost = 0;
  for (const auto& [q, set] : questions)
    if (const double each = oracle.upper(q, set); std::isfinite(each))
      cost += input.weights[q] * each;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i]) cost += input.maintenance[i];
  return cost;
}

Result<std::vector<bool>> db2advis(Oracle& oracle, const SearchInput& input,
                                   const std::vector<bool>& without) {
  std::vector<bool> considered(input.bytes.size(), true);
  for (std::size_t i = 0; i < without.size(); ++i) considered[i] = !without[i];
  const auto all = [&](std::size_t q) { return oracle.of(q, considered); };
  std::vector<Question> questions;
  for (std::size_t q = 0; q < oracle.queries(); ++q) {
    questions.emplace_back(q, Set());
    questions.emplace_back(q, all(q));
  }
  if (Status asked = oracle.ask(questions); !asked) return fail(asked);
  std::vector<double> benefit(input.bytes.size());
  for (std::size_t q = 0; q < oracle.queries(); ++q) {
    const Oracle::Entry* entry = oracle.best(q, all(q));
    const double spared = oracle.upper(q, {}) - oracle.upper(q, all(q));
    if (entry == nullptr || !std::isfinite(spared) || spared <= 0) continue;
    for (std::size_t i = 0; i < oracle.relevant(q).size(); ++i)
      if (entry->used.test(i))
        benefit[oracle.relevant(q)[i]] +=
            input.weights[q] * spared / static_cast<double>(entry->used.count());
  }
  std::vector<std::size_t> order(benefit.size());
  std::iota(order.begin(), order.end(), 0);
  const auto ratio = [&](std::size_t i) {
    return (benefit[i] - input.maintenance[i]) /
           static_cast<double>(std::max<std::int64_t>(1, input.bytes[i]));
  };
  std::ranges::stable_sort(order, std::greater(), ratio);
  std::vector<bool> chosen(benefit.size(), false);
  std::int64_t left = input.budget;
  for (const std::size_t i : order) {
    if (ratio(i) <= 0) break;
    if (input.bytes[i] > left) continue;
    chosen[i] = true;
    left -= input.bytes[i];
  }
  return chosen;
}

Result<std::vector<bool>> extend(Oracle& oracle, const SearchInput& input,
                                 const std::vector<std::vector<std::size_t>>& widens) {
  std::vector<bool> chosen =
      input.present.empty() ? std::vector<bool>(input.bytes.size(), false) : input.present;
  const auto bytes_of = [&](const std::vector<bool>& set) {
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < set.size(); ++i)
      if (set[i]) bytes += input.bytes[i];
    return bytes;
  };
  auto cost = cost_of(oracle, input, chosen);
  if (!cost) return fail(cost);
  while (true) {
    double best_ratio = 0;
    std::vector<bool> best;
    double best_cost = 0;
    const auto attempt = [&](const std::vector<bool>& set) -> Status {
      const std::int64_t more = bytes_of(set) - bytes_of(chosen);
      if (bytes_of(set) > input.budget) return {};
      const auto with = cost_of(oracle, input, set);
      if (!with) return std::unexpected(with.error());
      const double spared = *cost - *with;
      if (spared <= *cost * 1e-6) return {};
      const double ratio = spared / static_cast<double>(std::max<std::int64_t>(more, 1));
      if (ratio > best_ratio) {
        best_ratio = ratio;
        best = set;
        best_cost = *with;
      }
      return {};
    };
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (!chosen[i]) {
        std::vector<bool> set = chosen;
        set[i] = true;
        if (Status done = attempt(set); !done) return fail(done);
      } else {
        for (const std::size_t wider : widens[i]) {
          if (chosen[wider]) continue;
          std::vector<bool> set = chosen;
          set[i] = false;
          set[wider] = true;
          if (Status done = attempt(set); !done) return fail(done);
        }
      }
    }
    if (best.empty()) return chosen;
    chosen = std::move(best);
    cost = best_cost;
  }
}

}  // namespace architrave::advisor

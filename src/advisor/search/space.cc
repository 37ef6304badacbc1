#include "advisor/search/space.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace architrave::advisor {

namespace {

constexpr double worthwhile = 1e-4;  // share of its cost that an index must spare a query
constexpr double tolerated = 0.8;    // part of the gap that the bound may miss, for all queries
constexpr std::int64_t few_candidates = 250;  // TPC-H has 60 to 200, TPC-DS 380 and more
constexpr double dominant = 0.9;              // of the cost, for one query
constexpr double least_rest = 1e-3;           // of the cost, for the others

}  // namespace

Space::Space(Oracle& oracle, const SearchInput& input)
    : oracle_(oracle), input_(input), likeness_(oracle, input.kinds, input.bytes) {
  in_pool_.resize(input.bytes.size());
  for (std::size_t i = 0; i < in_pool_.size(); ++i) in_pool_[i] = !input.variant[i];
  pool_.assign(oracle.queries(), {});
  take_into_pool(in_pool_);
}

void Space::take_into_pool(const std::vector<bool>& candidates) {
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (candidates[i]) in_pool_[i] = true;
  for (std::size_t q = 0; q < oracle_.queries(); ++q) pool_[q] = oracle_.of(q, in_pool_);
}

std::int64_t Space::pool_size() const { return std::ranges::count(in_pool_, true); }

bool Space::is_small() const { return pool_size() <= few_candidates; }

std::vector<std::size_t> Space::largest_first() const {
  std::vector<std::size_t> pool;
  for (std::size_t i = 0; i < in_pool_.size(); ++i)
    if (in_pool_[i]) pool.push_back(i);
  std::ranges::stable_sort(pool, std::greater(), [&](std::size_t i) { return input_.bytes[i]; });
  return pool;
}

std::vector<Set> Space::tables_of(std::size_t query) const {
  std::map<std::size_t, Set> tables;
  for (std::size_t i = 0; i < oracle_.relevant(query).size(); ++i)
    tables[input_.tables[oracle_.relevant(query)[i]]].set(i);
  std::vector<Set> sets;
  for (const auto& [table, set] : tables) sets.push_back(set);
  return sets;
}

void Space::mark(std::size_t query, const Set& set, std::vector<bool>& candidates) const {
  for (const std::size_t i : likeness_.numbers(query, set)) candidates[i] = true;
}

std::vector<bool> Space::present() const {
  return input_.present.empty() ? std::vector<bool>(input_.bytes.size(), false) : input_.present;
}

std::vector<bool> Space::used_of(const std::vector<bool>& chosen) const {
  std::vector<bool> used(chosen.size(), false);
  for (const std::size_t q : helped_)
    if (const Oracle::Entry* entry = oracle_.best(q, oracle_.of(q, chosen)))
      mark(q, entry->used, used);
  return used;
}

std::int64_t Space::bytes_of(const std::vector<bool>& chosen) const {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i]) bytes += input_.bytes[i];
  return bytes;
}

Status Space::look_at_both_ends() {
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

Result<bool> Space::widen(const std::vector<bool>& chosen) {
  std::vector<Question> questions;
  for (std::size_t q = 0; q < oracle_.queries(); ++q) {
    const Set set = oracle_.of(q, chosen);
    const Set others = oracle_.all(q) & ~all(q);
    const bool may_gain = oracle_.upper(q, set) > oracle_.lower(q, oracle_.all(q)) + tolerance(q);
    if (others.any() && may_gain && std::isfinite(oracle_.upper(q, {})))
      questions.emplace_back(q, set | others);
  }
  if (Status asked = oracle_.ask(questions); !asked) return fail(asked);
  std::vector<bool> wanted(input_.bytes.size(), false);
  bool found = false;
  for (const auto& [q, set] : questions) {
    const Oracle::Entry* entry = oracle_.best(q, set);
    const double now = oracle_.upper(q, oracle_.of(q, chosen));
    if (entry == nullptr || entry->cost >= now - tolerance(q)) continue;
    if ((entry->used & ~all(q)).none()) continue;
    mark(q, entry->used, wanted);
    found = true;
    if (std::ranges::find(helped_, q) != helped_.end()) continue;
    helped_.push_back(q);
    if (std::ranges::find(touched_, q) == touched_.end()) touched_.push_back(q);
    fixed_ -= weight(q) * oracle_.upper(q, {});
  }
  if (!found) return false;
  take_into_pool(wanted);
  // What a query costs with all that is in the pool is the least that it can.
  questions.clear();
  for (const std::size_t q : helped_) questions.emplace_back(q, all(q));
  if (Status asked = oracle_.ask(questions); !asked) return fail(asked);
  lowest_ = fixed_;
  for (const std::size_t q : helped_) lowest_ += weight(q) * oracle_.lower(q, all(q));
  return true;
}

std::size_t Space::known_plans() const {
  std::size_t count = 0;
  for (std::size_t q = 0; q < oracle_.queries(); ++q) count += oracle_.entries(q).size();
  return count;
}

double Space::maintenance_of(const std::vector<bool>& chosen) const {
  double cost = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i]) cost += input_.maintenance[i];
  return cost;
}

double Space::cost(const std::vector<bool>& chosen) const {
  double cost = fixed_ + maintenance_of(chosen);
  for (const std::size_t q : helped_) cost += weight(q) * oracle_.upper(q, oracle_.of(q, chosen));
  return cost;
}

double Space::least_cost(const std::vector<bool>& chosen) const {
  double cost = fixed_ + maintenance_of(chosen);
  for (const std::size_t q : helped_) cost += weight(q) * oracle_.lower(q, oracle_.of(q, chosen));
  return cost;
}

std::optional<std::size_t> Space::least_known(const std::vector<bool>& chosen) const {
  std::optional<std::size_t> found;
  double most = 0;
  for (const std::size_t q : helped_) {
    const Set set = oracle_.of(q, chosen);
    if (oracle_.is_known(q, set)) continue;
    const double open = weight(q) * (oracle_.upper(q, set) - oracle_.lower(q, set));
    if (found && open <= most) continue;
    most = open;
    found = q;
  }
  return found;
}

Result<bool> Space::is_cheaper(const std::vector<bool>& chosen, double than) {
  while (least_cost(chosen) < than) {
    const auto query = least_known(chosen);
    if (!query) return true;
    if (Status asked = oracle_.ask({{*query, oracle_.of(*query, chosen)}}); !asked)
      return fail(asked);
  }
  return false;
}

Status Space::ask_about(const std::vector<bool>& chosen) {
  std::vector<Question> questions;
  for (const std::size_t q : touched_) questions.emplace_back(q, oracle_.of(q, chosen));
  return oracle_.ask(questions);
}

double Space::without_dominant(double cost) const {
  return dearest < dominant * cost ? cost : std::max(cost - dearest, least_rest * cost);
}

double Space::tolerance(std::size_t query) const {
  return tolerated * std::max(input_.gap / 10, std::min(input_.gap, gap() / 4)) *
         without_dominant(std::max(lowest_, bound)) /
         static_cast<double>(std::max<std::size_t>(1, helped_.size())) / weight(query);
}

double Space::cap(std::size_t query) const {
  return oracle_.lower(query, all(query)) + (after - lowest_) / weight(query);
}

}  // namespace architrave::advisor

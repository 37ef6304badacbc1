#include "advisor/search/oracle.h"

#include <algorithm>
#include <limits>

namespace architrave::advisor {

namespace {
constexpr double infinite = std::numeric_limits<double>::infinity();

constexpr double slower = 1.2;
constexpr double too_short_to_tell = 5;  // milliseconds

bool within(const Set& small, const Set& large) { return (small & ~large).none(); }

// PostgreSQL compares costs with a tolerance of a hundredth of a percent and more; what differs by
// less is the same plan.
bool same(double a, double b) { return a == b || b - a <= 1e-6 * b; }
}  // namespace

Oracle::Oracle(engine::Planner& planner, std::vector<std::vector<std::size_t>> relevant,
               Judge judge, std::size_t hypothetical)
    : planner_(planner),
      judge_(std::move(judge)),
      relevant_(std::move(relevant)),
      hypothetical_(hypothetical) {
  const std::size_t count = relevant_.size();
  relevant_.reserve(2 * count);
  for (std::size_t q = 0; q < count; ++q) relevant_.push_back(relevant_[q]);
  entries_.resize(relevant_.size());
  for (const std::vector<std::size_t>& list : relevant_) {
    Set& exists = present_.emplace_back();
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i] >= hypothetical_) exists.set(i);
  }
}

Set Oracle::all(std::size_t query) const {
  Set set;
  for (std::size_t i = 0; i < relevant_[query].size(); ++i) set.set(i);
  return set;
}

Set Oracle::of(std::size_t query, const std::vector<bool>& candidates) const {
  Set set;
  for (std::size_t i = 0; i < relevant_[query].size(); ++i)
    if (candidates[relevant_[query][i]]) set.set(i);
  return set;
}

double Oracle::lower(std::size_t query, const Set& set) const {
  double bound = 0;
  for (const Entry& entry : entries_[query])
    if (within(set, entry.asked)) bound = std::max(bound, entry.cost);
  return std::min(bound, upper(query, set));
}

double Oracle::upper(std::size_t query, const Set& set) const {
  const Entry* entry = best(query, set);
  return entry != nullptr ? entry->cost : infinite;
}

const Oracle::Entry* Oracle::best(std::size_t query, const Set& set) const {
  const Entry* cheapest = nullptr;
  for (const Entry& entry : entries_[query])
    if (within(entry.used, set) && (cheapest == nullptr || entry.cost < cheapest->cost))
      cheapest = &entry;
  return cheapest;
}

bool Oracle::is_known(std::size_t query, const Set& set) const {
  return best(query, set) != nullptr && same(lower(query, set), upper(query, set));
}

double Oracle::slowdown(std::size_t query, const Entry& entry) const {
  const Entry* before = best(query, present(query));
  return before != nullptr && before->milliseconds > 0 ? entry.milliseconds / before->milliseconds
                                                       : 0;
}

bool Oracle::is_slow(std::size_t query, const Entry& entry) const {
  return entry.milliseconds > too_short_to_tell && slowdown(query, entry) > slower;
}

Status Oracle::ask(const std::vector<std::pair<std::size_t, Set>>& questions) {
  std::vector<std::pair<std::size_t, Set>> unknown;
  std::vector<engine::Question> sent;
  for (const auto& [query, set] : questions) {
    const bool twice = std::ranges::find(unknown, std::pair{query, set}) != unknown.end();
    if (twice || is_known(query, set)) continue;
    engine::Question question{
        .query = query % queries(), .indexes = {}, .without = {}, .serial = query >= queries()};
    for (std::size_t i = 0; i < relevant_[query].size(); ++i) {
      const std::size_t candidate = relevant_[query][i];
      if (candidate >= hypothetical_ && !set.test(i))
        question.without.push_back(candidate - hypothetical_);
      if (candidate < hypothetical_ && set.test(i)) question.indexes.push_back(candidate);
    }
    unknown.emplace_back(query, set);
    sent.push_back(std::move(question));
  }
  if (sent.empty()) return {};
  const auto answers = planner_.ask(sent);
  if (!answers) return std::unexpected(answers.error());
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const auto& [query, set] = unknown[i];
    Entry entry{.used = {}, .asked = set, .cost = infinite, .existing = {}};
    if (const auto& answer = (*answers)[i]) {
      entry.cost = answer->cost;
      entry.existing = answer->existing;
      const auto place = [&](std::size_t candidate) {
        const auto at = std::ranges::lower_bound(relevant_[query], candidate);
        return static_cast<std::size_t>(at - relevant_[query].begin());
      };
      for (const std::size_t used : answer->used) entry.used.set(place(used));
      for (const std::size_t kept : answer->kept)
        if (const std::size_t at = place(hypothetical_ + kept);
            at < relevant_[query].size() && relevant_[query][at] == hypothetical_ + kept)
          entry.used.set(at);
      if (const auto time = judge_ ? judge_(*answer) : std::nullopt)
        entry.milliseconds = time->milliseconds;
    }
    // A plan without workers is the best of those without as well.
    if (judge_ && query < queries() && (*answers)[i] &&
        (*answers)[i]->plan.find("\"Gather") == std::string::npos)
      entries_[serial(query)].push_back(entry);
    entries_[query].push_back(std::move(entry));
  }
  return {};
}

}  // namespace architrave::advisor

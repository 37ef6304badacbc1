#include "advisor/search/refusals.h"

#include <algorithm>

namespace architrave::advisor {

namespace {
constexpr int deepest = 15;  // questions that one refusal may take
constexpr int patient = 3;   // of those, before what is similar is left out as well
}  // namespace

bool Refusals::is_slow(std::size_t query, const Set& set) const {
  const Oracle::Entry* entry = oracle_.best(query, set);
  return entry != nullptr && oracle_.is_slow(query, *entry);
}

Set Refusals::group(const Refusal& refusal, std::size_t place) const {
  Set one;
  one.set(place);
  return likeness_.like(refusal.query, one, &Kind::same) |
         (likeness_.like(refusal.query, one, &Kind::similar) & refusal.asked);
}

bool Refusals::forbids(const Refusal& refusal, const Set& set) const {
  Set beside = set & ~refusal.asked;
  for (std::size_t i = 0; i < oracle_.relevant(refusal.query).size(); ++i) {
    if (!refusal.used.test(i)) continue;
    const Set any = group(refusal, i);
    if ((any & set).none()) return false;
    beside &= ~any;
  }
  return beside.none();
}

const Refusal* Refusals::of(const std::vector<bool>& chosen) const {
  for (const Refusal& each : list_)
    if (forbids(each, oracle_.of(each.query, chosen))) return &each;
  return nullptr;
}

bool Refusals::is_refused(std::size_t query, const Set& set) const {
  return std::ranges::any_of(list_, [&](const Refusal& each) {
    return each.query % oracle_.queries() == query % oracle_.queries() && forbids(each, set);
  });
}

// Of a set that makes the query slow as little as does so too: what the plan uses beside that says
// nothing. The time mostly goes into the largest; else the smallest are left out first.
Result<Set> Refusals::shrink(std::size_t query, Set set) {
  const Set used = oracle_.best(query, set)->used;
  const Set large = likeness_.largest_of(query, used & ~oracle_.present(query));
  const Set alone = (set & oracle_.present(query)) | large;
  if (Status asked = oracle_.ask({{query, alone}}); !asked) return std::unexpected(asked.error());
  if (is_slow(query, alone)) return alone;
  Set tried = large;
  while (true) {
    const Set left = oracle_.best(query, set)->used & ~tried & ~oracle_.present(query);
    if (left.none()) return set;
    const Set one = likeness_.like(query, likeness_.smallest_of(query, left), &Kind::same) & set;
    tried |= one;
    if (Status asked = oracle_.ask({{query, set & ~one}}); !asked)
      return std::unexpected(asked.error());
    if (is_slow(query, set & ~one)) set &= ~one;
  }
}

Status Refusals::learn(const std::vector<bool>& chosen, const std::vector<std::size_t>& queries,
                       const std::vector<Set>& pool) {
  for (const std::size_t each : queries)
    for (const std::size_t q : {each, oracle_.serial(each)}) {
      const Set set = oracle_.of(q, chosen);
      if (!is_slow(q, set) || is_refused(q, set)) continue;
      const double slowdown = oracle_.slowdown(q, *oracle_.best(q, set));
      const auto slow_core = shrink(q, set);
      if (!slow_core) return std::unexpected(slow_core.error());
      const Set used = oracle_.best(q, *slow_core)->used;
      // Of what else there is, what the plans use that are not slow is left out.
      Set rest = pool[each] & ~set;
      for (int step = 0; step < deepest && rest.any(); ++step) {
        if (Status asked = oracle_.ask({{q, set | rest}}); !asked) return asked;
        if (is_slow(q, set | rest)) break;
        const Set preferred = oracle_.best(q, set | rest)->used & rest;
        if (preferred.none()) break;
        rest &= ~likeness_.like(q, likeness_.largest_of(q, preferred),
                                step < patient ? &Kind::same : &Kind::similar);
      }
      if (Status asked = oracle_.ask({{q, set | rest}}); !asked) return asked;
      if (!is_slow(q, set | rest)) rest.reset();
      list_.push_back({q, used, set | rest, slowdown});
    }
  return {};
}

void Refusals::forbid(Program& program, const std::map<std::size_t, std::size_t>& variable_of,
                      const std::function<std::size_t(std::size_t)>& candidate,
                      const std::vector<Set>& pool) const {
  for (const Refusal& each : list_) {
    Program::Terms terms;
    Set beside = pool[each.query % oracle_.queries()] & ~each.asked;
    std::vector<std::vector<std::size_t>> groups;  // variables
    for (std::size_t i = 0; i < oracle_.relevant(each.query).size(); ++i) {
      if (!each.used.test(i)) continue;
      const Set any = group(each, i);
      beside &= ~any;
      std::vector<std::size_t>& members = groups.emplace_back();
      for (const std::size_t member : likeness_.numbers(each.query, any))
        if (const auto at = variable_of.find(member); at != variable_of.end())
          members.push_back(at->second);
    }
    if (std::ranges::any_of(groups, [](const auto& group) { return group.empty(); })) continue;
    for (const std::vector<std::size_t>& group : groups) {
      if (group.size() == 1) {
        terms.emplace_back(group.front(), -1);
        continue;
      }
      const std::size_t any = program.variable(0, 1, false);
      for (const std::size_t member : group) program.at_least({{any, 1}, {member, -1}}, 0);
      terms.emplace_back(any, -1);
    }
    for (const std::size_t i : likeness_.numbers(each.query, beside))
      terms.emplace_back(candidate(i), 1);
    program.at_least(std::move(terms), 1 - static_cast<double>(groups.size()));
  }
}

}  // namespace architrave::advisor

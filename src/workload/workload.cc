#include "workload/workload.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace architrave::workload {

std::string_view to_string(QueryKind kind) {
  switch (kind) {
    case QueryKind::select:
      return "select";
    case QueryKind::insert:
      return "insert";
    case QueryKind::update:
      return "update";
    case QueryKind::remove:
      return "delete";
    case QueryKind::merge:
      return "merge";
    case QueryKind::utility:
      break;
  }
  return "utility";
}

void merge(Workload& into, Workload&& other) {
  constexpr std::size_t samples = 8;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < into.queries.size(); ++i) known[into.queries[i].fingerprint] = i;
  for (Query& query : other.queries) {
    const auto [at, is_new] = known.try_emplace(query.fingerprint, into.queries.size());
    if (is_new) {
      into.queries.push_back(std::move(query));
      continue;
    }
    Query& sum = into.queries[at->second];
    if (query.max_ms > sum.max_ms || sum.example.empty()) sum.example = std::move(query.example);
    if (query.max_ms > sum.max_ms || sum.plan.empty()) sum.plan = std::move(query.plan);
    for (auto& values : query.parameters)
      if (sum.parameters.size() < samples) sum.parameters.push_back(std::move(values));
    sum.calls += query.calls;
    sum.errors += query.errors;
    sum.total_ms += query.total_ms;
    sum.plan_ms += query.plan_ms;
    sum.max_ms = std::max(sum.max_ms, query.max_ms);
    sum.rows += query.rows;
    sum.blocks_read += query.blocks_read;
    sum.blocks_hit += query.blocks_hit;
    sum.temp_blocks += query.temp_blocks;
  }
  for (NPlusOne& each : other.n_plus_one) {
    const auto same = std::ranges::find_if(into.n_plus_one, [&](const NPlusOne& one) {
      return one.fingerprint == each.fingerprint && one.key == each.key;
    });
    if (same == into.n_plus_one.end()) {
      into.n_plus_one.push_back(std::move(each));
      continue;
    }
    same->round_trips += each.round_trips;
    same->bursts += each.bursts;
    same->saved += each.saved;
  }
  if (other.from) into.from = std::min(into.from.value_or(*other.from), *other.from);
  if (other.to) into.to = std::max(into.to.value_or(*other.to), *other.to);
  into.statements += other.statements;
  into.unparsed += other.unparsed;
  into.unreadable_lines += other.unreadable_lines;
  into.partial |= other.partial;
  for (std::string& note : other.notes)
    if (std::ranges::find(into.notes, note) == into.notes.end())
      into.notes.push_back(std::move(note));
  sort_queries(into);
}

void sort_queries(Workload& workload) {
  std::ranges::sort(workload.queries, [](const Query& a, const Query& b) {
    return std::tie(b.total_ms, b.calls, a.fingerprint) <
           std::tie(a.total_ms, a.calls, b.fingerprint);
  });
}

}  // namespace architrave::workload

#include "workload/n_plus_one.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace architrave::workload {

namespace {

constexpr std::uint32_t most_literals = 8;
constexpr std::size_t most_repeated = 1000;

// Where the values of "$1 = 'a', $2 = 'b'" stand; without copying them.
std::uint32_t value_hashes(std::string_view parameters,
                           std::array<std::uint64_t, most_literals>& hashes) {
  std::uint32_t count = 0;
  while (parameters.starts_with('$') && count < most_literals) {
    const std::size_t equal = parameters.find(" = ");
    if (equal == std::string_view::npos) break;
    parameters.remove_prefix(equal + 3);
    std::size_t end = 4;  // NULL
    if (parameters.starts_with('\'')) {
      end = 1;
      while (true) {
        end = parameters.find('\'', end);
        if (end == std::string_view::npos) return count;
        ++end;
        if (end >= parameters.size() || parameters[end] != '\'') break;
        ++end;
      }
    }
    hashes[count++] = hash_bytes(parameters.substr(0, end));
    parameters.remove_prefix(std::min(end, parameters.size()));
    if (!parameters.starts_with(", ")) break;
    parameters.remove_prefix(2);
  }
  return count;
}

// Takes a key out; false if it is none of them.
bool forget(std::array<std::uint64_t, 3>& keys, std::uint64_t key) {
  const auto at = std::ranges::find(keys, key);
  if (at == keys.end()) return false;
  std::rotate(at, at + 1, keys.end());
  keys.back() = 0;
  return true;
}

}  // namespace

void Repetitions::saw(Session& session, const QueryTable::Found& found, const Entry& entry,
                      std::string_view text, std::string_view parameters) {
  using Boundary = QueryTable::Form::Boundary;
  const QueryTable::Form& form = *found.form;
  const std::uint64_t number = ++session.statements;
  if (form.boundary != Boundary::none) {
    session.in_transaction = form.boundary == Boundary::begin;
    ++session.transactions;
    session.selects = {};
    for (Burst& burst : session.bursts)
      if (burst.calls > 0) close(burst);
    return;
  }
  if (form.queries.size() != 1 || table_.query(form.queries.front()).kind != QueryKind::select) {
    if (!form.queries.empty()) session.selects = {};
    return;
  }
  const double time = std::isnan(entry.time) ? 0 : entry.time;
  if (time - session.last_select_time > pause) session.selects = {};
  const std::array<std::uint64_t, 3> before = session.selects;
  session.last_select_time = time;
  if (before[0] != found.key) {
    const auto at = std::ranges::find(session.selects, found.key);
    std::rotate(session.selects.begin(), at == session.selects.end() ? at - 1 : at,
                at == session.selects.end() ? at : at + 1);
    session.selects[0] = found.key;
    for (Burst& each : session.bursts)
      if (each.calls > 0 && forget(each.parents, found.key) && !each.one_transaction &&
          each.parents[0] == 0)
        close(each);
  }

  const std::vector<Literal>& literals = table_.literals();
  if (literals.empty() || literals.size() > most_literals || form.values.empty()) return;
  std::array<std::uint64_t, most_literals> given{};
  const std::uint32_t given_count = value_hashes(parameters, given);
  std::array<std::uint64_t, most_literals> values{};
  for (std::size_t i = 0; i < literals.size(); ++i) {
    const std::string_view literal =
        text.substr(literals[i].begin, literals[i].end - literals[i].begin);
    const std::uint32_t at = literals[i].kind == TokenKind::parameter && literal.size() == 2
                                 ? static_cast<std::uint32_t>(literal[1] - '1')
                                 : given_count;
    values[i] = at < given_count ? given[at] : hash_bytes(literal);
  }
  const std::uint64_t transaction = entry.transaction != 0   ? entry.transaction
                                    : session.in_transaction ? session.transactions
                                                             : 0;

  Burst* burst = nullptr;
  for (Burst& each : session.bursts)
    if (each.calls > 0 && each.key == found.key) burst = &each;
  if (burst != nullptr) {
    const bool same = transaction != 0 && burst->transaction == transaction;
    const std::uint64_t others = number - burst->last - 1;
    // Outside of a transaction, only what all of them follow tells a loop from a pool.
    const bool together = same || burst->parents[0] != 0;
    if (time - burst->time > pause || others > (together ? between : 0U) ||
        burst->literals != literals.size()) {
      close(*burst);
      burst = nullptr;
    } else {
      burst->one_transaction = burst->one_transaction && same;
    }
  }
  if (burst == nullptr) {
    burst = &session.bursts[0];
    for (Burst& each : session.bursts)
      if (each.calls == 0 || each.last < burst->last) burst = &each;
    if (burst->calls > 0) close(*burst);
    *burst = {.key = found.key,
              .parents = before,
              .transaction = transaction,
              .values = values,
              .literals = static_cast<std::uint32_t>(literals.size())};
    forget(burst->parents, found.key);
    burst->one_transaction = transaction != 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < literals.size(); ++i) {
    if (values[i] != burst->values[i]) burst->varying |= 1U << i;
    value = value * 31 + values[i];
  }
  ++burst->calls;
  if (value != burst->last_value) ++burst->changes;
  burst->values_seen |= std::uint64_t{1} << (value * 0x9e3779b97f4a7c15U >> 58U);
  burst->last_value = value;
  burst->last = number;
  burst->time = time;
}

void Repetitions::end(Session& session) {
  for (Burst& burst : session.bursts)
    if (burst.calls > 0) close(burst);
}

void Repetitions::close(Burst& burst) {
  const Burst closed = burst;
  burst = {};
  if (closed.calls < least || std::popcount(closed.varying) != 1) return;
  // The same few values again and again are a case for a cache.
  const int classes = std::popcount(closed.values_seen);
  if (closed.changes * 5 < closed.calls * 4 ||
      (classes < 40 && static_cast<unsigned>(classes) * 6 < closed.calls))
    return;
  const QueryTable::Found child = table_.find(closed.key);
  if (child.form == nullptr || child.form->queries.size() != 1) return;
  const auto literal = static_cast<std::uint32_t>(std::countr_zero(closed.varying));
  const auto& values = child.form->values;
  std::uint32_t parameter = 0;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    using From = QueryTable::Value::From;
    const bool said = values[i].from == From::literal || values[i].from == From::parameter;
    if (said && values[i].literal == literal) parameter = i + 1;
  }
  if (parameter == 0) return;
  const Query& query = table_.query(child.form->queries.front());
  const std::string id = query.fingerprint + ' ' + std::to_string(parameter);
  if (repeated_.size() >= most_repeated && !repeated_.contains(id)) return;
  Repeated& repeated = repeated_[id];
  repeated.fingerprint = query.fingerprint;
  repeated.text = query.text;
  repeated.parameter = parameter;
  repeated.round_trips += closed.calls;
  ++repeated.bursts;
  if (closed.one_transaction) ++repeated.in_transactions;
  for (const std::uint64_t key : closed.parents) {
    const QueryTable::Found parent = key != 0 ? table_.find(key) : QueryTable::Found{};
    if (parent.form == nullptr || parent.form->queries.size() != 1) continue;
    const Query& from = table_.query(parent.form->queries.front());
    auto& vote = repeated.parents[from.fingerprint];
    vote.first = from.text;
    vote.second += key == closed.parents[0] ? 2 : 1;
  }
}

std::vector<NPlusOne> Repetitions::finish(const catalog::Catalog* catalog) {
  std::vector<NPlusOne> all;
  for (const auto& [id, repeated] : repeated_) {
    NPlusOne found;
    found.fingerprint = repeated.fingerprint;
    found.text = repeated.text;
    found.round_trips = repeated.round_trips;
    found.bursts = repeated.bursts;
    found.saved = repeated.round_trips - repeated.bursts;
    // The parent is the statement that most bursts followed and that can have sent the values.
    std::vector<std::pair<std::string, std::pair<std::string, std::int64_t>>> parents(
        repeated.parents.begin(), repeated.parents.end());
    std::ranges::stable_sort(
        parents, [](const auto& a, const auto& b) { return a.second.second > b.second.second; });
    bool accepted = false;
    for (const auto& [fingerprint, text] : parents) {
      NPlusOne tried = found;
      tried.parent = fingerprint;
      tried.parent_text = text.first;
      bool related = false;
      if (!write_forms(tried, repeated.parameter, catalog, related) || !related) continue;
      found = std::move(tried);
      accepted = true;
      break;
    }
    // In one transaction, the statements belong together even where the parent is not known.
    bool related = false;
    if (!accepted && repeated.in_transactions * 2 > repeated.bursts)
      accepted = write_forms(found, repeated.parameter, catalog, related);
    if (accepted) all.push_back(std::move(found));
  }
  std::ranges::sort(all, [](const NPlusOne& a, const NPlusOne& b) {
    return std::tie(b.saved, a.fingerprint) < std::tie(a.saved, b.fingerprint);
  });
  return all;
}

}  // namespace architrave::workload

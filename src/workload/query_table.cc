#include "workload/query_table.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "sql/fingerprint.h"

namespace architrave::workload {

namespace {

// Longer texts are parsed without the list items and rows that say nothing new; what is still
// longer then is not parsed, since a tree takes a hundred times its text's memory.
constexpr std::size_t long_text = 16 << 10U;
constexpr std::size_t too_long = 512 << 10U;
constexpr std::size_t max_examples = 3;

std::string as_sent(std::string_view text, bool tabbed) {
  return tabbed ? replace_all(std::string(text), "\n\t", "\n") : std::string(text);
}

std::string_view head(std::string_view text, std::size_t length) {
  if (text.size() <= length) return text;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80) --length;
  return text.substr(0, length);
}

QueryKind kind_of(std::string_view node) {
  return node == "SelectStmt"   ? QueryKind::select
         : node == "InsertStmt" ? QueryKind::insert
         : node == "UpdateStmt" ? QueryKind::update
         : node == "DeleteStmt" ? QueryKind::remove
         : node == "MergeStmt"  ? QueryKind::merge
                                : QueryKind::utility;
}

std::uint32_t number_of(std::string_view parameter) {
  std::uint32_t number = 0;
  std::from_chars(parameter.data() + 1, parameter.data() + parameter.size(), number);
  return number;
}

// Which literal of a text each $n of its normalized form stands for; empty if they do not run side
// by side.
std::vector<QueryTable::Value> align(std::string_view text, std::string_view normalized) {
  using Value = QueryTable::Value;
  constexpr std::uint32_t most = 200;
  std::vector<Value> values;
  const std::vector<Token> from = tokens(text);
  std::uint32_t literal = 0;
  std::size_t i = 0;
  const auto is_literal = [](const Token& token) {
    return token.kind == TokenKind::string || token.kind == TokenKind::number ||
           token.kind == TokenKind::parameter;
  };
  for (const Token& token : tokens(normalized)) {
    if (i >= from.size()) return {};
    if (token.kind == TokenKind::parameter) {
      const std::uint32_t number = number_of(token.text);
      if (number == 0 || number > most) return {};
      if (number > values.size()) values.resize(number);
      Value& value = values[number - 1];
      value.negative = from[i].text == "-" && i + 1 < from.size();
      if (value.negative) ++i;
      value.literal = literal;
      if (from[i].kind == TokenKind::parameter) {
        value.from = Value::From::parameter;
        value.number = number_of(from[i].text);
      } else if (is_literal(from[i])) {
        value.from = Value::From::literal;
      } else if (from[i].kind == TokenKind::word) {
        value.from = Value::From::constant;
        value.constant = lower(from[i].text);
        if (value.constant == "null") value.constant.clear();
      } else {
        return {};
      }
    } else if (token.text != from[i].text) {
      return {};
    }
    if (is_literal(from[i])) ++literal;
    ++i;
  }
  return values;
}

// Since PostgreSQL 17 pg_stat_statements writes SAVEPOINT $1 and SET x TO $1, which no parser
// takes: such a text is read with a name or a string in that place.
Result<std::vector<sql::Fingerprinted>> fingerprint(std::string_view text) {
  auto parsed = sql::fingerprint(text);
  for (const char sign : {'"', '\''}) {
    if (parsed) break;
    if (!text.contains('$')) break;
    std::string named;
    for (const Token& token : tokens(text)) {
      if (token.kind == TokenKind::parameter)
        (((named += sign) += token.text) += sign) += ' ';
      else
        (named += token.text) += ' ';
    }
    auto again = sql::fingerprint(named);
    if (!again || again->size() != 1) continue;
    again->front().normalized = text;
    again->front().text = text;  // and not the place of what was read
    return again;
  }
  return parsed;
}

}  // namespace

QueryTable::Found QueryTable::look_up(std::string_view text, bool tabbed) {
  const std::uint64_t key = scanner_.scan(text);
  if (const auto known = forms_.find(key); known != forms_.end()) return {&known->second, key};
  if (forms_.size() >= limits_.forms) {
    forms_.clear();
    ++generation_;
  }
  make_room();
  Form& form = forms_[key];
  understand(form, tabbed ? std::string_view(as_sent(text, true)) : text);
  return {&form, key};
}

QueryTable::Found QueryTable::find(std::uint64_t key) {
  const auto known = forms_.find(key);
  return {known != forms_.end() ? &known->second : nullptr, key};
}

void QueryTable::understand(Form& form, std::string_view text) {
  std::string shorter;
  if (text.size() > long_text) {
    shorter = collapse(text);
    text = shorter;
  }
  const std::string whole = text.size() > too_long ? "" : sql::fingerprint_of(text).value_or("");
  if (const auto known = by_whole_.find(whole); known != by_whole_.end()) {
    form = known->second;
    form.literals = static_cast<std::uint32_t>(scanner_.literals().size());
    if (form.queries.size() == 1 && shorter.empty())
      form.values = align(text, entries_[form.queries.front()]->query.text);
    return;
  }
  const auto parsed = text.size() > too_long
                          ? Result<std::vector<sql::Fingerprinted>>(fail(
                                "workload.long", "a statement of " + human_bytes(std::ssize(text))))
                          : fingerprint(text);
  if (!parsed) {
    if (not_understood_.size() < max_examples)
      not_understood_.push_back("\"" + std::string(head(trim(text), 80)) +
                                "\": " + parsed.error().message);
    return;
  }
  form.understood = true;
  form.literals = static_cast<std::uint32_t>(scanner_.literals().size());
  for (const sql::Fingerprinted& each : *parsed)
    form.queries.push_back(enter(each.fingerprint, each.normalized, each.node));
  if (parsed->size() > 1)
    form.plans = std::max(
        1U, static_cast<std::uint32_t>(std::ranges::count_if(*parsed, [](const auto& each) {
          return kind_of(each.node) != QueryKind::utility || each.node == "CreateTableAsStmt" ||
                 each.node == "RefreshMatViewStmt" || each.node == "ExplainStmt" ||
                 each.node == "CopyStmt";
        })));
  // Of a transaction, as far as one statement says it.
  if (parsed->size() == 1 && parsed->front().node == "TransactionStmt") {
    const std::vector<Token> words = tokens(text);
    const std::string first = words.empty() ? "" : lower(words.front().text);
    const bool ends = first == "commit" || first == "end" || first == "abort" ||
                      (first == "rollback" && !lower(text).contains(" to"));
    if (first == "begin" || first == "start") form.boundary = Form::Boundary::begin;
    if (ends) form.boundary = Form::Boundary::end;
  }
  if (by_whole_.size() >= limits_.forms) by_whole_.clear();
  if (!whole.empty()) by_whole_[whole] = form;
  if (parsed->size() == 1 && shorter.empty() &&
      entries_[form.queries.front()]->query.text == parsed->front().normalized)
    form.values = align(parsed->front().text, parsed->front().normalized);
}

std::uint32_t QueryTable::enter(std::string fingerprint, std::string normalized,
                                std::string_view node) {
  const auto next = static_cast<std::uint32_t>(entries_.size());
  const auto [at, is_new] = by_fingerprint_.try_emplace(std::move(fingerprint), next);
  if (!is_new) return at->second;
  auto entry = std::make_unique<Entry>();
  entry->query.fingerprint = at->first;
  entry->query.kind = kind_of(node);
  entry->query.text = std::move(normalized);
  text_bytes_ += entry->query.text.size();
  entries_.push_back(std::move(entry));
  return next;
}

void QueryTable::count(const Found& found, const Call& call) {
  if (found.form->queries.empty()) {
    ++statements_;
    if (!found.form->understood) ++unparsed_;  // else it is empty, or a comment
    return;
  }
  statements_ += std::ssize(found.form->queries);
  for (const std::uint32_t number : found.form->queries) {
    Query& query = entries_[number]->query;
    ++query.calls;
    if (call.failed) ++query.errors;
    if (query.user.empty()) query.user = call.user;
    if (query.database.empty()) query.database = call.database;
  }
  if (found.form->queries.size() == 1)
    sample(*entries_[found.form->queries.front()], *found.form, call);
  add_time(found, call);
}

void QueryTable::add_time(const Found& found, const Call& call) {
  // The time of several statements in one message is not said apart; BEGIN and COMMIT take none.
  std::size_t share = 0;
  for (const std::uint32_t number : found.form->queries)
    if (entries_[number]->query.kind != QueryKind::utility) ++share;
  const bool all = share == 0;
  if (all) share = found.form->queries.size();
  for (const std::uint32_t number : found.form->queries) {
    Entry& entry = *entries_[number];
    if (!all && entry.query.kind == QueryKind::utility) continue;
    const double ms = std::max(call.ms, 0.0) / static_cast<double>(share);
    entry.query.total_ms += ms;
    const bool slowest = ms > entry.query.max_ms;
    if (slowest) entry.query.max_ms = ms;
    if (call.text.empty() || share != 1 || found.form->queries.size() != 1) continue;
    if (!slowest && !entry.query.example.empty()) continue;
    const std::string text = as_sent(call.text, call.tabbed);
    std::string example = with_values(text.size() > long_text ? collapse(text) : text,
                                      read_parameters(call.parameters));
    if (example.size() > long_text) continue;
    text_bytes_ += example.size();
    text_bytes_ -= entry.query.example.size();
    entry.query.example = std::move(example);
  }
}

void QueryTable::add_parameters(const Found& found, const Call& call) {
  if (found.form->queries.size() == 1)
    sample(*entries_[found.form->queries.front()], *found.form, call);
}

void QueryTable::add_error(const Found& found) {
  for (const std::uint32_t number : found.form->queries) ++entries_[number]->query.errors;
}

void QueryTable::add_planning(const Found& found, double ms) {
  for (const std::uint32_t number : found.form->queries) {
    entries_[number]->query.plan_ms += ms / static_cast<double>(found.form->queries.size());
  }
}

void QueryTable::keep_plan(const Found& found, std::string_view plan, bool tabbed, double ms) {
  if (found.form->queries.size() != 1 || plan.size() > 4 * long_text) return;
  Entry& entry = *entries_[found.form->queries.front()];
  if (ms <= entry.plan_max_ms) return;
  entry.plan_max_ms = ms;
  text_bytes_ -= entry.query.plan.size();
  entry.query.plan = as_sent(plan, tabbed);
  text_bytes_ += entry.query.plan.size();
}

void QueryTable::add_temporary(const Found& found, std::int64_t blocks) {
  for (const std::uint32_t number : found.form->queries)
    if (entries_[number]->query.kind != QueryKind::utility || found.form->queries.size() == 1)
      entries_[number]->query.temp_blocks += blocks;
}

bool QueryTable::add(std::string_view text, const Query& sums) {
  const Found found = look_up(text);
  if (found.form->queries.empty()) {
    statements_ += sums.calls;
    unparsed_ += sums.calls;
    return false;
  }
  statements_ += sums.calls;
  Query& query = entries_[found.form->queries.front()]->query;
  query.calls += sums.calls;
  query.total_ms += sums.total_ms;
  query.plan_ms += sums.plan_ms;
  query.max_ms = std::max(query.max_ms, sums.max_ms);
  query.rows += sums.rows;
  query.blocks_read += sums.blocks_read;
  query.blocks_hit += sums.blocks_hit;
  query.temp_blocks += sums.temp_blocks;
  if (query.user.empty()) query.user = sums.user;
  if (query.database.empty()) query.database = sums.database;
  return true;
}

void QueryTable::sample(Entry& entry, const Form& form, const Call& call) {
  if (form.values.empty() || limits_.samples == 0) return;
  // A reservoir: each call has the same chance to be kept, and the same input gives the same
  // sample.
  ++entry.sampled;
  std::vector<std::vector<std::optional<std::string>>>& samples = entry.query.parameters;
  std::size_t place = samples.size();
  if (place >= limits_.samples) {
    random_ ^= random_ << 13U;
    random_ ^= random_ >> 7U;
    random_ ^= random_ << 17U;
    place = random_ % static_cast<std::uint64_t>(entry.sampled);
    if (place >= limits_.samples) return;
  }
  const std::vector<Literal>& literals = scanner_.literals();
  if (literals.size() != form.literals) return;
  const std::vector<std::optional<std::string>> given = read_parameters(call.parameters);
  std::vector<std::optional<std::string>> values(form.values.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value& value = form.values[i];
    switch (value.from) {
      case Value::From::parameter:
        if (value.number > given.size()) return;
        values[i] = given[value.number - 1];
        break;
      case Value::From::literal: {
        if (value.literal >= literals.size()) return;
        const Literal& literal = literals[value.literal];
        values[i] = literal_value(
            as_sent(call.text.substr(literal.begin, literal.end - literal.begin), call.tabbed));
        break;
      }
      case Value::From::constant:
        if (!value.constant.empty()) values[i] = value.constant;
        break;
      case Value::From::none:
        return;
    }
    if (value.negative && values[i]) values[i]->insert(values[i]->begin(), '-');
    bytes += values[i] ? values[i]->size() : 0;
  }
  if (bytes > long_text / 16) return;
  if (place == samples.size()) text_bytes_ += bytes;
  if (place < samples.size())
    samples[place] = std::move(values);
  else
    samples.push_back(std::move(values));
}

void QueryTable::make_room() {
  if (entries_.size() < limits_.queries && text_bytes_ < limits_.text_bytes) return;
  // The less called half goes; which half a query is in, its time decides among equals.
  std::ranges::sort(entries_, [](const auto& a, const auto& b) {
    return std::tie(b->query.calls, b->query.total_ms, a->query.fingerprint) <
           std::tie(a->query.calls, a->query.total_ms, b->query.fingerprint);
  });
  const std::size_t keep = entries_.size() / 2;
  for (std::size_t i = keep; i < entries_.size(); ++i) dropped_calls_ += entries_[i]->query.calls;
  dropped_queries_ += std::ssize(entries_) - static_cast<std::int64_t>(keep);
  entries_.resize(keep);
  text_bytes_ = 0;
  by_fingerprint_.clear();
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const Query& query = entries_[i]->query;
    by_fingerprint_[query.fingerprint] = i;
    text_bytes_ += query.text.size() + query.example.size() + query.plan.size();
  }
  forms_.clear();
  by_whole_.clear();
  ++generation_;
}

void QueryTable::finish(Workload& workload) {
  workload.statements += statements_;
  workload.unparsed += unparsed_;
  for (const auto& entry : entries_)
    if (entry->query.calls > 0) workload.queries.push_back(std::move(entry->query));
  if (unparsed_ > 0) {
    workload.partial = true;
    std::string text = plural(unparsed_, "statement") + " could not be parsed";
    for (std::size_t i = 0; i < not_understood_.size(); ++i)
      text += (i == 0 ? ", for example " : "; ") + not_understood_[i];
    workload.notes.push_back(text);
  }
  if (dropped_queries_ > 0) {
    workload.partial = true;
    workload.notes.push_back(plural(dropped_calls_, "call") + " of " +
                             plural(dropped_queries_, "rare query", "rare queries") +
                             " are counted, but not listed: there are more different queries "
                             "than are kept");
  }
  sort_queries(workload);
}

}  // namespace architrave::workload

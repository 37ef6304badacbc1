// How a pass over a file gives its findings: where they are, whether a comment silences them, what
// they cost, and what --fix makes of them.
#include <algorithm>

#include "base/text.h"
#include "migration/lint/pass.h"

namespace architrave::migration::lint {

void Pass::Cursor::advance(const char* to) {
  for (const char* next = std::find(at, to, '\n'); next != to; next = std::find(next, to, '\n')) {
    ++line;
    line_start = ++next;
  }
  at = to;
}

std::pair<int, int> Pass::place(const char* at) {
  if (at < last_.at) last_ = statement_place_;
  last_.advance(at);
  return {last_.line, static_cast<int>(at - last_.line_start) + 1};
}

void Pass::weigh(const Effect& effect, LintFinding& finding) {
  const auto& all = statement_->effects.relations;
  if (costs_.size() != all.size()) costs_ = costs_of(*statement_);
  const Cost& cost = costs_[static_cast<std::size_t>(&effect - all.data())];
  finding.lock = effect.lock;
  finding.rewrites = cost.rewrites;
  if (!cost.known) return;
  constexpr double felt = 0.5;
  finding.cost =
      (cost.seconds < felt ? "well under a second" : "about " + human_seconds(cost.seconds)) +
      " of " + std::string(to_string(effect.lock)) + " on " + quoted(effect.relation) + " (" +
      human_bytes(cost.bytes) +
      (cost.partitions == 0 ? "" : " in " + plural(cost.partitions, "partition")) + ")";
}

bool Pass::is_ignored(std::string_view rule, int line) {
  bool ignored = false;
  for (Ignore& each : file_ignores_)
    if (each.rule == rule) ignored = each.used = true;
  // Those of statements stand in the order of their lines.
  auto behind = std::ranges::upper_bound(ignores_, line, {}, &Ignore::first);
  for (auto each = behind; each != ignores_.begin() && (--each)->last >= line;)
    if (each->rule == rule) ignored = each->used = true;
  return ignored;
}

void Pass::give(const LintFinding& finding) {
  if (!(ignores_.empty() && file_ignores_.empty()) && is_ignored(finding.rule, finding.line)) {
    ++impl_.summary.ignored;
    return;
  }
  (finding.severity == Severity::error     ? impl_.summary.errors
   : finding.severity == Severity::warning ? impl_.summary.warnings
                                           : impl_.summary.infos) += 1;
  take_(finding);
}

void Pass::find(std::string message, std::string instead, std::string_view relation, int location) {
  if (location < 0 && action_ != nullptr) location = action_->location;
  const bool inside = location > 0 && static_cast<std::size_t>(location) < item_->text.size();
  const auto [line, column] = place(item_->text.data() + (inside ? location : 0));
  LintFinding finding{.rule = rule_->is.name,
                      .severity = rule_->is.severity,
                      .file = file_.path,
                      .line = line,
                      .column = column,
                      .relation = std::string(relation),
                      .message = std::move(message),
                      .instead = std::move(instead),
                      .lock = Lock::none,
                      .rewrites = false,
                      .cost = {}};
  if (!relation.empty()) {
    const Effect* effect = statement_->effects.on(relation, effect_at_);
    if (effect != nullptr && state_.in_use(relation)) {
      weigh(*effect, finding);
    }
  } else {
    if (!of_all_) {
      of_all_ = Effect();
      for (const Effect& each : statement_->effects.relations) {
        if (!state_.in_use(each.relation)) continue;
        of_all_->lock = std::max(of_all_->lock, each.lock);
        of_all_->rewrites = of_all_->rewrites || each.rewrites;
      }
    }
    finding.lock = of_all_->lock;
    finding.rewrites = of_all_->rewrites;
  }
  const bool fixed = impl_.options.fix && !is_ignored(rule_->is.name, line) &&
                     fix(inside ? static_cast<std::size_t>(location) : 0);
  if (fixed)
    ++impl_.summary.fixed;
  else
    give(finding);
}

void Pass::find_at(std::string message, std::string instead, std::string_view relation,
                   const Place& place) {
  give({.rule = rule_->is.name,
        .severity = rule_->is.severity,
        .file = place.file.empty() ? file_.path : std::string(place.file),
        .line = place.line,
        .column = place.column,
        .relation = std::string(relation),
        .message = std::move(message),
        .instead = std::move(instead),
        .lock = Lock::none,
        .rewrites = false,
        .cost = {}});
}

bool Pass::fix(std::size_t location) {
  if (impl_.reader.statements().size() != 1) return false;
  if (tokens_.empty()) tokens_ = sql::tokens(item_->text);
  Fix fix = fix_of(rule_->is.name, *statement_, tokens_, location);
  if (fix.edits.empty() || (fix.transactionless && migrations_ > 1)) return false;
  const auto base = static_cast<std::size_t>(item_->text.data() - file_.text.data());
  // Another rule may have changed that already; those of statements before can't have.
  for (auto other = edits_.rbegin(); other != edits_.rend() && other->offset >= base; ++other)
    for (const Edit& each : fix.edits)
      if (each.remove > 0 && other->remove > 0 &&
          base + each.offset < other->offset + other->remove &&
          other->offset < base + each.offset + each.remove)
        return false;
  for (Edit& each : fix.edits) {
    each.offset += base;
    edits_.push_back(std::move(each));
  }
  transactionless_ = transactionless_ || fix.transactionless;
  return true;
}

std::optional<std::string> Pass::fixed_text() {
  if (edits_.empty()) return {};
  std::ranges::stable_sort(edits_, {}, &Edit::offset);
  // A byte order mark is one only where it comes first.
  std::size_t at = file_.text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  std::string out(file_.text.substr(0, at));
  if (transactionless_) out += "-- architrave:transaction none\n";
  for (const Edit& each : edits_) {
    out.append(file_.text, at, each.offset - at);
    out += each.insert;
    at = each.offset + each.remove;
  }
  out.append(file_.text, at);
  return out + file_.rest;
}

void Pass::take_directives(const Directives& directives, std::string_view text, int first,
                           int last) {
  for (const Directives::Ignore& each : directives.ignores)
    (each.whole_file ? file_ignores_ : ignores_)
        .push_back({.rule = each.rule,
                    .line = place(text.data() + each.offset).first,
                    .first = first,
                    .last = last,
                    .used = each.expected});
}

}  // namespace architrave::migration::lint

#include "workload/stderr_reader.h"

#include <cstring>

namespace architrave::workload {

namespace {

// The end of the line at `at`, and of those that continue it; npos if the bytes end first.
std::size_t end_of_text(std::string_view bytes, std::size_t at) {
  while (true) {
    const std::size_t newline = bytes.find('\n', at);
    if (newline == std::string_view::npos) return newline;
    if (newline + 1 >= bytes.size() || bytes[newline + 1] != '\t') return newline;
    at = newline + 1;
  }
}

// With log_error_verbosity = verbose, "00000: " stands before each message.
std::string_view without_state(std::string_view text) {
  if (text.size() < 7 || text[5] != ':' || text[6] != ' ') return text;
  for (const char c : text.substr(0, 5))
    if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return text;
  return text.substr(7);
}

}  // namespace

std::optional<std::size_t> StderrReader::match(std::string_view line, Entry& entry) {
  constexpr std::size_t most = 16;
  for (const Prefix& prefix : prefixes_) {
    if (prefix.pattern() == Prefix::anything) continue;  // unless nothing else is found out
    if (const auto length = prefix.match(line, entry)) return length;
    entry = {};
  }
  if (line.starts_with('\t') || find_label(line) == std::string_view::npos) return {};
  // From this line alone, so that it does not matter in which pieces a log comes.
  const std::string pattern(prefixes_.size() < most ? Prefix::detect(line).value_or("")
                                                    : Prefix::anything);
  Result<Prefix> prefix = Prefix::compile(pattern);
  if (!prefix) return {};
  const auto length = prefix->match(line, entry);
  if (length && prefixes_.size() < most) prefixes_.push_back(std::move(*prefix));
  return length;
}

std::size_t StderrReader::feed(std::string_view bytes, bool end, bool hold_last) {
  Entry entry;
  bool pending = false;
  std::size_t pending_from = 0;
  // Lines after the pending message, which come again with it.
  std::int64_t unreadable = 0;
  std::int64_t foreign = 0;
  const auto settle = [&] {
    unreadable_lines += unreadable;
    other_language += foreign;
    unreadable = foreign = 0;
  };
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t stop = end_of_text(bytes, at);
    // A newline as the last byte may be followed by a tab.
    const bool last = stop == std::string_view::npos || stop + 1 == bytes.size();
    if (last && !end) break;
    if (stop == std::string_view::npos) stop = bytes.size();
    std::string_view line = bytes.substr(at, stop - at);
    const std::size_t from = at;
    at = std::min(stop + 1, bytes.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    Entry next;
    const std::optional<std::size_t> length = match(line, next);
    std::size_t label_length = 0;
    const Label label = length ? read_label(line.substr(*length), label_length) : Label::none;
    const std::string_view text =
        label == Label::none ? std::string_view{} : line.substr(*length + label_length);
    switch (label) {
      case Label::none:
        ++unreadable;
        break;
      case Label::unknown:
        ++unreadable;
        ++foreign;
        break;
      case Label::detail:
      case Label::context:
      case Label::statement:
        if (!pending || next.session != entry.session) break;
        (label == Label::detail    ? entry.detail
         : label == Label::context ? entry.context
                                   : entry.statement) = text;
        break;
      case Label::hint:
        break;
      case Label::log:
      case Label::error:
      case Label::other:
        if (pending) sink_.take(entry);
        settle();
        entry = next;
        entry.severity = label == Label::log     ? Entry::Severity::log
                         : label == Label::error ? Entry::Severity::error
                                                 : Entry::Severity::other;
        entry.tabbed = true;
        entry.message = without_state(text);
        pending = true;
        pending_from = from;
        break;
    }
  }
  if (pending && (!end || hold_last)) return pending_from;
  if (pending) sink_.take(entry);
  settle();
  return at;
}

}  // namespace architrave::workload

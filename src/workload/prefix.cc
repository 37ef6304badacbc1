#include "workload/prefix.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "workload/log_time.h"

namespace architrave::workload {

std::uint64_t hash_bytes(std::string_view bytes) {
  std::uint64_t hash = 0x9e3779b97f4a7c15U ^ bytes.size();
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  return hash | 1U;
}

Entry::Severity severity_of(std::string_view word) {
  if (word == "LOG") return Entry::Severity::log;
  return word == "ERROR" || word == "FATAL" || word == "PANIC" ? Entry::Severity::error
                                                               : Entry::Severity::other;
}

std::uint64_t transaction_of(std::string_view virtual_transaction) {
  return virtual_transaction.empty() || virtual_transaction.ends_with("/0")
             ? 0
             : hash_bytes(virtual_transaction);
}

Label read_label(std::string_view text, std::size_t& length) {
  struct Word {
    std::string_view text;
    Label label;
  };
  static constexpr std::array<Word, 18> words = {{{"LOG:  ", Label::log},
                                                  {"ERROR:  ", Label::error},
                                                  {"FATAL:  ", Label::error},
                                                  {"PANIC:  ", Label::error},
                                                  {"DETAIL:  ", Label::detail},
                                                  {"STATEMENT:  ", Label::statement},
                                                  {"CONTEXT:  ", Label::context},
                                                  {"HINT:  ", Label::hint},
                                                  {"QUERY:  ", Label::hint},
                                                  {"LOCATION:  ", Label::hint},
                                                  {"BACKTRACE:  ", Label::hint},
                                                  {"WARNING:  ", Label::other},
                                                  {"NOTICE:  ", Label::other},
                                                  {"INFO:  ", Label::other},
                                                  {"DEBUG:  ", Label::other},
                                                  {"DEBUG1:  ", Label::other},
                                                  {"DEBUG2:  ", Label::other},
                                                  {"DEBUG3:  ", Label::other}}};
  for (const Word& word : words) {
    if (!text.starts_with(word.text)) continue;
    length = word.text.size();
    return word.label;
  }
  // ПРЕДУПРЕЖДЕНИЕ:  and its like.
  const std::size_t colon = text.substr(0, 40).find(":  ");
  if (colon == std::string_view::npos || colon < 3) return Label::none;
  for (const char c : text.substr(0, colon))
    if (!(c >= 'A' && c <= 'Z') && static_cast<unsigned char>(c) < 128) return Label::none;
  length = colon + 3;
  return Label::unknown;
}

Result<Prefix> Prefix::compile(std::string_view pattern) {
  Prefix prefix;
  prefix.pattern_ = pattern;
  std::string literal;
  const auto add_literal = [&] {
    if (!literal.empty()) prefix.parts_.push_back({.text = std::move(literal)});
    literal.clear();
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      literal += pattern[i];
      continue;
    }
    Part part;
    for (++i; i < pattern.size() && (pattern[i] == '-' || (pattern[i] >= '0' && pattern[i] <= '9'));
         ++i)
      part.padded = true;
    if (i < pattern.size() && pattern[i] == '%') {
      literal += '%';
      continue;
    }
    if (i >= pattern.size() || !std::strchr("abcdehilLmnpPqQrstuvx", pattern[i]))
      return fail("workload.prefix",
                  "log_line_prefix has an escape that is not known: " + std::string(pattern), {},
                  "give it as it stands in postgresql.conf, in single quotes");
    part.escape = pattern[i];
    add_literal();
    prefix.has_session_id_ |= part.escape == 'c';
    prefix.parts_.push_back(std::move(part));
  }
  add_literal();
  return prefix;
}

std::optional<std::size_t> Prefix::match(std::string_view line, Entry& entry) const {
  std::size_t end = 0;
  if (!match(line, 0, 0, entry, end)) return {};
  return end;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where a value of this escape, of a form of its own, ends; npos if there is none; `open` for those
// that may be any text.
constexpr std::size_t open = std::string_view::npos - 1;
std::size_t past_value(char escape, std::string_view line, std::size_t at, Entry& entry,
                       bool has_session_id) {
  std::size_t end = at;
  const auto digits = [&](std::size_t from) {
    while (from < line.size() && is_digit(line[from])) ++from;
    return from;
  };
  switch (escape) {
    case 't':
    case 'm':
    case 's': {
      const auto time = read_time(line.substr(at), &end);
      if (!time) return std::string_view::npos;
      if (escape != 's') entry.time = *time;
      return at + end;
    }
    case 'n': {
      end = digits(at);
      if (end == at) return std::string_view::npos;
      if (end < line.size() && line[end] == '.') end = digits(end + 1);
      std::from_chars(line.data() + at, line.data() + end, entry.time);
      return end;
    }
    case 'p':
    case 'l':
    case 'x':
      end = digits(at);
      // No process is 0: a transaction's number may be.
      if (escape == 'p' && !has_session_id && end > at && line[at] != '0')
        entry.session = hash_bytes(line.substr(at, end - at));
      if (escape == 'l') std::from_chars(line.data() + at, line.data() + end, entry.line);
      return end > at ? end : std::string_view::npos;
    case 'P':
    case 'Q':
      return digits(at < line.size() && line[at] == '-' ? at + 1 : at);
    case 'v':
      end = digits(at);
      if (end < line.size() && line[end] == '/' && end > at) {
        end = digits(end + 1);
        entry.transaction = transaction_of(line.substr(at, end - at));
      }
      return end;  // nothing at all for a process without transactions
    case 'c':
      while (end < line.size() &&
             (is_digit(line[end]) || (line[end] >= 'a' && line[end] <= 'f') || line[end] == '.'))
        ++end;
      if (end > at) entry.session = hash_bytes(line.substr(at, end - at));
      return end > at ? end : std::string_view::npos;
    case 'e':
      while (end < line.size() && end - at < 5 &&
             (is_digit(line[end]) || (line[end] >= 'A' && line[end] <= 'Z')))
        ++end;
      return end - at == 5 ? end : std::string_view::npos;
    default:
      return open;
  }
}

bool ends_here(std::string_view line, std::size_t at) {
  std::size_t length = 0;
  return read_label(line.substr(at), length) != Label::none;
}

}  // namespace

bool Prefix::match(std::string_view line, std::size_t part, std::size_t at, Entry& entry,
                   std::size_t& end) const {
  for (; part < parts_.size(); ++part) {
    const Part& each = parts_[part];
    if (each.escape == 0) {
      if (line.substr(at, each.text.size()) != each.text) return false;
      at += each.text.size();
      continue;
    }
    if (each.escape == 'q') {
      // A process without a session writes nothing from here on.
      if (match(line, part + 1, at, entry, end)) return true;
      end = at;
      return ends_here(line, at);
    }
    if (each.padded)
      while (at < line.size() && line[at] == ' ') ++at;
    std::size_t past = past_value(each.escape, line, at, entry, has_session_id_);
    if (past == std::string_view::npos) return false;
    if (past != open) {
      if (each.padded && (part + 1 == parts_.size() || parts_[part + 1].escape != 0 ||
                          parts_[part + 1].text.front() != ' '))
        while (past < line.size() && line[past] == ' ') ++past;
      at = past;
      continue;
    }
    // Any text: up to the literal behind it; what holds that literal itself is tried again.
    const auto take = [&](std::size_t to) {
      std::string_view value = line.substr(at, to - at);
      if (each.padded)
        while (value.ends_with(' ')) value.remove_suffix(1);
      if (each.escape == 'u') entry.user = value == "[unknown]" ? std::string_view{} : value;
      if (each.escape == 'd') entry.database = value == "[unknown]" ? std::string_view{} : value;
    };
    if (part + 1 < parts_.size() && parts_[part + 1].escape == 0) {
      const std::string& literal = parts_[part + 1].text;
      std::size_t to = at;
      for (int tries = 0; tries < 8; ++tries) {
        to = line.find(literal, to);
        if (to == std::string_view::npos || to - at > 300) return false;
        if (match(line, part + 1, to, entry, end)) {
          take(to);
          return true;
        }
        ++to;
      }
      return false;
    }
    // Nothing to go by: up to the label, or to the next value that has a form of its own.
    for (std::size_t to = at; to < line.size() && to - at < 300; ++to) {
      if (!match(line, part + 1, to, entry, end)) continue;
      take(to);
      return true;
    }
    return false;
  }
  end = at;
  return ends_here(line, at);
}

}  // namespace architrave::workload

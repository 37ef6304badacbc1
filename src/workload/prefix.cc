#include "workload/prefix.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <set>

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
    prefix.says_user_ |= part.escape == 'u';
    prefix.says_database_ |= part.escape == 'd';
    prefix.has_session_id_ |= part.escape == 'c';
    prefix.says_session_ |= part.escape == 'c' || part.escape == 'p';
    prefix.parts_.push_back(std::move(part));
  }
  add_literal();
  return prefix;
}

std::size_t Prefix::match(std::string_view line, Entry& entry) const {
  std::size_t end = 0;
  return match(line, 0, 0, entry, end) ? end : 0;
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
      if (escape == 'p' && !has_session_id && end > at)
        entry.session = hash_bytes(line.substr(at, end - at));
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
      return at > 0 && ends_here(line, at);
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
  return at > 0 && ends_here(line, at);
}

namespace {

// What is usual, the manuals' and the clouds' own.
constexpr std::array<std::string_view, 24> well_known = {
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%t:%r:%u@%d:[%p]:",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: user=%u,db=%d ",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "%m [%p] user=%u,db=%d,app=%a,client=%h ",
    "%t-%c-",
    "%t-%c-user=%u,db=%d,app=%a,client=%h ",
    "%m [%p] %u@%d ",
    "%t [%p] %q%u@%d ",
    "%t [%p]: ",
    "%t ",
    "%m ",
    "%m %p %u@%d from %h [vxid:%v txid:%x] [%i] ",
    "%t [%p]: [%l-1] %q[trx_id=%x] user=%u,db=%d ",
    "%m [%p]: [%l] [trx_id=%x] user=%u,db=%d ",
    "%m [%p] [%l] %u %d %a %h ",
    "%t %u %d %r %p %c ",
    "%n [%p] ",
    "%m %u@%d %h %c ",
    "%m [%c] [%p] %q[user=%u,db=%d,app=%a] "};

const std::map<std::string_view, const char*, std::less<>>& keys_of_prefixes() {
  static const std::map<std::string_view, const char*, std::less<>> keys = {
      {"user", "%u"},     {"usr", "%u"},     {"db", "%d"},       {"database", "%d"},
      {"app", "%a"},      {"client", "%h"},  {"host", "%h"},     {"remote", "%r"},
      {"pid", "%p"},      {"session", "%c"}, {"sid", "%c"},      {"xid", "%x"},
      {"trx_id", "%x"},   {"txid", "%x"},    {"vxid", "%v"},     {"line", "%l"},
      {"sqlstate", "%e"}, {"qid", "%Q"},     {"query_id", "%Q"}, {"type", "%b"},
      {"backend", "%b"},  {"tag", "%i"}};
  return keys;
}

// Where the value of key=VALUE ends: where the next key begins, else at a delimiter.
std::size_t past_named(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text[at] != ',' && text[at] != ' ' && text[at] != ';') continue;
    const std::size_t word = text.find_first_not_of(" ,;", at);
    const std::size_t equal = word == std::string_view::npos ? word : text.find('=', word);
    if (equal != std::string_view::npos &&
        keys_of_prefixes().contains(text.substr(word, equal - word)))
      return at;
  }
  if (begin < text.size() && text[begin] == '[')
    return std::min(text.find(']', begin) + 1, text.size());
  return std::min(text.find_first_of(",; ]|)", begin), text.size());
}

// The pattern that a line's own text suggests: times, numbers in brackets, user=, hosts.
std::string suggested(std::string_view text) {
  const auto& keys = keys_of_prefixes();
  std::string pattern;
  bool has_time = false;
  bool has_process = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = 0;
    if (const auto time = read_time(text.substr(i), &end)) {
      pattern += has_time ? "%s" : text.substr(i, end).contains('.') ? "%m" : "%t";
      has_time = true;
      i += end;
      continue;
    }
    const bool starts = i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]));
    std::size_t word = i;
    while (word < text.size() && (std::isalnum(static_cast<unsigned char>(text[word])) ||
                                  text[word] == '_' || text[word] == '.'))
      ++word;
    const std::string_view value = text.substr(i, word - i);
    if (starts && !value.empty()) {
      if (word < text.size() && (text[word] == '=' || text[word] == ':') && keys.contains(value)) {
        // user=VALUE up to what ends it.
        pattern += std::string(value) + text[word];
        std::size_t begin = word + 1;
        while (begin < text.size() && text[begin] == ' ') ++begin, pattern += ' ';
        pattern += keys.find(value)->second;
        i = past_named(text, begin);
        continue;
      }
      if (word < text.size() && text[word] == '@') {
        std::size_t stop = word + 1;
        while (stop < text.size() && !std::strchr(",; ]|):/", text[stop])) ++stop;
        pattern += "%u@%d";
        i = stop;
        continue;
      }
      const bool number = std::ranges::all_of(value, is_digit);
      const std::size_t point = value.find('.');
      const bool epoch = !has_time &&
                         (point == std::string_view::npos ? value.size() : point) == 10 &&
                         std::ranges::all_of(value, [](char c) { return is_digit(c) || c == '.'; });
      const bool session = !epoch && value.contains('.') && value.size() > 8 &&
                           std::ranges::all_of(value, [](char c) {
                             return is_digit(c) || (c >= 'a' && c <= 'f') || c == '.';
                           });
      // 3/17 is a virtual transaction, 42P01 an SQLSTATE; a number of five digits may be anything.
      if (number && word + 1 < text.size() && text[word] == '/' && is_digit(text[word + 1])) {
        pattern += "%v";
        i = std::min(text.find_first_not_of("0123456789", word + 1), text.size());
        continue;
      }
      const bool state = value.size() == 5 && has_process && std::ranges::all_of(value, [](char c) {
                           return is_digit(c) || (c >= 'A' && c <= 'Z');
                         });
      if (state && (value == "00000" || !number)) {
        pattern += "%e";
        i = word;
        continue;
      }
      if (number || session || epoch) {
        // A number that spaces follow inside of brackets was padded.
        std::size_t past = word;
        while (past < text.size() && text[past] == ' ') ++past;
        const bool padded = past > word && past < text.size() && text[past] == ']';
        pattern += padded ? "%-9" : "%";
        pattern += session ? 'c' : epoch ? 'n' : has_process ? 'l' : 'p';
        has_time |= epoch;
        has_process |= number && !epoch;
        i = padded ? past : word;
        continue;
      }
    }
    if (text[i] == '%') pattern += '%';
    pattern += text[i++];
  }
  return pattern;
}

}  // namespace

std::string Prefix::detect(std::string_view bytes) {
  constexpr std::size_t enough = 200;
  std::vector<std::string_view> lines;
  std::set<std::string> candidates(well_known.begin(), well_known.end());
  std::size_t at = 0;
  while (at < bytes.size() && lines.size() < enough) {
    std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) end = bytes.size();
    const std::string_view line = bytes.substr(at, end - at);
    at = end + 1;
    if (line.starts_with('\t')) continue;
    for (const char* label : {"LOG:  ", "ERROR:  ", "FATAL:  ", "STATEMENT:  ", "DETAIL:  "}) {
      const std::size_t found = line.substr(0, 400).find(label);
      if (found == std::string_view::npos) continue;
      lines.push_back(line);
      if (found > 0 && candidates.size() < 60) candidates.insert(suggested(line.substr(0, found)));
      break;
    }
  }
  // A line of a process without a session ends where %q stands.
  const std::vector<std::string> plain(candidates.begin(), candidates.end());
  for (const std::string& longer : plain)
    for (const std::string& shorter : plain)
      if (!shorter.empty() && longer.size() > shorter.size() && longer.starts_with(shorter) &&
          candidates.size() < 300)
        candidates.insert(shorter + "%q" + longer.substr(shorter.size()));
  std::string best;
  std::size_t most = 0;
  for (const std::string& candidate : candidates) {
    const Result<Prefix> prefix = compile(candidate);
    if (!prefix || candidate.empty()) continue;
    std::size_t matches = 0;
    std::size_t told = 0;  // what it makes of the lines
    for (const std::string_view line : lines) {
      Entry entry;
      std::size_t length = prefix->match(line, entry);
      std::size_t label = 0;
      if (length == 0 || read_label(line.substr(length), label) == Label::none) continue;
      ++matches;
      // A name that holds punctuation is rather a prefix that was misread.
      const auto name = [](std::string_view value) {
        return !value.empty() && value.find_first_of("=,[]: ") == std::string_view::npos;
      };
      told += (entry.session != 0 ? 2U : 0U) + (entry.time == entry.time ? 2U : 0U) +
              (name(entry.user) ? 1U : 0U) + (name(entry.database) ? 1U : 0U) +
              (entry.transaction != 0 ? 1U : 0U);
    }
    // Of two that say the same, the one that leaves nothing open.
    const std::size_t score = 2 * (matches * 2000 + told) + (candidate.contains("%q") ? 0U : 1U);
    if (matches == 0 || score <= most) continue;
    most = score;
    best = candidate;
  }
  return best;
}

}  // namespace architrave::workload

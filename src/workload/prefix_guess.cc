// Finds out which log_line_prefix a log has, from the lines themselves.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "workload/log_time.h"
#include "workload/prefix.h"

namespace architrave::workload {

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

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 128;
}

// Where the value of key=VALUE ends: where the next key begins, else at a delimiter.
std::size_t past_named(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (at > begin && std::string_view("|)>#").contains(text[at])) return at;
    if (text[at] == ']' && text[begin] != '[') return at;
    if (text[at] != ',' && text[at] != ' ' && text[at] != ';') continue;
    const std::size_t word = text.find_first_not_of(" ,;[(", at);
    const std::size_t equal = word == std::string_view::npos ? word : text.find('=', word);
    if (equal != std::string_view::npos &&
        keys_of_prefixes().contains(text.substr(word, equal - word)))
      return at;
  }
  if (begin < text.size() && text[begin] == '[')
    return std::min(text.find(']', begin) + 1, text.size());
  return std::min(text.find_first_of(",; ]|)", begin), text.size());
}

// What a line's text before its label is made of.
struct Piece {
  enum class Is : std::uint8_t { text, space, time, number, word } is = Is::text;
  std::string pattern;  // of `number` and `time`: nothing, since it depends on the others
  bool padded = false;
};

// Takes such a text apart: times, numbers, user=, hosts, and words, which are rather values than
// literals of the prefix.
class Pieces {
 public:
  static std::vector<Piece> of(std::string_view text) {
    Pieces pieces(text);
    while (pieces.at_ < text.size()) pieces.next();
    return std::move(pieces.all_);
  }

 private:
  using Is = Piece::Is;
  explicit Pieces(std::string_view text) : text_(text) {}

  void add(Is is, std::string pattern, std::size_t past) {
    all_.push_back({is, std::move(pattern)});
    at_ = past;
  }
  std::size_t past(std::size_t from, auto&& accepted) const {
    while (from < text_.size() && accepted(text_[from])) ++from;
    return from;
  }

  void next() {
    std::size_t length = 0;
    if (read_time(text_.substr(at_), &length)) {
      has_time_ = true;
      return add(Is::time, {}, at_ + length);
    }
    if (text_.substr(at_).starts_with("[local]")) return add(Is::text, "%h", at_ + 7);
    if (text_[at_] == '@' && !value_follows(at_ + 1)) return names(at_);
    if (text_[at_] == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]) &&
        past(at_ + 1, is_digit) > at_ + 12)
      return add(Is::text, "%Q", past(at_ + 1, is_digit));
    const std::size_t end = past(at_, in_word);
    if (end == at_ && text_[at_] != ':') {
      std::string literal(1, text_[at_]);
      if (literal == "%") literal = "%%";
      return add(text_[at_] == ' ' ? Is::space : Is::text, std::move(literal), at_ + 1);
    }
    if (!host() && !(end > at_ && value(end))) add(Is::text, std::string(1, text_[at_]), at_ + 1);
  }

  // 10.0.0.1, ::1, 10.0.0.1(5432)
  bool host() {
    std::size_t end = past(
        at_, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; });
    const std::string_view value = text_.substr(at_, end - at_);
    const bool digits =
        std::ranges::all_of(value, [](char c) { return is_digit(c) || c == '.' || c == ':'; });
    // What begins with colons is rather a number behind them.
    const bool six = value.starts_with(':')
                         ? value == "::1" || value.starts_with("::ffff:")
                         : std::ranges::count(value, ':') >= 2 && !value.contains('.');
    if (!six && !(std::ranges::count(value, '.') == 3 && digits)) return false;
    if (value.ends_with("::")) return false;
    if (value.ends_with(':')) --end;
    if (end < text_.size() && text_[end] == '(')
      end = std::min(text_.find(')', end), text_.size() - 1) + 1;
    add(Is::text, "%h", end);
    return true;
  }

  // 3/17; the number alone where a time follows it.
  std::size_t past_transaction(std::size_t at) const {
    const std::size_t end = past(at, is_digit);
    return end < text_.size() && text_[end] == '/' && past(end + 1, is_digit) > end + 1 &&
                   !read_time(text_.substr(end + 1))
               ? past(end + 1, is_digit)
               : end;
  }

  bool value(std::size_t end) {
    const std::string_view word = text_.substr(at_, end - at_);
    if (text_.substr(end, 1) == "=" || text_.substr(end, 2) == ": ")
      if (const auto key = keys_of_prefixes().find(word); key != keys_of_prefixes().end()) {
        const std::size_t begin = past(end + 1, [](char c) { return c == ' '; });
        const std::string_view escape = key->second;
        // A number ends where it ends, a name at what may follow it.
        const std::size_t stop = std::string_view("%p%l%x%Q").contains(escape)
                                     ? past(begin, is_digit)
                                 : escape == "%c" ? past(begin, in_word)
                                 : escape == "%v" ? past_transaction(begin)
                                                  : past_named(text_, begin);
        add(Is::text, std::string(text_.substr(at_, begin - at_)) + key->second, stop);
        return true;
      }
    const bool number = std::ranges::all_of(word, is_digit);
    const std::size_t point = word.find('.');
    const bool hexadecimal = std::ranges::all_of(
        word, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == '.'; });
    if (!has_time_ && std::min(point, word.size()) == 10 && hexadecimal &&
        std::ranges::all_of(word.substr(0, 10), is_digit)) {
      has_time_ = true;
      add(Is::text, "%n", end);
    } else if (hexadecimal && point == 8 && word.find('.', 9) == std::string_view::npos) {
      add(Is::text, "%c", end);
    } else if (number && past_transaction(at_) > end) {
      add(Is::text, "%v", past_transaction(at_));
    } else if (word == "00000" ||
               (word.size() == 5 && !number && std::ranges::any_of(word, is_digit) &&
                std::ranges::all_of(
                    word, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); }))) {
      add(Is::text, "%e", end);  // an SQLSTATE: 42P01
    } else if (number) {
      // Spaces before it, or behind it inside of brackets, are its padding.
      bool padded = false;
      while (!all_.empty() && all_.back().is == Is::space && all_.size() > 1 &&
             (all_[all_.size() - 2].pattern == "[" || all_[all_.size() - 2].is == Is::space)) {
        all_.pop_back();
        padded = true;
      }
      const std::size_t behind = past(end, [](char c) { return c == ' '; });
      const bool closed = behind > end && behind < text_.size() && text_[behind] == ']';
      add(Is::number, {}, closed ? behind : end);
      all_.back().padded = padded || closed;
    } else {
      const std::size_t name = past(end, [](char c) { return in_word(c) || c == '-'; });
      if (name < text_.size() && text_[name] == '@')
        names(name);
      else
        add(Is::word, std::string(text_.substr(at_, name - at_)), name);
    }
    return true;
  }

  // Whether a time, a number or a session's id comes next.
  bool value_follows(std::size_t at) const {
    const std::size_t end = past(at, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
    return (at < text_.size() && (text_[at] == ' ' || text_[at] == '[' || text_[at] == '(')) ||
           read_time(text_.substr(at)) || past(at, is_digit) > at + 1 ||
           (end == at + 8 && end < text_.size() && text_[end] == '.');
  }

  // The @ between user and database.
  void names(std::size_t at) {
    std::size_t end = at + 1;
    while (end < text_.size() &&
           std::string_view(",; ]|):/>#\"'").find(text_[end]) == std::string_view::npos)
      ++end;
    add(Is::text, "%u@%d", end);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Piece> all_;
  bool has_time_ = false;
};

// The pieces as a pattern in which the given time is that of the line, and the given number that of
// the process; `open`: words may be others, and more, in other lines.
std::string pattern_of(const std::vector<Piece>& pieces, int time, int process, bool open) {
  using Is = Piece::Is;
  std::string pattern;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.is == Is::time) {
      pattern += time-- == 0 ? "%m" : "%s";
    } else if (piece.is == Is::number) {
      pattern += piece.padded ? "%-9" : "%";
      pattern += process-- == 0 ? 'p' : 'l';
    } else if (piece.is == Is::word && open) {
      pattern += "%a";
      while (i + 2 < pieces.size() && pieces[i + 1].is == Is::space && pieces[i + 2].is == Is::word)
        i += 2;
    } else {
      pattern += piece.pattern;
    }
  }
  return pattern;
}

// Every pattern that a line suggests, the likeliest first.
std::vector<std::string> suggested(std::string_view text) {
  const std::vector<Piece> pieces = Pieces::of(text);
  const auto count = [&](Piece::Is is) {
    return static_cast<int>(std::ranges::count(pieces, is, &Piece::is));
  };
  const bool named = std::ranges::any_of(pieces, [](const Piece& each) {
    return each.pattern.ends_with("%p") && each.pattern != "%p";
  });
  std::vector<std::string> patterns;
  for (const bool open : {true, false})
    for (int process = named ? -1 : 0;
         process < (named ? 0 : std::clamp(count(Piece::Is::number), 1, 4)); ++process)
      for (int time = 0; time < std::clamp(count(Piece::Is::time), 1, 2); ++time)
        patterns.push_back(pattern_of(pieces, time, process, open));
  return patterns;
}

// How much a prefix tells of lines that follow each other. One that tells more of most lines is
// better than one that all lines have: what it does not fit, a prefix of its own will.
std::size_t score_of(const Prefix& prefix, const std::vector<std::string_view>& lines) {
  std::size_t told = 0;
  std::size_t strange = 0;
  std::map<std::uint64_t, std::uint64_t> lines_of;  // sessions: the number of the last line
  Entry before;
  for (const std::string_view line : lines) {
    Entry entry;
    const auto length = prefix.match(line, entry);
    if (!length) continue;
    // What belongs to a message has its session: else something else was taken for one.
    std::size_t label_length = 0;
    const Label label = read_label(line.substr(*length), label_length);
    if ((label == Label::detail || label == Label::statement || label == Label::context) &&
        entry.session != before.session)
      strange += 1;
    // A name that holds punctuation is rather a prefix that was misread.
    const auto is_name = [](std::string_view value) {
      return !value.empty() && value.find_first_of("=,[]: ") == std::string_view::npos;
    };
    told += 4U + (entry.session != 0 ? 4U : 0U) + (std::isnan(entry.time) ? 0U : 4U) +
            (is_name(entry.user) ? 2U : 0U) + (is_name(entry.database) ? 2U : 0U) +
            (entry.transaction != 0 ? 2U : 0U);
    // Time goes on, sessions come again, and the lines of each are numbered.
    told += entry.time > before.time ? 2U : entry.time == before.time ? 1U : 0U;
    if (entry.session != 0) {
      const auto [at, is_new] = lines_of.try_emplace(entry.session, entry.line);
      if (!is_new) told += entry.line != 0 && entry.line == at->second + 1 ? 8U : 1U;
      at->second = entry.line;
    }
    before = entry;
  }
  return told / (strange * 20 > lines.size() ? 2 : 1);
}

}  // namespace

std::size_t find_label(std::string_view line) {
  constexpr std::size_t farthest = 400;
  for (std::size_t at = line.find(":  "); at < farthest; at = line.find(":  ", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && ((line[begin - 1] >= 'A' && line[begin - 1] <= 'Z') ||
                         (line[begin - 1] >= '0' && line[begin - 1] <= '9')))
      --begin;
    // "UTC2LOG": what stands before the label may touch it.
    for (std::size_t length = 0; begin < at; ++begin) {
      const Label label = read_label(line.substr(begin), length);
      if (label != Label::none && label != Label::unknown) return begin;
    }
  }
  return std::string_view::npos;
}

std::optional<std::string> Prefix::detect(std::string_view bytes) {
  constexpr std::size_t most_lines = 400;
  constexpr std::size_t most_suggested = 48;
  std::vector<std::string_view> lines;
  std::map<std::string, int> votes;
  std::vector<std::string> candidates(well_known.begin(), well_known.end());
  std::vector<std::string> others;
  for (std::size_t at = 0; at < bytes.size() && lines.size() < most_lines;) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = bytes.substr(at, end - at);
    at = end + 1;
    if (line.starts_with('\t')) continue;
    const std::size_t label = find_label(line);
    if (label == std::string_view::npos) continue;
    lines.push_back(line);
    for (std::string& each : suggested(line.substr(0, label)))
      if (votes[each]++ == 0) others.push_back(std::move(each));
  }
  std::ranges::stable_sort(others, std::greater(), [&](const auto& each) { return votes[each]; });
  others.resize(std::min(others.size(), most_suggested));
  candidates.insert(candidates.end(), others.begin(), others.end());
  // A line of a process without a session ends where %q stands.
  const std::vector<std::string> plain = candidates;
  for (const std::string& longer : plain)
    for (const std::string& shorter : plain)
      if (!shorter.empty() && longer.size() > shorter.size() && longer.starts_with(shorter) &&
          candidates.size() < 400)
        candidates.push_back(shorter + "%q" + longer.substr(shorter.size()));
  candidates.emplace_back(anything);
  std::optional<std::string> best;
  std::size_t most = 0;
  for (const std::string& candidate : candidates) {
    const Result<Prefix> prefix = compile(candidate);
    std::size_t score = prefix ? score_of(*prefix, lines) : 0;
    // What is usual is rather meant than what explains the lines a little better.
    if (std::ranges::find(well_known, candidate) != well_known.end()) score += score / 8;
    if (score <= most) continue;
    most = score;
    best = candidate;
  }
  return best;
}

}  // namespace architrave::workload

#include "workload/scanner.h"

#include <array>
#include <cstring>

namespace architrave::workload {

namespace {

enum Class : std::uint8_t { other, space, letter, digit, quote, double_quote, dollar, dot };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128)
      classes[c] = letter;
    else if (c >= '0' && c <= '9')
      classes[c] = digit;
    else if (c == ' ' || (c >= 9 && c <= 13))
      classes[c] = space;
  }
  classes['\''] = quote;
  classes['"'] = double_quote;
  classes['$'] = dollar;
  classes['.'] = dot;
  return classes;
}
constexpr std::array<Class, 256> classes = make_classes();

constexpr std::array<std::uint8_t, 256> make_folded() {
  std::array<std::uint8_t, 256> folded{};
  for (std::size_t c = 0; c < 256; ++c)
    folded[c] = static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return folded;
}
constexpr std::array<std::uint8_t, 256> folded = make_folded();

Class class_of(char c) { return classes[static_cast<std::uint8_t>(c)]; }
bool in_word(Class c) { return c == letter || c == digit || c == dollar; }

// The multiplication spreads a token over the whole key; the rotation keeps tokens in order.
std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value * 0x9e3779b97f4a7c15U;
  hash = (hash << 29U) | (hash >> 35U);
  return hash * 0xd6e8feb86659fd93U;
}

std::uint64_t hash_word(const char* begin, const char* end) {
  std::uint64_t hash = 0x51;
  std::uint64_t word = 0;
  unsigned bytes = 0;
  for (; begin < end; ++begin) {
    word = word << 8U | folded[static_cast<std::uint8_t>(*begin)];
    if (++bytes == 8) {
      hash = mix(hash, word);
      word = 0;
      bytes = 0;
    }
  }
  return mix(hash, word + bytes);
}

const char* find(const char* from, const char* end, char c) {
  const void* at = std::memchr(from, c, static_cast<std::size_t>(end - from));
  return at != nullptr ? static_cast<const char*>(at) : nullptr;
}

// After the opening quote; returns what follows the closing one, or null where there is none.
const char* past_quoted(const char* at, const char* end, char quote_sign) {
  while ((at = find(at, end, quote_sign)) != nullptr) {
    if (at + 1 < end && at[1] == quote_sign)
      at += 2;
    else
      return at + 1;
  }
  return nullptr;
}

// E'…', where a backslash takes the next character with it.
const char* past_escaped(const char* at, const char* end) {
  for (; at < end; ++at) {
    if (*at == '\\')
      ++at;
    else if (*at == '\'') {
      if (at + 1 >= end || at[1] != '\'') return at + 1;
      ++at;
    }
  }
  return nullptr;
}

// /* … */, which may hold others.
const char* past_comment(const char* at, const char* end) {
  int depth = 0;
  for (; at + 1 < end; ++at) {
    if (at[0] == '/' && at[1] == '*') {
      ++depth;
      ++at;
    } else if (at[0] == '*' && at[1] == '/') {
      ++at;
      if (--depth == 0) return at + 1;
    }
  }
  return nullptr;
}

// At the dollar of $tag$: past the closing one; null where nothing closes it; `at` itself where it
// is no dollar quote.
const char* past_dollar_quoted(const char* at, const char* end) {
  const char* tag = at + 1;
  if (tag < end && class_of(*tag) == digit) return at;
  while (tag < end && (class_of(*tag) == letter || class_of(*tag) == digit)) ++tag;
  if (tag >= end || *tag != '$') return at;
  const auto length = static_cast<std::size_t>(tag + 1 - at);
  const void* close = memmem(tag + 1, static_cast<std::size_t>(end - tag - 1), at, length);
  return close != nullptr ? static_cast<const char*>(close) + length : nullptr;
}

const char* past_number(const char* at, const char* end) {
  while (at < end) {
    const Class c = class_of(*at);
    if (c == digit || c == letter || c == dot) {
      const bool exponent =
          (*at == 'e' || *at == 'E') && at + 1 < end && (at[1] == '+' || at[1] == '-');
      at += exponent ? 2 : 1;
    } else {
      break;
    }
  }
  return at;
}

// Calls visit(kind, begin, end) for each token; false if the text ends inside of one.
template <class Visit>
bool for_each_token(std::string_view text, Visit&& visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto give = [&](TokenKind kind, const char* past) {
    visit(kind, at, past != nullptr ? past : end);
    at = past != nullptr ? past : end;
    return past != nullptr;
  };
  while (at < end) {
    switch (class_of(*at)) {
      case space:
        ++at;
        break;
      case letter: {
        const char* past = at + 1;
        while (past < end && in_word(class_of(*past))) ++past;
        if (past < end && *past == '\'' && past - at <= 1) {
          // E'…', B'…', X'…', N'…'
          const char c = static_cast<char>(folded[static_cast<std::uint8_t>(*at)]);
          if (c == 'e' ? !give(TokenKind::string, past_escaped(past + 1, end))
              : c == 'b' || c == 'x' || c == 'n'
                  ? !give(TokenKind::string, past_quoted(past + 1, end, '\''))
                  : !give(TokenKind::word, past))
            return false;
        } else {
          give(TokenKind::word, past);
        }
        break;
      }
      case digit:
        give(TokenKind::number, past_number(at, end));
        break;
      case dot:
        if (at + 1 < end && class_of(at[1]) == digit)
          give(TokenKind::number, past_number(at, end));
        else
          give(TokenKind::sign, at + 1);
        break;
      case quote:
        if (!give(TokenKind::string, past_quoted(at + 1, end, '\''))) return false;
        break;
      case double_quote:
        if (!give(TokenKind::quoted, past_quoted(at + 1, end, '"'))) return false;
        break;
      case dollar: {
        const char* past = at + 1;
        while (past < end && class_of(*past) == digit) ++past;
        if (past > at + 1) {
          give(TokenKind::parameter, past);
        } else {
          past = past_dollar_quoted(at, end);
          if (past == at)
            give(TokenKind::sign, at + 1);
          else if (!give(TokenKind::string, past))
            return false;
        }
        break;
      }
      case other:
        if (*at == '-' && at + 1 < end && at[1] == '-') {
          at = find(at, end, '\n');
          if (at == nullptr) return true;
        } else if (*at == '/' && at + 1 < end && at[1] == '*') {
          at = past_comment(at, end);
          if (at == nullptr) return false;
        } else {
          give(TokenKind::sign, at + 1);
        }
        break;
    }
  }
  return true;
}

std::uint64_t hash_of(std::string_view word) {
  return hash_word(word.data(), word.data() + word.size());
}
const std::uint64_t word_in = hash_of("in");
const std::uint64_t word_array = hash_of("array");
const std::uint64_t word_values = hash_of("values");

// Folds tokens into a key. `skipped` gets what does not count: list items and rows after the first.
template <class Literals, class Skipped>
class Folder {
 public:
  Folder(Literals literals, Skipped skipped) : literals_(literals), skipped_(skipped) {}

  void operator()(TokenKind kind, const char* begin, const char* end) {
    switch (kind) {
      case TokenKind::word:
        word(hash_word(begin, end));
        break;
      case TokenKind::quoted:
        word(hash_quoted(begin, end));
        break;
      case TokenKind::sign:
        sign(*begin, begin, end);
        break;
      default:
        literal(kind, begin, end);
        break;
    }
  }

  std::uint64_t key() const { return hash_; }

 private:
  enum class List : std::uint8_t { none, open, repeating };

  static std::uint64_t hash_quoted(const char* begin, const char* end) {
    std::uint64_t hash = 0x22;
    for (; begin < end; ++begin) hash = mix(hash, static_cast<std::uint8_t>(*begin));
    return hash;
  }

  void token(std::uint64_t value) { hash_ = mix(hash_, value); }

  void word(std::uint64_t hash) {
    list_ = List::none;
    if (hash == word_values) {
      rows_at_ = depth_;
      has_row_ = false;
    } else if (depth_ == rows_at_) {
      rows_at_ = -1;
    }
    token(hash);
    previous_ = hash;
  }

  void literal(TokenKind kind, const char* begin, const char* end) {
    literals_(kind, begin, end);
    if (list_ == List::repeating) {
      skipped_(comma_, end);
    } else {
      if (list_ == List::open) list_ = List::repeating;
      token(0x3f);
    }
    previous_ = 0;
  }

  void sign(char c, const char* begin, const char* end) {
    switch (c) {
      case '(':
        if (depth_ == rows_at_) {
          before_row_ = hash_;
          hash_ = 0;
        }
        ++depth_;
        list_ = previous_ == word_in ? List::open : List::none;
        token('(');
        break;
      case ')':
        --depth_;
        list_ = List::none;
        token(')');
        if (depth_ == rows_at_) row(end);
        break;
      case '[':
        list_ = previous_ == word_array ? List::open : List::none;
        token('[');
        break;
      case ',':
        comma_ = begin;
        if (list_ == List::repeating) break;
        before_comma_ = hash_;
        token(',');
        break;
      case '-':
      case '+':  // of a number in a list
        if (list_ == List::repeating) break;
        operator_sign(c, begin);
        break;
      case ';':
        // The last one says nothing; between two statements the words after it do.
        list_ = List::none;
        rows_at_ = -1;
        break;
      default:
        list_ = List::none;
        if (depth_ == rows_at_) rows_at_ = -1;
        operator_sign(c, begin);
        break;
    }
    previous_ = 0;
  }

  // a < -1 and a <- 1 are not the same.
  void operator_sign(char c, const char* begin) {
    token(static_cast<std::uint64_t>(c) | (begin == operator_end_ ? 0x100U : 0U));
    operator_end_ = begin + 1;
  }

  void row(const char* end) {
    const std::uint64_t this_row = hash_;
    if (has_row_ && this_row == last_row_) {
      hash_ = before_comma_at_row_;
      skipped_(comma_at_row_, end);
    } else {
      hash_ = mix(before_row_, this_row);
    }
    has_row_ = true;
    last_row_ = this_row;
    before_comma_at_row_ = hash_;
    comma_at_row_ = end;
  }

  Literals literals_;
  Skipped skipped_;
  std::uint64_t hash_ = 0x5eed;
  std::uint64_t previous_ = 0;  // the word before, if it was one
  std::uint64_t before_row_ = 0;
  std::uint64_t last_row_ = 0;
  std::uint64_t before_comma_ = 0;
  std::uint64_t before_comma_at_row_ = 0;
  const char* comma_ = nullptr;
  const char* comma_at_row_ = nullptr;
  const char* operator_end_ = nullptr;
  int depth_ = 0;
  int rows_at_ = -1;  // the depth at which VALUES has rows
  bool has_row_ = false;
  List list_ = List::none;
};

}  // namespace

std::uint64_t Scanner::scan(std::string_view text) {
  literals_.clear();
  const auto keep = [&](TokenKind kind, const char* begin, const char* end) {
    if (literals_.size() < max_literals)
      literals_.push_back({static_cast<std::uint32_t>(begin - text.data()),
                           static_cast<std::uint32_t>(end - text.data()), kind});
  };
  Folder folder(keep, [](const char*, const char*) {});
  ends_inside_ = !for_each_token(text, folder);
  return folder.key();
}

std::vector<Token> tokens(std::string_view text) {
  std::vector<Token> all;
  for_each_token(text, [&](TokenKind kind, const char* begin, const char* end) {
    all.push_back({kind, {begin, end}});
  });
  return all;
}

std::string collapse(std::string_view text) {
  std::string kept;
  const char* from = text.data();
  Folder folder([](TokenKind, const char*, const char*) {},
                [&](const char* begin, const char* end) {
                  if (begin < from) return;
                  kept.append(from, begin);
                  from = end;
                });
  for_each_token(text, folder);
  kept.append(from, text.data() + text.size());
  return kept;
}

}  // namespace architrave::workload

#include "engine/sqlite/tokens.h"

#include <sqlite3.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace architrave::sqlite {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

// Behind the quote that closes the one at `begin`; a doubled quote stands for itself.
std::size_t quoted_end(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] != quote) continue;
    if (i + 1 == text.size() || text[i + 1] != quote) return i + 1;
    ++i;
  }
  return text.size();
}

Token next_token(std::string_view text, std::size_t begin) {
  using Kind = Token::Kind;
  const char c = text[begin];
  auto scan = [&](std::size_t from, auto&& belongs) {
    while (from < text.size() && belongs(text[from])) ++from;
    return from;
  };
  if (c == '\'') return {Kind::string, begin, quoted_end(text, begin)};
  if (c == '"' || c == '`') return {Kind::quoted, begin, quoted_end(text, begin)};
  if (c == '[') {
    std::size_t close = text.find(']', begin);
    if (close == std::string_view::npos) return {Kind::other, begin, begin + 1};
    return {Kind::quoted, begin, close + 1};
  }
  std::string_view pair = text.substr(begin, 2);
  if ((c == 'x' || c == 'X') && pair.size() == 2 && pair[1] == '\'') {
    return {Kind::string, begin, quoted_end(text, begin + 1)};
  }
  if (pair == "::" || pair == "||" || pair == "$$") return {Kind::other, begin, begin + 2};
  if (is_digit(c) || (c == '.' && pair.size() == 2 && is_digit(pair[1]))) {
    std::size_t end = scan(begin, [](char d) { return is_word(d) || d == '.'; });
    const bool exponent = end < text.size() && (text[end - 1] == 'e' || text[end - 1] == 'E') &&
                          (text[end] == '+' || text[end] == '-') && pair != "0x" && pair != "0X";
    if (exponent) end = scan(end + 1, is_digit);
    return {Kind::number, begin, end};
  }
  if (is_word(c) && c != '$') return {Kind::word, begin, scan(begin, is_word)};
  return {Kind::other, begin, begin + 1};
}

bool equals_folded(std::string_view token, std::string_view upper) {
  return std::ranges::equal(token, upper, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

}  // namespace

std::size_t skip_blank(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    if (is_space(text[begin])) {
      ++begin;
    } else if (text.substr(begin, 2) == "--") {
      begin = std::min(text.find('\n', begin), text.size());
    } else if (text.substr(begin, 2) == "/*") {
      std::size_t close = text.find("*/", begin + 2);
      begin = close == std::string_view::npos ? text.size() : close + 2;
    } else {
      break;
    }
  }
  return begin;
}

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = skip_blank(text, 0); at < text.size();) {
    tokens.push_back(next_token(text, at));
    at = skip_blank(text, tokens.back().end);
  }
  return tokens;
}

std::size_t statement_end(std::string_view text, std::size_t begin) {
  // CREATE [TEMP | TEMPORARY] TRIGGER … ends where "; END ;" does; everything else at ";".
  bool trigger = false;
  bool after_semicolon = false;
  bool after_end = false;
  std::vector<std::string_view> first;
  for (std::size_t at = skip_blank(text, begin); at < text.size();) {
    Token token = next_token(text, at);
    std::string_view word = text.substr(token.begin, token.end - token.begin);
    if (word == ";") {
      if (!trigger || after_end) return token.end;
      after_semicolon = true;
    } else {
      after_end = after_semicolon && equals_folded(word, "END");
      after_semicolon = false;
      if (first.size() < 3) {
        first.push_back(word);
        const bool temporary = first.size() > 1 && (equals_folded(first[1], "TEMP") ||
                                                    equals_folded(first[1], "TEMPORARY"));
        trigger = equals_folded(first[0], "CREATE") && first.size() == (temporary ? 3u : 2u) &&
                  equals_folded(first.back(), "TRIGGER");
        if (trigger) first.resize(3);
      }
    }
    at = skip_blank(text, token.end);
  }
  return text.size();
}

bool Cursor::is(std::string_view word, std::size_t ahead) const {
  std::size_t index = at_ + ahead;
  if (index >= tokens_.size()) return false;
  auto kind = tokens_[index].kind;
  return (kind == Token::Kind::word || kind == Token::Kind::other) &&
         equals_folded(token(index), word);
}

bool Cursor::accept(std::string_view word) {
  if (!is(word)) return false;
  ++at_;
  return true;
}

bool Cursor::accept(std::string_view first, std::string_view second) {
  if (!is(first) || !is(second, 1)) return false;
  at_ += 2;
  return true;
}

std::string Cursor::name() { return at_end() ? std::string() : unquote(token(at_++)); }

std::string Cursor::parenthesized() {
  if (!is("(")) return {};
  std::size_t first = at_ + 1;
  skip();
  const bool closed = token(at_ - 1) == ")";
  return between(first, closed ? at_ - 1 : at_);
}

void Cursor::skip() {
  int depth = 0;
  do {
    if (is("(")) ++depth;
    if (is(")")) --depth;
    ++at_;
  } while (depth > 0 && !at_end());
}

std::string Cursor::between(std::size_t first, std::size_t last) const {
  if (first >= last || last > tokens_.size()) return {};
  std::size_t begin = tokens_[first].begin;
  return std::string(text_.substr(begin, tokens_[last - 1].end - begin));
}

std::string unquote(std::string_view token) {
  if (token.size() < 2) return std::string(token);
  const char open = token.front();
  std::string inside(token.substr(1, token.size() - 2));
  if (open == '[') return inside;
  if (open != '"' && open != '`' && open != '\'') return std::string(token);
  return replace_all(std::move(inside), std::string(2, open), std::string(1, open));
}

std::string quote(std::string_view name) {
  const bool plain =
      !name.empty() && !is_digit(name.front()) &&
      std::ranges::all_of(name, [](char c) { return is_word(c) && c != '$' && (c & 0x80) == 0; });
  if (plain && sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) == 0) {
    return std::string(name);
  }
  return '"' + replace_all(std::string(name), "\"", "\"\"") + '"';
}

}  // namespace architrave::sqlite

// Tells statements apart that differ in more than their constants, at memory speed: a log holds the
// same few texts millions of times, and PostgreSQL's parser, at microseconds a statement, has to
// see each of them once only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace architrave::workload {

enum class TokenKind : std::uint8_t { word, quoted, string, number, parameter, sign };

// A constant or a parameter, as a place in the text.
struct Literal {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  TokenKind kind = TokenKind::number;  // string, number or parameter
};

// Not a parser: it knows where strings, comments and names begin and end, and nothing else. Texts
// with the same key have the same tokens but for their literals, for letters' case, whitespace,
// comments, the number of literals in IN (…) and ARRAY[…], and that of equal rows of VALUES.
class Scanner {
 public:
  static constexpr std::size_t max_literals = 64;  // those after it are not kept

  // Returns the key; literals() are valid until the next call.
  std::uint64_t scan(std::string_view text);
  const std::vector<Literal>& literals() const { return literals_; }
  bool ends_inside() const { return ends_inside_; }  // of a string, a quoted name or a comment

 private:
  std::vector<Literal> literals_;
  bool ends_inside_ = false;
};

// A token with its text, for those who look closer at a text; comments are left out.
struct Token {
  TokenKind kind = TokenKind::sign;
  std::string_view text;
};
std::vector<Token> tokens(std::string_view text);

// The text without the list items and rows that scan() passes over.
std::string collapse(std::string_view text);

}  // namespace architrave::workload

// SQL text as tokens, by SQLite's own lexical rules: what the text of a CREATE statement says that
// no pragma tells (checks, names of constraints, expressions) is read from these.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace architrave::sqlite {

struct Token {
  enum class Kind { word, quoted, string, number, other };
  Kind kind = Kind::other;  // quoted: "a", `a`, [a]; other: one character, or "::", "||", "$$"
  std::size_t begin = 0;    // bytes into the text
  std::size_t end = 0;
};

// Comments and white space are left out. Text that no rule fits is one token per character; what
// is opened and never closed ends with the text.
std::vector<Token> tokenize(std::string_view text);

// Where the statement that begins at `begin` ends: behind its semicolon (a trigger's body has
// semicolons of its own), or the end of the text.
std::size_t statement_end(std::string_view text, std::size_t begin);
// The first byte at or after `begin` that is neither white space nor in a comment.
std::size_t skip_blank(std::string_view text, std::size_t begin);

// The tokens of a text, and a place among them.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text), tokens_(tokenize(text)) {}

  bool at_end() const { return at_ >= tokens_.size(); }
  std::size_t place() const { return at_; }
  void go(std::size_t place) { at_ = place; }
  void next() { ++at_; }
  // True if the token is this unquoted word (upper case given) or this sign.
  bool is(std::string_view word, std::size_t ahead = 0) const;
  // Goes over the words if all of them follow.
  bool accept(std::string_view word);
  bool accept(std::string_view first, std::string_view second);
  // The token as a name, without its quotes; goes over it.
  std::string name();
  // Goes over a balanced "( … )" and gives what is inside, trimmed; "" if no "(" follows.
  std::string parenthesized();
  // Goes over one token, or a balanced parenthesis.
  void skip();
  // The text between two places, as it is written.
  std::string between(std::size_t first, std::size_t last) const;

 private:
  std::string_view token(std::size_t index) const {
    return text_.substr(tokens_[index].begin, tokens_[index].end - tokens_[index].begin);
  }
  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

// "a b" -> a b, with the quotes of any of the four kinds taken off.
std::string unquote(std::string_view token);
// A name as SQLite needs it in a statement: quoted if it is a keyword or no plain word.
std::string quote(std::string_view name);

}  // namespace architrave::sqlite

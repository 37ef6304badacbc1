// The words of a model file, Prisma's or DBML's, each with its place; and a cursor that parsers
// walk over them with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::model {

struct File {
  std::string name;
  std::string text;
};

struct Place {
  int file = 0;    // in the list of files that are read together
  int line = 0;    // from 1; 0: nowhere
  int column = 0;  // in characters, from 1
};

struct Token {
  enum class Kind { word, number, string, name, expression, sign, newline, end };
  Kind kind = Kind::end;
  std::string text;  // of strings, names ("…") and expressions (`…`): what is in them
  Place place;
  std::size_t begin = 0;  // in the file's text
  std::size_t finish = 0;

  bool is(std::string_view sign) const { return kind == Kind::sign && text == sign; }
  bool is_newline() const { return kind == Kind::newline; }
};

// Prisma: "…" is a string, // a comment, words hold hyphens. DBML: "…" is a name, '…' and '''…'''
// are strings, `…` is an expression, and there are /* comments */.
enum class Language { prisma, dbml };

// The last is the end. Error: "model.syntax" with the place of what is not closed or not known.
Result<std::vector<Token>> read_tokens(const File& file, int number, Language language);

std::string where(const std::vector<File>& files, Place place);  // "file:line:column"

// Keeps the first error: from there on all there is is the end, so that parsers need not ask at
// each step but once, when they are through.
class Cursor {
 public:
  explicit Cursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& peek(std::size_t ahead = 0) const;
  Token take();
  bool at_end() const { return peek().kind == Token::Kind::end; }
  bool accept(std::string_view sign);
  bool accept_word(std::string_view word);  // in any case
  void expect(std::string_view sign, std::string_view where);
  void skip_newlines();
  // "expected WHAT, found …" at the next token.
  void fail_expected(std::string_view what);
  void fail_at(Place place, std::string message, std::string hint = {});

  bool failed() const { return failed_; }
  const Error& error() const { return error_; }  // `where` is left to who knows the files' names
  Place place_of_error() const { return place_; }

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  bool failed_ = false;
  Error error_;
  Place place_;
};

}  // namespace architrave::model

// A statement's text as the server's scanner cuts it, for those who change the text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace architrave::sql {

// A word, a quoted name, a constant or an operator.
struct Token {
  std::size_t begin = 0;  // in the statement
  std::string_view text;  // into it; empty where there is none
  std::size_t end() const { return begin + text.size(); }
  // In lower case; a quoted name is no word.
  bool is(std::string_view word) const;
};

// Without the comments; none of a text that the scanner can't read.
std::vector<Token> tokens(std::string_view statement);

}  // namespace architrave::sql

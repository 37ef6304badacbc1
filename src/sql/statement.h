// PostgreSQL's own parser (libpg_query), as far as the rooms above need it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::sql {

// What a script mentions that must exist before it can load.
struct Mentions {
  std::vector<std::string> roles;       // OWNER TO, GRANT … TO, CREATE POLICY … TO, SET ROLE
  std::vector<std::string> extensions;  // CREATE EXTENSION
};

// Reads one statement. What can't be parsed mentions nothing.
void collect_mentions(std::string_view statement, Mentions& mentions);

// The parser's complaint about a text, or nothing if it parses. `offset` is in bytes from 0.
struct SyntaxError {
  std::string message;
  int offset = 0;
};
std::optional<SyntaxError> syntax_error(std::string_view text);

}  // namespace architrave::sql

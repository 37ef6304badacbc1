// Which statements are the same but for their constants: fingerprints, normalized texts and kinds,
// by PostgreSQL's own parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::sql {

// One statement of a text that may hold several.
struct Fingerprinted {
  std::string fingerprint;  // 16 hexadecimal digits
  std::string normalized;   // constants are $1, $2, …; numbers follow those of parameters it had
  std::string_view text;    // the statement, into the text that was given
  std::string node;         // the parser's name of its kind: "SelectStmt"
};

// The statements in order; none for a text of comments. Error "sql.syntax" with the parser's words.
// Costs some 40 microseconds: give each distinct text once.
Result<std::vector<Fingerprinted>> fingerprint(std::string_view text);

// The fingerprint of the whole text, be it one statement or several: what tells quickly whether
// such a text was seen before. Error "sql.syntax".
Result<std::string> fingerprint_of(std::string_view text);

// The parse tree in libpg_query's JSON. Error "sql.syntax".
Result<std::string> parse_tree(std::string_view text);

}  // namespace architrave::sql

// SQLite's expressions and queries in PostgreSQL's words, as far as they mean the same there.
// What is not known to mean the same is an error that names it, never a guess; what comes out has
// yet to be tried on a server.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace architrave::migration {

// What the names in an expression stand for, by their folded spelling: SQLite folds ASCII letters,
// PostgreSQL only those that are not quoted.
struct Names {
  struct Column {
    std::string name;      // as the target has it
    bool boolean = false;  // 0 and 1 in SQLite
    bool number = false;
    bool ambiguous = false;  // several columns of this name differ in spelling
  };
  void add_column(const std::string& spelling, Column column);
  std::map<std::string, Column> columns;
  std::map<std::string, std::string> relations;  // and their name in the target
  std::string nocase;                            // the collation that stands for NOCASE, qualified
};

// Error "move.expression": what has no translation.
Result<std::string> translate(std::string_view sql, const Names& names);

// A default, for a column of this type of PostgreSQL's.
Result<std::string> translate_default(std::string_view sql, const Names& names,
                                      std::string_view type);

}  // namespace architrave::migration

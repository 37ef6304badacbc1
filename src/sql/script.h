// A script as psql would read it: statements, the data of COPY … FROM STDIN, and psql's own
// backslash commands. It never fails: text that no server will understand is still a statement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace architrave::sql {

struct ScriptItem {
  enum class Kind { statement, copy_data, meta_command };
  Kind kind = Kind::statement;
  std::string_view text;  // into the script; a statement is without its semicolon and without the
                          // comments before it; COPY data without the \. that ends it
  int line = 1;           // where it begins, from 1
};

// The items in order; empty statements are left out. Linear in the length of the script.
std::vector<ScriptItem> split_script(std::string_view script);

// The script with psql's \set variables put in for :name, :'name' and :"name" (outside of quotes
// and comments), as far as `\set` commands before that place have defined them. Returns the same
// text when it has no \set.
std::string substitute_variables(std::string_view script);

}  // namespace architrave::sql

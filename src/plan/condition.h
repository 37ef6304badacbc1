// What a condition in a plan compares: the columns that an index could serve. Conditions are as
// EXPLAIN prints them: "((o.status = 'open'::text) AND (o.total > '10'::numeric))".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace architrave::plan {

struct Compared {
  std::string column;  // as it is printed: quoted where it has to be, without its table
  bool equal = false;  // =, IS NULL, = ANY: an index on it may go on with further columns
  std::string table;   // its alias, where it is printed
  std::string other;   // what it is compared with, as it is printed
};

// The columns of top-level ANDs that are compared by =, <, <=, >, >=, IS NULL or = ANY, each once,
// in their order. Empty where an OR stands at the top, or nothing can be served.
std::vector<Compared> compared_columns(std::string_view condition);

// What else top-level ANDs compare by =, <, <=, > or >=: expressions over columns, as they are
// printed but without the alias before each column: "lower(name)".
std::vector<std::string> compared_expressions(std::string_view condition, std::string_view alias);

// For an index's key: those that are equal, then the first of the others.
std::vector<std::string> key_columns(const std::vector<Compared>& compared);

}  // namespace architrave::plan

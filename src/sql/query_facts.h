// What a query asks of the tables that it reads: which columns it compares, joins, groups and
// orders by, and returns. Views, common table expressions and subqueries are looked through, so
// that a column is always one of a table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::sql {

enum class Use {
  equal,      // = a value
  in_list,    // = one of some values, of an array, of a subquery
  join,       // = a column of another relation
  range,      // <, >, BETWEEN
  prefix,     // LIKE 'abc%'
  pattern,    // LIKE '%abc%', ILIKE, ~
  contains,   // @>, &&, ?, …
  match,      // @@
  null_test,  // IS NULL
  truth,      // a boolean column, or its negation
  group,
  order,
  output,  // is named anywhere in the query
};

struct ColumnUse {
  std::size_t relation = 0;  // into QueryFacts::relations
  std::string column;        // of a use of an expression, one of the columns in it
  std::string expression;    // "lower(name)"; empty for the column itself
  Use use = Use::output;
  std::string op;         // contains: the operator
  std::string predicate;  // "status = 'open'": what is asked, where it is of constants alone
  int list = -1;          // group and order: which list of the query, and the place in it
  int place = 0;
  bool descending = false;
  bool nulls_first = false;
  // Of a join: the relation and column that it is compared with, where that is a column.
  std::size_t partner = 0;
  std::string partner_column;
};

// An occurrence of a table: a query may read the same one several times.
struct Mention {
  std::string schema;  // empty where the query does not say
  std::string name;
  bool whole_row = false;  // SELECT *
};

struct Write {
  enum class Kind { insert, update, remove } kind = Kind::insert;
  std::string schema;
  std::string name;
  std::vector<std::string> columns;  // update: those that it sets
};

struct QueryFacts {
  std::vector<Mention> relations;  // tables that it reads
  std::vector<ColumnUse> uses;
  std::vector<Write> writes;
  std::vector<std::string> missing;  // relations that nobody knows, as written
};

// What is known of a relation by that name; the schema is empty where the query does not say.
struct Known {
  std::string schema;
  std::vector<std::string> columns;
  std::string view;  // of a view its query
};
using Names = std::function<const Known*(std::string_view schema, std::string_view name)>;

// Error "sql.parse". A statement that reads and writes nothing has no facts.
Result<QueryFacts> query_facts(std::string_view query, const Names& names);

}  // namespace architrave::sql

// What names in a query stand for: the FROM items of each SELECT, and column references resolved
// to them. What can't be resolved for certain is not resolved.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/lookup.h"
#include "sql/tree.h"

namespace architrave::advisor::rewrites {

using sql::Tree;

// What all rules look at.
struct Query {
  const catalog::Catalog& catalog;
  const catalog::Lookup& lookup;
};

// An item of FROM.
struct Source {
  std::string alias;
  const catalog::Relation* relation = nullptr;  // null: a subquery, a CTE, a function
  bool only = false;
  bool nullable = false;  // an outer join may fill it with NULLs
  // Names of its columns; absent where they are not known.
  std::optional<std::vector<std::string>> columns;
};

struct Scope {
  std::vector<Source> sources;
  std::vector<std::string> ctes;  // names that WITH clauses define, up to here
  const Scope* outer = nullptr;
  bool merges_columns = false;  // JOIN … USING or NATURAL
  const Source* source(std::string_view alias) const;
};

// The scope of a SELECT's own FROM clause.
Scope scope_of(const Query& query, const Tree& select, const Scope* outer);

// A column of a relation in some scope.
struct Column {
  const Scope* scope = nullptr;
  const Source* source = nullptr;
  std::string name;
  const catalog::Column* column = nullptr;  // null where the source is no relation
};
// Nothing for a name that is ambiguous, unknown or the whole row.
std::optional<Column> resolve(const Tree& column_ref, const Scope& scope);
bool is_star(const Tree& column_ref);  // * or t.*

// Which relation a RangeVar names, by the search_path if it is not qualified; null if that is not
// certain, or if a CTE has that name.
const catalog::Relation* relation_of(const Query& query, const Tree& range_var, const Scope& scope);

// One SELECT of a statement. A UNION is one as well: its arms come after it.
struct Level {
  const Query& query;
  Tree& statement;
  Tree& select;
  const Scope& scope;
  bool is_statement() const { return &statement == &select; }
};
// Visits every SELECT, outer ones first, until `visit` returns true: then the trees have changed.
bool visit_levels(const Query& query, Tree& statement, const std::function<bool(Level&)>& visit);

// Calls back for each column reference in an expression or SELECT that stands in `scope`, with
// those in subqueries, and with what it stands for.
using OnReference = std::function<void(Tree& reference, const std::optional<Column>& column)>;
void visit_references(const Query& query, Tree& tree, const Scope& scope, const OnReference& visit);
// The same for all clauses of the SELECT that the scope is of; names of output columns in ORDER BY
// and GROUP BY are no references. A reference may be changed to one to another source of the same
// scope: false if a subquery on the way there has a source of that name, which would catch it.
bool visit_own_references(const Query& query, Tree& select, const Scope& scope,
                          const OnReference& visit);
void visit_references(const Query& query, const Tree& tree, const Scope& scope,
                      const std::function<void(const Tree&, const std::optional<Column>&)>& visit);

// The sources of this very scope that an expression refers to; nothing if some reference in it is
// not understood. References to outer scopes are left out.
std::optional<std::vector<const Source*>> sources_in(const Query& query, const Tree& expression,
                                                     const Scope& scope);

// What a SELECT calls an output column: its name, or what PostgreSQL would make up.
std::string output_name(const Tree& target);

}  // namespace architrave::advisor::rewrites

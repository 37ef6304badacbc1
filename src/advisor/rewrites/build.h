// Taking trees apart and putting them together.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "advisor/rewrites/scope.h"

namespace architrave::advisor::rewrites {

// Trees of SQL that we write ourselves.
Tree expression(std::string_view sql);
Tree select(std::string_view sql);
Tree from_item(std::string_view sql);
// alias.column, quoted where needed.
std::string column_text(std::string_view alias, std::string_view column);
std::string text_of(const Tree& column_ref);  // as it was written
Tree column_ref(std::string_view alias, std::string_view column);

// What AND joins, flat; nothing for an absent condition.
std::vector<Tree> conjuncts(const Tree& condition);
Tree all_of(std::vector<Tree> conditions);
Tree negation(Tree condition);
Tree exists(Tree subselect);
void add_condition(Tree& select, const Tree& condition);  // to WHERE
// Calls back for each conjunct of WHERE, in place.
void visit_conjuncts(Tree& select, const std::function<void(Tree&)>& visit);

// Conditions that every row of a SELECT satisfies: of WHERE, and of ON where it is an inner join
// that no outer join undoes.
std::vector<Tree> inner_conditions(const Tree& select);
// Takes away a condition that inner_conditions has given.
void drop_condition(Tree& select, const Tree& condition);
// Takes a source that no outer join fills out of FROM; what ON said of it goes to WHERE.
bool drop_source(Tree& select, std::string_view alias);

// An operator with two sides.
struct Comparison {
  std::string op;
  const Tree* left = nullptr;
  const Tree* right = nullptr;
};
std::optional<Comparison> comparison(const Tree& tree);
// Of two columns by `=`.
std::optional<std::pair<Column, Column>> column_equality(const Tree& condition, const Scope& scope);

std::optional<std::int64_t> integer(const Tree& constant);      // of an AConst
std::optional<std::string> string_value(const Tree& constant);  // of an AConst

// The SELECT of a subquery in an expression: (SELECT …), of this type ("EXPR_SUBLINK"); else null.
const Tree* subselect(const Tree& tree, std::string_view type);
Tree* subselect(Tree& tree, std::string_view type);

// Calls the columns what they were called before, if what they show would call them otherwise.
void keep_output_names(const Tree& targets_before, Tree& select);

// Whether the select list has * or t.*.
bool has_star(const Tree& select);
// Puts the columns of all sources for a bare *; false if they are not known.
bool expand_star(Tree& select, const Scope& scope);
// Puts the alias before each column name of this scope that another source is about to share; false
// if a subquery has a source of that name.
bool qualify(const Query& query, Tree& select, const Scope& scope);
// Renames a source and the references to it.
void rename_source(const Query& query, Tree& select, const Scope& scope, const std::string& alias,
                   const std::string& to);
// A name like this one that no source, column or CTE of the scope or around it has.
std::string fresh(const Tree& statement, std::string name);
// Whether each ON names only what it joins: a column that was put for another may stand elsewhere.
bool joins_are_sound(const Query& query, const Tree& select, const Scope& scope);
// Every node of a SELECT, but not what is in subqueries.
void visit_own(Tree& tree, const std::function<void(Tree&)>& visit);

}  // namespace architrave::advisor::rewrites

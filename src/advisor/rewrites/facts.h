// What the catalog proves of sources, columns and functions. Every answer is "yes, proved" or "not
// known to be": no answer is a guess.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advisor/rewrites/scope.h"

namespace architrave::advisor::rewrites {

// The column has NOT NULL, in inheritance children too, and no outer join fills it with NULLs. A
// domain's NOT NULL and a foreign table's prove nothing.
bool is_never_null(const Query& query, const Column& column);

// A unique, valid, immediate, whole B-tree key of the source's relation, over its columns' own
// equality, with all of its columns among these; null if there is none. `not_null`: each of its
// columns is never null (else NULLs may repeat, which matters unless they are compared by `=`).
const catalog::Index* key_within(const Query& query, const Source& source,
                                 const std::vector<std::string>& columns, bool not_null);
std::vector<std::string> columns_of(const catalog::Index& key);

// A validated, immediate foreign key of `child` on all of `pairs` (child column, parent column)
// and nothing else, whose columns are never null, and whose parent rows can all be seen.
const catalog::Constraint* foreign_key(
    const Query& query, const Source& child, const Source& parent,
    const std::vector<std::pair<std::string, std::string>>& pairs);

// Equal values of these columns are equal by one and the same equality, so that what is equal to
// both is equal: the same type, or both integers, or both text and varchar.
bool compare_alike(const Column& a, const Column& b);
// Equal values of the column's type are also printed alike: not so numeric without a scale
// (1.0 = 1.00), float (-0 = 0), interval, citext or a collation of one's own.
bool equal_is_identical(const Column& column);
bool is_built_in_type(const catalog::Column& column);
bool is_float(const catalog::Column& column);

struct FunctionFacts {
  enum class Volatility { immutable, stable, volatile_or_unknown };
  Volatility volatility = Volatility::volatile_or_unknown;
  bool returns_set = false;
  bool aggregate = false;
  bool window = false;
};
FunctionFacts function_facts(const catalog::Catalog& catalog, const Tree& func_call);
// The name of a function that is surely PostgreSQL's own: not qualified otherwise, and nobody has
// made another of that name; else "".
std::string_view built_in_call(const Query& query, const Tree& node);
bool is_aggregate(const Query& query, const Tree& node);

// No UNION, VALUES, DISTINCT, GROUP BY, HAVING, LIMIT, OFFSET, WINDOW, aggregate or set-returning
// function: its rows are those of FROM that WHERE lets through, one for one.
bool is_plain(const Query& query, const Tree& select);
// The same, but it may have aggregates over all rows instead (no GROUP BY).
bool is_plain_or_aggregate(const Query& query, const Tree& select);
bool has_aggregates(const Query& query, const Tree& select);

// The values of the kept sources' columns decide which row of every other of these sources is
// meant: each is tied by its key to columns of sources that are decided already. `conditions` are
// those that every row satisfies. `columns` of `scope` are given (they name output columns). By
// `from`, the FROM clause, a table on the far side of an outer join may be decided by its ON.
// Words for the proof, or nothing.
std::optional<std::string> decides_rows(const Query& query, const Scope& scope,
                                        const std::vector<const Source*>& sources,
                                        const std::vector<Column>& given,
                                        const std::vector<Tree>& conditions, const Tree& from = {});

// Why no rewrite is offered for a statement at all, or "".
std::string why_not(const Query& query, Tree& statement);

}  // namespace architrave::advisor::rewrites

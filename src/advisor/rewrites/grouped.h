// A subquery that aggregates the rows belonging to an outer row, made into one that aggregates all
// rows by what ties them to it.
#pragma once

#include <optional>
#include <vector>

#include "advisor/rewrites/scope.h"

namespace architrave::advisor::rewrites {

struct Grouped {
  struct Tie {
    Column inner;
    Column outer;
  };
  std::vector<Tie> ties;  // inner column = outer column
  std::vector<Tree> ties_as_written;
};

// How a subquery hangs on its outer SELECT (`outer`, by whose sources alone): by nothing but
// equalities of columns that compare alike. Nothing otherwise, or if it does not hang on it.
std::optional<Grouped> ties_of(const Query& query, const Tree& inner, const Scope& inner_scope,
                               const Scope& outer);

// An expression of aggregates that can't fail on rows that were never asked for, and that is NULL
// where every one of its aggregates is NULL. `counts`: count() is let through.
bool is_safe_aggregate(const Query& query, const Tree& expression_tree, bool counts);

}  // namespace architrave::advisor::rewrites

// An aggregate as a view that holds its groups, and the query over that view.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "advisor/rewrites/scope.h"

namespace architrave::advisor {

struct GroupedView {
  std::string schema;                // of its first table
  std::string table;                 // that table
  std::string definition;            // SELECT …
  std::vector<std::string> keys;     // columns that tell its rows apart; empty: it has one row
  std::vector<std::string> columns;  // all of them
  // Columns of tables that parameters are compared with.
  std::vector<std::pair<const catalog::Relation*, const catalog::Column*>> lifted;
  bool joins_rows = false;  // several rows of the view make one of the query's
  std::vector<const catalog::Relation*> tables;
  rewrites::Tree query;  // over a relation called `placeholder`
  static constexpr std::string_view placeholder = "architrave_view";
};

// Nothing for what is no aggregate, or where the view could give another answer: `statement` has
// passed rewrites::why_not.
std::optional<GroupedView> grouped_view(const rewrites::Query& context,
                                        const rewrites::Tree& statement);

// Whether what an expression, or a whole statement, says is the same for every session and at any
// time: all functions immutable, no CURRENT_DATE and its like.
bool is_timeless(const rewrites::Query& context, const rewrites::Tree& tree);

}  // namespace architrave::advisor

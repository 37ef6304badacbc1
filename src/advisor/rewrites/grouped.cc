#include "advisor/rewrites/grouped.h"

#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"

namespace architrave::advisor::rewrites {

std::optional<Grouped> ties_of(const Query& query, const Tree& inner, const Scope& inner_scope,
                               const Scope& outer) {
  Grouped grouped;
  Tree rest = inner;
  for (const Tree& each : conjuncts(inner["where_clause"])) {
    const auto pair = column_equality(each, inner_scope);
    if (!pair) continue;
    const bool straight = pair->first.scope == &inner_scope && pair->second.scope == &outer;
    const bool turned = pair->first.scope == &outer && pair->second.scope == &inner_scope;
    if (!straight && !turned) continue;
    const Column& own = straight ? pair->first : pair->second;
    const Column& other = straight ? pair->second : pair->first;
    if (!compare_alike(own, other)) return {};
    grouped.ties.push_back({own, other});
    grouped.ties_as_written.push_back(each);
    drop_condition(rest, each);
  }
  // Whatever else it says must be its own business.
  bool own = !grouped.ties.empty();
  visit_own_references(query, rest, inner_scope, [&](const Tree& each, const auto& column) {
    if (!column) {
      own = false;
      return;
    }
    for (const Scope* scope = &outer; scope != nullptr; scope = scope->outer)
      own &= column->scope != scope;
    (void)each;
  });
  if (!own) return {};
  return grouped;
}

namespace {

constexpr std::string_view arithmetic[] = {"+", "-", "*"};

bool is_arithmetic(const Tree& tree, bool& divides) {
  const auto compared = comparison(tree);
  if (!compared) return false;
  if (std::ranges::find(arithmetic, compared->op) != std::end(arithmetic)) return true;
  const Tree& divisor = *compared->right;
  const bool is_constant = divisor.is("AConst") && !divisor["isnull"].flag();
  const bool is_zero = integer(divisor) == 0 ||
                       (!divisor["fval"].empty() && divisor["fval"]["fval"].text().find_first_of(
                                                        "123456789") == std::string_view::npos);
  divides = true;
  return compared->op == "/" && is_constant && string_value(divisor) == std::nullopt && !is_zero;
}

// Columns, constants and arithmetic: nothing that fails on one row and not on another.
bool is_harmless(const Tree& tree) {
  bool divides = false;
  if (tree.is("ColumnRef")) return !is_star(tree);
  if (tree.is("AConst")) return true;
  return is_arithmetic(tree, divides) && is_harmless(tree["lexpr"]) && is_harmless(tree["rexpr"]);
}

}  // namespace

bool is_safe_aggregate(const Query& query, const Tree& tree, bool counts) {
  if (is_aggregate(query, tree)) {
    static constexpr std::string_view known[] = {"sum", "avg", "min", "max"};
    const std::string_view name = built_in_call(query, tree);
    const bool is_count = name == "count";
    if (is_count ? !counts : std::ranges::find(known, name) == std::end(known)) return false;
    if (!tree["agg_filter"].empty() || !tree["over"].empty() || tree["agg_within_group"].flag())
      return false;
    return std::ranges::all_of(tree["args"].list, is_harmless);
  }
  bool divides = false;
  if (!is_arithmetic(tree, divides)) return false;
  const Tree& left = tree["lexpr"];
  const Tree& right = tree["rexpr"];
  const auto is_constant = [](const Tree& side) {
    return side.is("AConst") && !side["isnull"].flag();
  };
  return (is_safe_aggregate(query, left, counts) &&
          (is_constant(right) || is_safe_aggregate(query, right, counts))) ||
         (is_constant(left) && is_safe_aggregate(query, right, counts));
}

}  // namespace architrave::advisor::rewrites

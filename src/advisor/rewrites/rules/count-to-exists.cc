#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// What a subquery's count(*) > 0 and its like say: that a row exists, or that none does.
std::optional<bool> asks_for_existence(std::string op, std::int64_t number, bool count_is_left) {
  if (!count_is_left) {
    if (op.front() == '<')
      op.front() = '>';
    else if (op.front() == '>' && op != "<>")
      op.front() = '<';
    if (op == ">>") op = "<>";
  }
  if ((number == 0 && (op == ">" || op == "<>" || op == "!=")) || (number == 1 && op == ">="))
    return true;
  if ((number == 0 && (op == "=" || op == "<=")) || (number == 1 && op == "<")) return false;
  return {};
}

// A SELECT of nothing but count(*) (or of a constant, or of a column that is never NULL).
bool counts_rows(Level& level, const Tree& inner) {
  if (!is_plain_or_aggregate(level.query, inner) || !inner["sort_clause"].empty() ||
      inner["target_list"].size() != 1)
    return false;
  const Tree& call = inner["target_list"][0]["val"];
  if (built_in_call(level.query, call) != "count" || call["agg_distinct"].flag() ||
      !call["agg_filter"].empty() || !call["agg_order"].empty() || !call["over"].empty())
    return false;
  if (call["agg_star"].flag()) return true;
  if (call["args"].size() != 1) return false;
  const Tree& argument = call["args"][0];
  if (integer(argument)) return true;
  const Scope scope = scope_of(level.query, inner, &level.scope);
  const auto column = resolve(argument, scope);
  return column && column->scope == &scope && is_never_null(level.query, *column);
}

bool rewrite_one(Level& level, Tree& tree) {
  const auto compared = comparison(tree);
  if (!compared) return false;
  for (const bool count_is_left : {true, false}) {
    const Tree* inner =
        subselect(count_is_left ? *compared->left : *compared->right, "EXPR_SUBLINK");
    const auto number = integer(count_is_left ? *compared->right : *compared->left);
    if (inner == nullptr || !number || !counts_rows(level, *inner)) continue;
    const auto positive = asks_for_existence(compared->op, *number, count_is_left);
    if (!positive) continue;
    Tree rows = *inner;
    rows.set("target_list", select("SELECT 1")["target_list"]);
    Tree test = exists(std::move(rows));
    tree = *positive ? std::move(test) : negation(std::move(test));
    return true;
  }
  return false;
}

}  // namespace

extern const RewriteRule count_to_exists;
const RewriteRule count_to_exists = {
    .name = "count-to-exists",
    .summary = "(SELECT count(*) …) > 0 as EXISTS, which stops at the first row",
    .apply = [](Level& level) -> std::optional<std::string> {
      bool changed = false;
      if (!level.select["op"].text().starts_with("SETOP_NONE")) return {};
      const Tree before = level.select["target_list"];
      visit_own(level.select, [&](Tree& each) {
        if (!changed) changed = rewrite_one(level, each);
      });
      if (!changed) return {};
      keep_output_names(before, level.select);
      return "the subquery counts rows without GROUP BY, HAVING or LIMIT, and only whether there "
             "are any is asked";
    }};

}  // namespace architrave::advisor::rewrites::rules

#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/grouped.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// `x < (SELECT avg(…) …)`: a comparison that NULL does not pass.
bool is_strict(const std::string& op) {
  static constexpr std::string_view operators[] = {"=", "<", ">", "<=", ">=", "<>"};
  return std::ranges::find(operators, op) != std::end(operators);
}

std::optional<std::string> rewrite_one(Level& level, const Tree& condition) {
  const auto compared = comparison(condition);
  if (!compared || !is_strict(compared->op)) return {};
  const bool is_left = subselect(*compared->left, "EXPR_SUBLINK") != nullptr;
  const Tree* found = subselect(is_left ? *compared->left : *compared->right, "EXPR_SUBLINK");
  if (found == nullptr || subselect(is_left ? *compared->right : *compared->left, "EXPR_SUBLINK"))
    return {};
  const Tree& inner = *found;
  if (!is_plain_or_aggregate(level.query, inner) || inner["target_list"].size() != 1 ||
      !inner["sort_clause"].empty() || !inner["with_clause"].empty())
    return {};
  const Tree value = inner["target_list"][0]["val"];
  if (!is_safe_aggregate(level.query, value, false)) return {};
  const Scope scope = scope_of(level.query, inner, &level.scope);
  const auto grouped = ties_of(level.query, inner, scope, level.scope);
  if (!grouped) return {};

  Tree changed = level.select;
  if (!expand_star(changed, level.scope)) return {};
  const std::string alias = fresh(level.statement, "per_key");
  const std::string value_name = fresh(level.statement, "value");
  Tree derived = inner;
  for (const Tree& each : grouped->ties_as_written) drop_condition(derived, each);
  std::vector<Tree> targets;
  std::vector<Tree> groups;
  std::vector<Tree> joins;
  std::vector<std::string> keys;
  for (const Grouped::Tie& tie : grouped->ties) {
    const std::string key = column_text(tie.inner.source->alias, tie.inner.name);
    if (std::ranges::find(keys, key) != keys.end()) return {};
    keys.push_back(key);
    const std::string key_name = fresh(level.statement, "key_" + std::to_string(keys.size()));
    targets.push_back(select("SELECT " + key + " AS " + key_name)["target_list"][0]);
    groups.push_back(expression(key));
    joins.push_back(expression(alias + '.' + key_name + " = " +
                               column_text(tie.outer.source->alias, tie.outer.name)));
  }
  Tree result = inner["target_list"][0];
  result.set("name", Tree(value_name));
  targets.push_back(std::move(result));
  derived.set("target_list", Tree(std::move(targets)));
  derived.set("group_clause", Tree(std::move(groups)));
  Tree item = from_item("(SELECT 1) AS " + alias);
  item.set("subquery", std::move(derived));

  drop_condition(changed, condition);
  Tree comparison_tree = condition;
  comparison_tree.set(is_left ? "lexpr" : "rexpr", column_ref(alias, value_name));
  changed.at("from_clause").list.push_back(std::move(item));
  for (Tree& each : joins) add_condition(changed, each);
  add_condition(changed, comparison_tree);
  level.select = std::move(changed);
  return "the subquery hangs on the row by " + join(keys, ", ") +
         " alone, which is one group of it; without rows its value is NULL, which no comparison "
         "lets through";
}

}  // namespace

extern const RewriteRule correlated_aggregate_to_join;
const RewriteRule correlated_aggregate_to_join = {
    .name = "correlated-aggregate-to-join",
    .summary = "an aggregate computed anew for each row, as one join with all of them",
    .apply = [](Level& level) -> std::optional<std::string> {
      if (level.select["op"].text() != "SETOP_NONE" || level.select["from_clause"].empty())
        return {};
      for (const Tree& each : conjuncts(level.select["where_clause"]))
        if (auto words = rewrite_one(level, each)) return words;
      return {};
    }};

}  // namespace architrave::advisor::rewrites::rules

#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/grouped.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// A subquery without what it shows.
Tree body_of(const Tree& inner) {
  Tree body = inner;
  body.erase("target_list");
  return body;
}

struct Asked {
  std::vector<std::size_t> positions;  // in the select list
  Tree body;
};

// The scalar subqueries of the select list that differ in nothing but what they show: the first
// such family of two or more.
std::optional<Asked> family(const Level& level) {
  std::vector<Asked> families;
  const auto& targets = level.select["target_list"].list;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Tree* inner = subselect(targets[i]["val"], "EXPR_SUBLINK");
    if (inner == nullptr || inner->operator[]("target_list").size() != 1 || has_star(*inner))
      continue;
    Tree body = body_of(*inner);
    const auto found = std::ranges::find(families, body, &Asked::body);
    if (found == families.end())
      families.push_back({{i}, std::move(body)});
    else
      found->positions.push_back(i);
  }
  const auto wide =
      std::ranges::find_if(families, [](const Asked& each) { return each.positions.size() > 1; });
  if (wide == families.end()) return {};
  return *wide;
}

bool holds_source(const Tree& item, const std::string& alias) {
  if (item.is("JoinExpr"))
    return holds_source(item["larg"], alias) || holds_source(item["rarg"], alias);
  const std::string_view own = item["alias"]["aliasname"].text();
  return (own.empty() ? item["relname"].text() : own) == alias;
}

std::optional<std::string> rewrite(Level& level) {
  const Tree& outer = level.select;
  if (outer["from_clause"].empty() || !is_plain(level.query, outer)) return {};
  const auto asked = family(level);
  if (!asked) return {};
  const Tree first = *subselect(outer["target_list"][asked->positions[0]]["val"], "EXPR_SUBLINK");
  if (!is_plain_or_aggregate(level.query, first) || !first["sort_clause"].empty() ||
      !first["with_clause"].empty())
    return {};
  const Scope scope = scope_of(level.query, first, &level.scope);
  const auto ties = ties_of(level.query, first, scope, level.scope);
  if (!ties) return {};
  // All of one outer source, to whose FROM item the join is added.
  const std::string outer_alias = ties->ties[0].outer.source->alias;
  for (const Grouped::Tie& tie : ties->ties)
    if (tie.outer.source->alias != outer_alias) return {};

  const auto value_of = [&](std::size_t position) -> const Tree& {
    return (
        *subselect(outer["target_list"][position]["val"], "EXPR_SUBLINK"))["target_list"][0]["val"];
  };
  const bool aggregates = is_aggregate(level.query, value_of(asked->positions[0]));
  std::string words;
  Tree derived = first;
  for (const Tree& each : ties->ties_as_written) drop_condition(derived, each);
  if (!aggregates) {
    // At most one row, or the subqueries would fail where the join gives two rows.
    std::vector<const Source*> sources;
    for (const Source& each : scope.sources) sources.push_back(&each);
    const auto one_row =
        decides_rows(level.query, scope, sources, {}, conjuncts(first["where_clause"]));
    if (!one_row) return {};
    words = *one_row + ", so there is at most one row";
  } else {
    words =
        "each subquery is one group, by what ties it to the row; without rows count() is 0 and "
        "the others are NULL";
  }
  for (const std::size_t position : asked->positions) {
    const Tree& value = value_of(position);
    if (is_aggregate(level.query, value) != aggregates) return {};
    if (aggregates ? !is_safe_aggregate(level.query, value, true) : !value.is("ColumnRef"))
      return {};
    if (!aggregates) {
      const auto column = resolve(value, scope);
      if (!column || column->scope != &scope) return {};
    }
  }

  Tree changed = outer;
  if (!expand_star(changed, level.scope)) return {};
  const std::string alias = fresh(level.statement, "per_key");
  std::vector<Tree> targets;
  std::vector<Tree> groups;
  std::string condition;
  for (std::size_t i = 0; i < ties->ties.size(); ++i) {
    const Grouped::Tie& tie = ties->ties[i];
    const std::string key = column_text(tie.inner.source->alias, tie.inner.name);
    const std::string key_name = fresh(level.statement, "key_" + std::to_string(i + 1));
    targets.push_back(select("SELECT " + key + " AS " + key_name)["target_list"][0]);
    groups.push_back(expression(key));
    condition += (condition.empty() ? "" : " AND ") + alias + '.' + key_name + " = " +
                 column_text(tie.outer.source->alias, tie.outer.name);
  }
  int number = 0;
  for (const std::size_t position : asked->positions) {
    const Tree& old = outer["target_list"][position];
    const Tree& value = value_of(position);
    const std::string name = fresh(level.statement, "value_" + std::to_string(++number));
    Tree shown = select("SELECT 1 AS " + name)["target_list"][0];
    shown.set("val", value);
    targets.push_back(shown);
    const bool counts = aggregates && value["funcname"].list.back()["sval"].text() == "count";
    Tree result = old;
    result.set("name", Tree(output_name(old)));
    result.set("val", counts ? expression("COALESCE(" + alias + '.' + name + ", 0)")
                             : column_ref(alias, name));
    for (Tree& each : changed.at("target_list").list)
      if (each == old) {
        each = result;
        break;
      }
  }
  derived.set("target_list", Tree(std::move(targets)));
  if (aggregates) derived.set("group_clause", Tree(std::move(groups)));

  Tree join = from_item("a LEFT JOIN (SELECT 1) AS " + alias + " ON " + condition);
  Tree joined = join["rarg"];
  joined.set("subquery", std::move(derived));
  join.set("rarg", std::move(joined));
  for (Tree& item : changed.at("from_clause").list) {
    if (!holds_source(item, outer_alias)) continue;
    join.set("larg", item);
    item = std::move(join);
    level.select = std::move(changed);
    return words;
  }
  return {};
}

}  // namespace

extern const RewriteRule scalar_subqueries_to_join;
const RewriteRule scalar_subqueries_to_join = {
    .name = "scalar-subqueries-to-join",
    .summary = "the same subquery for each of several columns, as one LEFT JOIN",
    .apply = [](Level& level) { return rewrite(level); }};

}  // namespace architrave::advisor::rewrites::rules

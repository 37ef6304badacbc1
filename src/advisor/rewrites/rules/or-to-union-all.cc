#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

bool is_subset(const std::vector<const Source*>& some, const Source* one) {
  return some.size() == 1 && some.front() == one;
}

// ORDER BY of a UNION can only name output columns.
bool sorts_by_output(const Tree& select_tree) {
  return std::ranges::all_of(select_tree["sort_clause"].list, [&](const Tree& each) {
    if (integer(each["node"])) return true;
    if (!each["node"].is("ColumnRef") || each["node"]["fields"].size() != 1) return false;
    const std::string_view name = each["node"]["fields"][0]["sval"].text();
    return std::ranges::count_if(select_tree["target_list"].list, [&](const Tree& target) {
             return output_name(target) == name;
           }) == 1;
  });
}

bool has_subquery(const Tree& tree) {
  bool found = false;
  sql::walk(tree, [&](const Tree& each) {
    found |= each.is("SubLink");
    return !found;
  });
  return found;
}

}  // namespace

extern const RewriteRule or_to_union_all;
const RewriteRule or_to_union_all = {
    .name = "or-to-union-all",
    .summary = "OR over two tables, which no index serves, as UNION ALL of two halves",
    .apply = [](Level& level) -> std::optional<std::string> {
      if (!level.is_statement() || !is_plain(level.query, level.select) ||
          !sorts_by_output(level.select))
        return {};
      for (const Tree& each : conjuncts(level.select["where_clause"])) {
        if (!each.is("BoolExpr") || each["boolop"].text() != "OR_EXPR" ||
            each["args"].size() != 2 || has_subquery(each))
          continue;
        const Tree first = each["args"][0];
        const Tree second = each["args"][1];
        const auto left = sources_in(level.query, first, level.scope);
        const auto right = sources_in(level.query, second, level.scope);
        if (!left || !right || left->size() != 1 || is_subset(*right, left->front()) ||
            right->size() != 1)
          continue;
        Tree half = level.select;
        half.erase("sort_clause");
        half.erase("with_clause");
        Tree other = half;
        visit_conjuncts(half, [&](Tree& condition) {
          if (condition == each) condition = first;
        });
        visit_conjuncts(other, [&](Tree& condition) {
          if (condition == each) condition = second;
        });
        Tree guard = expression("(a) IS NOT TRUE");
        guard.set("arg", first);
        add_condition(other, guard);
        Tree both = select("SELECT 1 UNION ALL SELECT 1");
        both.set("larg", std::move(half));
        both.set("rarg", std::move(other));
        both.set("sort_clause", level.select["sort_clause"]);
        both.set("with_clause", level.select["with_clause"]);
        level.select = std::move(both);
        return "a row that both halves would give is kept from the second by IS NOT TRUE, which "
               "is right for NULL too; there is no grouping, DISTINCT or LIMIT above it";
      }
      return {};
    }};

}  // namespace architrave::advisor::rewrites::rules

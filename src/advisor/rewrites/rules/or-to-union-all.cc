#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// An OR parted by the one table that each of its conditions is about: those about the first one's,
// and those about another.
struct Halves {
  std::vector<Tree> of_first;
  Tree first;
  Tree second;
};

Tree any_of(std::vector<Tree> conditions) {
  if (conditions.size() == 1) return std::move(conditions.front());
  return Tree::node("BoolExpr",
                    {{"boolop", Tree("OR_EXPR")}, {"args", Tree(std::move(conditions))}});
}

std::optional<Halves> parted(const Level& level, const Tree& condition) {
  if (!condition.is("BoolExpr") || condition["boolop"].text() != "OR_EXPR") return {};
  const Source* one = nullptr;
  const Source* other = nullptr;
  std::vector<Tree> first;
  std::vector<Tree> second;
  for (const Tree& each : condition["args"].list) {
    const auto sources = sources_in(level.query, each, level.scope);
    if (!sources || sources->size() != 1) return {};
    const Source* source = sources->front();
    if (one == nullptr) one = source;
    if (source != one && other == nullptr) other = source;
    if (source != one && source != other) return {};
    (source == one ? first : second).push_back(each);
  }
  if (second.empty()) return {};
  return Halves{first, any_of(first), any_of(std::move(second))};
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
      if (!is_plain(level.query, level.select) || !sorts_by_output(level.select)) return {};
      const std::vector<Tree> conditions = conjuncts(level.select["where_clause"]);
      // Below the statement once only: halves of halves would have no end in sight.
      if (!level.is_statement() &&
          (!level.select["sort_clause"].empty() || !level.select["with_clause"].empty() ||
           std::ranges::count_if(
               conditions, [&](const Tree& each) { return parted(level, each).has_value(); }) != 1))
        return {};
      for (const Tree& each : conditions) {
        if (has_subquery(each)) continue;
        const auto halves = parted(level, each);
        if (!halves) continue;
        const Tree& first = halves->first;
        const Tree& second = halves->second;
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
        // None of them is true: neither false nor NULL is.
        for (const Tree& one : halves->of_first) {
          Tree guard = expression(one.is("BoolExpr") ? "COALESCE(a, false)" : "(a) IS NOT TRUE");
          if (one.is("BoolExpr")) {
            guard.at("args").list[0] = one;
            guard = negation(std::move(guard));
          } else {
            guard.set("arg", one);
          }
          add_condition(other, guard);
        }
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

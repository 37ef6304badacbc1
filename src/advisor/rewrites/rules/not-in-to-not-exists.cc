#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// WHERE in the subquery already keeps NULLs out: `y IS NOT NULL`, or a comparison of y, which NULL
// never passes.
bool is_filtered(const Tree& target, const Tree& inner, const Scope& scope) {
  const auto wanted = resolve(target, scope);
  return std::ranges::any_of(conjuncts(inner["where_clause"]), [&](const Tree& each) {
    const auto is_it = [&](const Tree& side) {
      const auto column = resolve(side, scope);
      return column && wanted && column->source == wanted->source && column->name == wanted->name;
    };
    if (each.is("NullTest"))
      return each["nulltesttype"].text() == "IS_NOT_NULL" && is_it(each["arg"]);
    const auto compared = comparison(each);
    static constexpr std::string_view strict[] = {"=", "<", ">", "<=", ">=", "<>"};
    return compared && wanted->column != nullptr && is_built_in_type(*wanted->column) &&
           std::ranges::find(strict, compared->op) != std::end(strict) &&
           (is_it(*compared->left) || is_it(*compared->right));
  });
}

// x NOT IN (…), NOT x = ANY (…) and x <> ALL (…) are one: the subquery's test; else null.
const Tree* negated_test(const Tree& condition) {
  const auto is_operator = [](const Tree& link, std::string_view name) {
    return link["oper_name"].size() == 1 && link["oper_name"][0]["sval"].text() == name;
  };
  if (subselect(condition, "ALL_SUBLINK") != nullptr)
    return is_operator(condition, "<>") ? &condition : nullptr;
  if (!condition.is("BoolExpr") || condition["boolop"].text() != "NOT_EXPR") return nullptr;
  const Tree& link = condition["args"][0];
  if (subselect(link, "ANY_SUBLINK") == nullptr) return nullptr;
  return link["oper_name"].empty() || is_operator(link, "=") ? &link : nullptr;
}

std::optional<std::string> rewrite_one(Level& level, Tree& condition) {
  const Tree* test_of = negated_test(condition);
  if (test_of == nullptr) return {};
  const Tree link = *test_of;
  Tree inner = link["subselect"];
  inner.erase("distinct_clause");  // that a value is there twice changes nothing
  if (!is_plain(level.query, inner)) return {};
  std::vector<Tree> tests = link["testexpr"].is("RowExpr") ? link["testexpr"]["args"].list
                                                           : std::vector{link["testexpr"]};
  if (has_star(inner) || tests.size() != inner["target_list"].size()) return {};

  // The tested columns move into the subquery, where none of its names may catch them.
  std::vector<std::string> never_null;
  for (const Tree& test : tests) {
    const auto column = resolve(test, level.scope);
    if (!column || !is_never_null(level.query, *column)) return {};
    // Only of PostgreSQL's own types is it known that <> is what = is not.
    if (!link["oper_name"].empty() && !is_built_in_type(*column->column)) return {};
    never_null.push_back(column_text(column->source->alias, column->name));
  }
  for (const Tree& test : tests) {
    const std::string alias = resolve(test, level.scope)->source->alias;
    const Scope scope = scope_of(level.query, inner, &level.scope);
    if (scope.source(alias) != nullptr)
      rename_source(level.query, inner, scope, alias, fresh(level.statement, alias + "_2"));
  }
  const Scope scope = scope_of(level.query, inner, &level.scope);
  std::vector<Tree> equalities;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const auto test = resolve(tests[i], level.scope);
    const Tree& target = inner["target_list"][i]["val"];
    const auto column = resolve(target, scope);
    if (!column || column->scope != &scope ||
        (!is_never_null(level.query, *column) && !is_filtered(target, inner, scope)))
      return {};
    never_null.push_back(column_text(column->source->alias, column->name));
    Tree equality = expression("a = b");
    equality.set("lexpr", column_ref(test->source->alias, test->name));
    equality.set("rexpr", column_ref(column->source->alias, column->name));
    equalities.push_back(std::move(equality));
  }
  inner.set("target_list", select("SELECT 1")["target_list"]);
  for (Tree& each : equalities) add_condition(inner, each);
  condition = negation(exists(std::move(inner)));
  return join(never_null, ", ") + " are never NULL, so NOT IN and NOT EXISTS are the same";
}

}  // namespace

extern const RewriteRule not_in_to_not_exists;
const RewriteRule not_in_to_not_exists = {
    .name = "not-in-to-not-exists",
    .summary = "NOT IN (SELECT …) as NOT EXISTS, which can be an anti-join",
    .apply = [](Level& level) {
      std::optional<std::string> words;
      visit_conjuncts(level.select, [&](Tree& each) {
        if (!words) words = rewrite_one(level, each);
      });
      return words;
    }};

}  // namespace architrave::advisor::rewrites::rules

#include <algorithm>
#include <functional>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

using Arms = std::vector<const Tree*>;

// The arms of a chain of UNIONs that remove duplicates; false for any other.
bool collect_arms(const Tree& tree, Arms& arms) {
  if (tree["op"].text() == "SETOP_NONE") {
    arms.push_back(&tree);
    return true;
  }
  if (tree["op"].text() != "SETOP_UNION" || tree["all"].flag() || !tree["with_clause"].empty() ||
      !tree["sort_clause"].empty() || !tree["limit_count"].empty())
    return false;
  return collect_arms(tree["larg"], arms) && collect_arms(tree["rarg"], arms);
}

// An output column that has one and the same value in every row of the arm: a constant, or a
// column that WHERE compares with one. Of integers, text and enums, whose words are their values.
std::optional<Tree> constant_at(const Tree& arm, const Scope& scope, std::size_t position,
                                std::string& type) {
  const Tree& value = arm["target_list"][position]["val"];
  if (integer(value) || string_value(value)) {
    type = integer(value) ? "integer" : "text";
    return value;
  }
  const auto column = resolve(value, scope);
  if (!column || column->column == nullptr || column->scope != &scope || column->source->nullable ||
      !column->column->collation.empty())
    return {};
  const catalog::Column& what = *column->column;
  static constexpr std::string_view integers[] = {"int2", "int4", "int8"};
  static constexpr std::string_view texts[] = {"text", "varchar"};
  const bool is_integer =
      is_built_in_type(what) && std::ranges::find(integers, what.type_name) != std::end(integers);
  const bool is_text =
      is_built_in_type(what) && std::ranges::find(texts, what.type_name) != std::end(texts);
  if (!is_integer && !is_text && what.type_category != "E") return {};
  type = is_integer ? "integer" : is_text ? "text" : what.type;
  for (const Tree& each : inner_conditions(arm)) {
    const auto compared = comparison(each);
    if (!compared || compared->op != "=") continue;
    for (const auto& [here, there] :
         {std::pair{compared->left, compared->right}, std::pair{compared->right, compared->left}}) {
      const auto side = resolve(*here, scope);
      if (!side || side->source != column->source || side->name != column->name) continue;
      if (is_integer ? integer(*there).has_value() : string_value(*there).has_value())
        return *there;
    }
  }
  return {};
}

// Whether a column of the UNION compares its values as each arm's own column does. Beside another
// type or collation, what a key keeps apart may become equal: numeric beside float8, timestamp
// beside timestamptz, text beside text that ignores case.
bool compares_alike(const Arms& arms, const std::vector<Scope>& scopes, std::size_t position) {
  std::optional<Column> first;
  bool has_integer = false;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    if (position >= (*arms[i])["target_list"].size()) return false;
    const Tree& value = (*arms[i])["target_list"][position]["val"];
    if (string_value(value) || (value.is("AConst") && value["isnull"].flag())) continue;
    if (integer(value)) {
      has_integer = true;
      continue;
    }
    const auto column = resolve(value, scopes[i]);
    if (!column || column->column == nullptr) return false;
    if (!first) first = column;
    if (!compare_alike(*first, *column)) return false;
  }
  return !has_integer || !first ||
         (is_built_in_type(*first->column) && first->column->type_name.starts_with("int") &&
          first->column->type_name.size() == 4);
}

bool are_apart(const Tree& a, const Scope& scope_a, const Tree& b, const Scope& scope_b) {
  for (std::size_t i = 0; i < a["target_list"].size() && i < b["target_list"].size(); ++i) {
    std::string type_a;
    std::string type_b;
    const auto left = constant_at(a, scope_a, i, type_a);
    const auto right = constant_at(b, scope_b, i, type_b);
    if (left && right && type_a == type_b && *left != *right) return true;
  }
  return false;
}

}  // namespace

extern const RewriteRule union_to_union_all;
const RewriteRule union_to_union_all = {
    .name = "union-to-union-all",
    .summary = "UNION of what can't hold the same row twice, which sorts for nothing",
    .apply = [](Level& level) -> std::optional<std::string> {
      if (level.select["op"].text() != "SETOP_UNION" || level.select["all"].flag()) return {};
      Arms arms;
      if (!collect_arms(level.select["larg"], arms) || !collect_arms(level.select["rarg"], arms))
        return {};
      std::vector<Scope> scopes;
      scopes.reserve(arms.size());
      for (const Tree* each : arms) scopes.push_back(scope_of(level.query, *each, &level.scope));
      std::vector<bool> alike;
      for (std::size_t i = 0; i < (*arms[0])["target_list"].size(); ++i)
        alike.push_back(compares_alike(arms, scopes, i));
      std::vector<std::string> words;
      for (std::size_t i = 0; i < arms.size(); ++i) {
        const Tree& arm = *arms[i];
        if (has_star(arm)) return {};
        if (!arm["distinct_clause"].empty()) {
          Tree plain = arm;
          plain.erase("distinct_clause");
          if (!is_plain(level.query, plain) || std::ranges::find(alike, false) != alike.end())
            return {};
          words.emplace_back("DISTINCT");
        } else {
          if (!is_plain(level.query, arm)) return {};
          std::vector<Column> shown;
          for (std::size_t k = 0; k < std::min(alike.size(), arm["target_list"].size()); ++k)
            if (const auto column = resolve(arm["target_list"][k]["val"], scopes[i]);
                alike[k] && column && column->scope == &scopes[i])
              shown.push_back(*column);
          std::vector<const Source*> sources;
          for (const Source& each : scopes[i].sources) sources.push_back(&each);
          const auto why = decides_rows(level.query, scopes[i], sources, shown,
                                        inner_conditions(arm), arm["from_clause"]);
          if (!why) return {};
          words.push_back(*why);
        }
      }
      // A bare string gets its type from the other arms: beside a date, two strings may be one
      // date.
      for (const Tree* each : arms)
        for (std::size_t i = 0; arms.size() > 2 && i < (*each)["target_list"].size(); ++i)
          if (string_value((*each)["target_list"][i]["val"])) return {};
      for (std::size_t i = 0; i < arms.size(); ++i)
        for (std::size_t j = i + 1; j < arms.size(); ++j)
          if (!are_apart(*arms[i], scopes[i], *arms[j], scopes[j])) return {};
      const std::function<void(Tree&)> keep_all = [&](Tree& tree) {
        if (tree["op"].text() != "SETOP_UNION") return;
        tree.set("all", Tree(true));
        keep_all(tree.at("larg"));
        keep_all(tree.at("rarg"));
      };
      keep_all(level.select);
      return "no half gives a row twice (" + join(words, "; ") +
             "), and a column that has another constant in each keeps them apart";
    }};

}  // namespace architrave::advisor::rewrites::rules

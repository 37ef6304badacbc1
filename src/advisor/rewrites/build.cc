#include "advisor/rewrites/build.h"

#include <algorithm>
#include <charconv>

#include "catalog/object.h"

namespace architrave::advisor::rewrites {

namespace {

bool is_and(const Tree& tree) { return tree.is("BoolExpr") && tree["boolop"].text() == "AND_EXPR"; }

void collect_inner(const Tree& item, std::vector<Tree>& conditions) {
  if (!item.is("JoinExpr")) return;
  const std::string_view type = item["jointype"].text();
  if (type == "JOIN_INNER") {
    for (Tree& each : conjuncts(item["quals"])) conditions.push_back(std::move(each));
    collect_inner(item["larg"], conditions);
    collect_inner(item["rarg"], conditions);
  } else if (type == "JOIN_LEFT") {
    collect_inner(item["larg"], conditions);
  } else if (type == "JOIN_RIGHT") {
    collect_inner(item["rarg"], conditions);
  }
}

bool drop_from(Tree& holder, std::string_view field, const Tree& condition) {
  std::vector<Tree> all = conjuncts(holder[field]);
  const auto found = std::ranges::find(all, condition);
  if (found == all.end()) return false;
  all.erase(found);
  holder.set(field, all_of(std::move(all)));
  return true;
}

bool drop_inner(Tree& item, const Tree& condition) {
  if (!item.is("JoinExpr")) return false;
  const std::string type(item["jointype"].text());
  if (type == "JOIN_INNER" && drop_from(item, "quals", condition)) {
    if (item["quals"].empty()) item.set("quals", expression("true"));
    return true;
  }
  return (type != "JOIN_RIGHT" && type != "JOIN_FULL" && drop_inner(item.at("larg"), condition)) ||
         (type != "JOIN_LEFT" && type != "JOIN_FULL" && drop_inner(item.at("rarg"), condition));
}

bool names(const Tree& item, std::string_view alias) {
  if (item.is("JoinExpr")) return false;
  const std::string_view own = item["alias"]["aliasname"].text();
  return (own.empty() ? item["relname"].text() : own) == alias;
}

// Replaces the inner join that has the source as one of its sides by the other side.
bool drop_joined(Tree& item, std::string_view alias, std::vector<Tree>& conditions) {
  if (!item.is("JoinExpr")) return false;
  for (const auto& [side, other] : {std::pair{"larg", "rarg"}, std::pair{"rarg", "larg"}}) {
    if (names(item[side], alias)) {
      if (item["jointype"].text() != "JOIN_INNER" || !item["using_clause"].empty() ||
          item["is_natural"].flag() || !item["alias"].empty())
        return false;
      for (Tree& each : conjuncts(item["quals"])) conditions.push_back(std::move(each));
      Tree rest = item[other];
      item = std::move(rest);
      return true;
    }
    if (drop_joined(item.at(side), alias, conditions)) return true;
  }
  return false;
}

bool is_true(const Tree& condition) { return condition["boolval"]["boolval"].flag(); }

}  // namespace

Tree select(std::string_view sql) {
  auto parsed = sql::parse(sql);
  return parsed && !parsed->empty() ? std::move(parsed->front()) : Tree();
}
Tree expression(std::string_view sql) {
  return select("SELECT " + std::string(sql))["target_list"][0]["val"];
}
Tree from_item(std::string_view sql) {
  return select("SELECT FROM " + std::string(sql))["from_clause"][0];
}
std::string column_text(std::string_view alias, std::string_view column) {
  return catalog::quote_identifier(alias) + '.' + catalog::quote_identifier(column);
}
Tree column_ref(std::string_view alias, std::string_view column) {
  return expression(column_text(alias, column));
}

std::string text_of(const Tree& reference) {
  std::string text;
  for (const Tree& each : reference["fields"].list)
    text += (text.empty() ? "" : ".") + catalog::quote_identifier(each["sval"].text());
  return text;
}

std::vector<Tree> conjuncts(const Tree& condition) {
  std::vector<Tree> all;
  if (condition.empty()) return all;
  if (!is_and(condition)) return {condition};
  for (const Tree& each : condition["args"].list)
    for (Tree& inner : conjuncts(each)) all.push_back(std::move(inner));
  return all;
}

Tree all_of(std::vector<Tree> conditions) {
  if (conditions.size() > 1) std::erase_if(conditions, is_true);
  if (conditions.empty()) return {};
  if (conditions.size() == 1) return std::move(conditions.front());
  return Tree::node("BoolExpr",
                    {{"boolop", Tree("AND_EXPR")}, {"args", Tree(std::move(conditions))}});
}

Tree negation(Tree condition) {
  return Tree::node("BoolExpr", {{"boolop", Tree("NOT_EXPR")},
                                 {"args", Tree(std::vector<Tree>{std::move(condition)})}});
}

Tree exists(Tree inner) {
  return Tree::node("SubLink",
                    {{"sub_link_type", Tree("EXISTS_SUBLINK")}, {"subselect", std::move(inner)}});
}

void add_condition(Tree& select_tree, const Tree& condition) {
  std::vector<Tree> all = conjuncts(select_tree["where_clause"]);
  for (Tree& each : conjuncts(condition)) all.push_back(std::move(each));
  select_tree.set("where_clause", all_of(std::move(all)));
}

void visit_conjuncts(Tree& select_tree, const std::function<void(Tree&)>& visit) {
  std::vector<Tree> all = conjuncts(select_tree["where_clause"]);
  for (Tree& each : all) visit(each);
  select_tree.set("where_clause", all_of(std::move(all)));
}

std::vector<Tree> inner_conditions(const Tree& select_tree) {
  std::vector<Tree> conditions = conjuncts(select_tree["where_clause"]);
  for (const Tree& item : select_tree["from_clause"].list) collect_inner(item, conditions);
  return conditions;
}

void drop_condition(Tree& select_tree, const Tree& condition) {
  if (drop_from(select_tree, "where_clause", condition)) return;
  if (Tree* from = select_tree.find("from_clause"))
    for (Tree& item : from->list)
      if (drop_inner(item, condition)) return;
}

bool drop_source(Tree& select_tree, std::string_view alias) {
  Tree* from = select_tree.find("from_clause");
  if (from == nullptr) return false;
  const auto whole =
      std::ranges::find_if(from->list, [&](const Tree& each) { return names(each, alias); });
  if (whole != from->list.end()) {
    if (from->size() == 1) return false;
    from->list.erase(whole);
    return true;
  }
  std::vector<Tree> conditions;
  for (Tree& item : from->list) {
    if (!drop_joined(item, alias, conditions)) continue;
    std::erase_if(conditions, is_true);
    if (!conditions.empty()) add_condition(select_tree, all_of(std::move(conditions)));
    return true;
  }
  return false;
}

std::optional<Comparison> comparison(const Tree& tree) {
  if (!tree.is("AExpr") || tree["kind"].text() != "AEXPR_OP" || tree["name"].size() != 1 ||
      tree["lexpr"].empty() || tree["rexpr"].empty())
    return {};
  return Comparison{std::string(tree["name"][0]["sval"].text()), &tree["lexpr"], &tree["rexpr"]};
}

std::optional<std::pair<Column, Column>> column_equality(const Tree& condition,
                                                         const Scope& scope) {
  const auto compared = comparison(condition);
  if (!compared || compared->op != "=") return {};
  const auto left = resolve(*compared->left, scope);
  const auto right = resolve(*compared->right, scope);
  if (!left || !right) return {};
  return std::pair{*left, *right};
}

std::optional<std::int64_t> integer(const Tree& constant) {
  if (!constant.is("AConst") || constant["ival"].empty()) return {};
  return constant["ival"]["ival"].number();
}
std::optional<std::string> string_value(const Tree& constant) {
  if (!constant.is("AConst") || constant["sval"].empty()) return {};
  return std::string(constant["sval"]["sval"].text());
}

const Tree* subselect(const Tree& tree, std::string_view type) {
  if (!tree.is("SubLink") || tree["sub_link_type"].text() != type) return nullptr;
  const Tree& inner = tree["subselect"];
  return inner.is("SelectStmt") ? &inner : nullptr;
}
Tree* subselect(Tree& tree, std::string_view type) {
  return const_cast<Tree*>(subselect(std::as_const(tree), type));  // NOLINT: the tree is ours
}

void keep_output_names(const Tree& targets_before, Tree& select_tree) {
  Tree* targets = select_tree.find("target_list");
  if (targets == nullptr || targets->size() != targets_before.size()) return;
  for (std::size_t i = 0; i < targets->size(); ++i)
    if (const std::string name = output_name(targets_before[i]);
        output_name(targets->list[i]) != name)
      targets->list[i].set("name", Tree(name));
}

bool has_star(const Tree& select_tree) {
  return std::ranges::any_of(select_tree["target_list"].list, [](const Tree& each) {
    return each["val"].is("ColumnRef") && is_star(each["val"]);
  });
}

bool expand_star(Tree& select_tree, const Scope& scope) {
  std::vector<Tree> targets;
  for (const Tree& each : select_tree["target_list"].list) {
    if (!each["val"].is("ColumnRef") || !is_star(each["val"]) || each["val"]["fields"].size() > 1) {
      targets.push_back(each);
      continue;
    }
    if (scope.merges_columns) return false;
    for (const Source& source : scope.sources) {
      if (!source.columns) return false;
      for (const std::string& column : *source.columns)
        targets.push_back(Tree::node("ResTarget", {{"val", column_ref(source.alias, column)}}));
    }
  }
  select_tree.set("target_list", Tree(std::move(targets)));
  return true;
}

bool qualify(const Query& query, Tree& select_tree, const Scope& scope) {
  return visit_own_references(query, select_tree, scope, [&](Tree& reference, const auto& column) {
    if (column && column->scope == &scope && reference["fields"].size() == 1)
      reference = column_ref(column->source->alias, column->name);
  });
}

void rename_source(const Query& query, Tree& select_tree, const Scope& scope,
                   const std::string& alias, const std::string& to) {
  visit_own_references(query, select_tree, scope, [&](Tree& reference, const auto& column) {
    if (column && column->scope == &scope && column->source->alias == alias)
      reference = column_ref(to, column->name);
  });
  sql::walk(select_tree.at("from_clause"), [&](Tree& each) {
    if (each.is("SelectStmt") || each.is("SubLink")) return false;
    if ((each.is("RangeVar") || each.is("RangeSubselect")) && names(each, alias)) {
      Tree& as = each.at("alias");
      as.type = "Alias";
      as.set("aliasname", Tree(to));
    }
    return true;
  });
}

std::string fresh(const Tree& statement, std::string name) {
  const std::string stem = name;
  const auto is_used = [&] {
    bool used = false;
    sql::walk(statement, [&](const Tree& each) {
      used |= each.text() == name;
      return !used;
    });
    return used;
  };
  for (int i = 2; is_used(); ++i) name = stem + '_' + std::to_string(i);
  return name;
}

namespace {

bool is_sound(const Query& query, const Tree& item, const Scope& scope,
              std::vector<std::string>& aliases) {
  if (!item.is("JoinExpr")) {
    const std::string_view alias = item["alias"]["aliasname"].text();
    aliases.emplace_back(alias.empty() ? item["relname"].text() : alias);
    return true;
  }
  if (!item["alias"].empty()) return true;
  std::vector<std::string> own;
  if (!is_sound(query, item["larg"], scope, own) || !is_sound(query, item["rarg"], scope, own))
    return false;
  bool sound = true;
  visit_references(query, item["quals"], scope, [&](const Tree&, const auto& column) {
    sound &= !column || column->scope != &scope ||
             std::ranges::find(own, column->source->alias) != own.end();
  });
  aliases.insert(aliases.end(), own.begin(), own.end());
  return sound;
}

}  // namespace

bool joins_are_sound(const Query& query, const Tree& select_tree, const Scope& scope) {
  return std::ranges::all_of(select_tree["from_clause"].list, [&](const Tree& item) {
    std::vector<std::string> aliases;
    return is_sound(query, item, scope, aliases);
  });
}

void visit_own(Tree& tree, const std::function<void(Tree&)>& visit) {
  visit(tree);
  for (Tree& each : tree.list)
    if (!each.is("SelectStmt")) visit_own(each, visit);
  for (auto& each : tree.fields)
    if (!each.second.is("SelectStmt")) visit_own(each.second, visit);
}

}  // namespace architrave::advisor::rewrites

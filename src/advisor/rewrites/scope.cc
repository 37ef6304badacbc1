#include "advisor/rewrites/scope.h"

#include <algorithm>

#include "base/text.h"

namespace architrave::advisor::rewrites {

namespace {

// The schemas an unqualified name is looked for in, as far as the catalog knows.
std::vector<std::string> search_path(const catalog::Catalog& catalog) {
  const auto setting = catalog.settings.find("search_path");
  if (setting == catalog.settings.end() || setting->second.value.empty()) return {"public"};
  std::vector<std::string> path;
  for (const std::string& each : split(setting->second.value, ',')) {
    const std::string name = replace_all(std::string(trim(each)), "\"", "");
    if (name != "$user" && !name.empty()) path.push_back(name);
  }
  return path;
}

std::string alias_of(const Tree& item) { return std::string(item["alias"]["aliasname"].text()); }

std::vector<std::string> names_in(const Tree& strings) {
  std::vector<std::string> names;
  for (const Tree& each : strings.list) names.emplace_back(each["sval"].text());
  return names;
}

// Of a subquery; absent if it has a star or is a UNION of what has.
std::optional<std::vector<std::string>> output_names(const Tree& select) {
  if (!select["larg"].empty()) return output_names(select["larg"]);
  if (!select["values_lists"].empty()) return {};
  std::vector<std::string> names;
  for (const Tree& target : select["target_list"].list) {
    if (target["val"].is("ColumnRef") && is_star(target["val"])) return {};
    names.push_back(output_name(target));
  }
  return names;
}

void add_sources(const Query& query, const Tree& item, bool nullable, Scope& scope) {
  if (item.is("JoinExpr")) {
    const std::string_view type = item["jointype"].text();
    const bool left = nullable || type == "JOIN_RIGHT" || type == "JOIN_FULL";
    const bool right = nullable || type == "JOIN_LEFT" || type == "JOIN_FULL";
    if (!item["using_clause"].empty() || item["is_natural"].flag()) scope.merges_columns = true;
    if (!item["alias"].empty()) {  // (a JOIN b …) AS x hides a and b
      scope.sources.push_back({.alias = alias_of(item), .nullable = true});
      return;
    }
    add_sources(query, item["larg"], left, scope);
    add_sources(query, item["rarg"], right, scope);
    return;
  }
  Source source{.alias = alias_of(item), .nullable = nullable};
  const std::vector<std::string> renamed = names_in(item["alias"]["colnames"]);
  if (item.is("RangeVar")) {
    if (source.alias.empty()) source.alias = item["relname"].text();
    source.only = !item["inh"].flag();
    source.relation = renamed.empty() ? relation_of(query, item, scope) : nullptr;
    if (source.relation != nullptr) {
      source.columns.emplace();
      for (const catalog::Column& each : source.relation->columns)
        source.columns->push_back(each.name);
    }
  } else if (item.is("RangeSubselect")) {
    source.columns = output_names(item["subquery"]);
    if (source.columns)
      for (std::size_t i = 0; i < std::min(renamed.size(), source.columns->size()); ++i)
        (*source.columns)[i] = renamed[i];
  }
  scope.sources.push_back(std::move(source));
}

bool is_lateral(const Tree& item) { return item["lateral"].flag() || item.is("RangeFunction"); }

class Walker {
 public:
  Walker(const Query& query, const OnReference* on_reference,
         const std::function<bool(Tree&, const Scope&)>* on_select)
      : query_(query), on_reference_(on_reference), on_select_(on_select) {}

  // True to stop.
  bool select(Tree& tree, const Scope* outer) {
    const Scope scope = scope_of(query_, tree, outer);
    if (on_select_ != nullptr && (*on_select_)(tree, scope)) return true;
    return inside(tree, scope);
  }

  bool inside(Tree& tree, const Scope& scope) {
    const Scope* outer = scope.outer;
    for (auto& [name, field] : tree.fields) {
      if (name == "larg" || name == "rarg") {
        if (select(field, &scope)) return true;
      } else if (name == "from_clause") {
        for (Tree& item : field.list)
          if (from_item(item, scope, outer)) return true;
      } else if (name == "with_clause") {
        const Scope names{.ctes = scope.ctes, .outer = outer};
        if (expression(field, names)) return true;
      } else if (name == "sort_clause" || name == "group_clause") {
        if (sort_or_group(tree, field, scope)) return true;
      } else if (expression(field, scope)) {
        return true;
      }
    }
    return false;
  }

  bool expression(Tree& tree, const Scope& scope) {
    if (tree.is("SelectStmt")) return select(tree, &scope);
    if (tree.is("RangeSubselect") && !is_lateral(tree)) return from_item(tree, scope, scope.outer);
    if (tree.is("ColumnRef")) {
      if (on_reference_ == nullptr) return false;
      const std::optional<Column> column = resolve(tree, scope);
      const Tree before = tree;
      (*on_reference_)(tree, column);
      if (column && tree != before) caught_ |= is_caught(tree, scope, column->scope);
      return false;
    }
    for (Tree& each : tree.list)
      if (expression(each, scope)) return true;
    for (auto& each : tree.fields)
      if (expression(each.second, scope)) return true;
    return false;
  }

  // A changed reference means another source than was meant.
  bool caught() const { return caught_; }

 private:
  static bool is_caught(const Tree& reference, const Scope& from, const Scope* meant) {
    const std::string_view alias = reference["fields"][0]["sval"].text();
    for (const Scope* each = &from; each != nullptr && each != meant; each = each->outer)
      if (each->source(alias) != nullptr) return true;
    return false;
  }

  // A bare name in ORDER BY or GROUP BY may be an output column's.
  bool sort_or_group(Tree& select_tree, Tree& clause, const Scope& scope) {
    for (Tree& each : clause.list) {
      const Tree& node = each.is("SortBy") ? each["node"] : each;
      if (node.is("ColumnRef") && node["fields"].size() == 1) {
        const std::string_view name = node["fields"][0]["sval"].text();
        const auto& targets = select_tree["target_list"].list;
        const auto renamed = std::ranges::find_if(
            targets, [&](const Tree& target) { return target["name"].text() == name; });
        if (renamed != targets.end()) {
          // In ORDER BY the output column goes first; in GROUP BY the input column does.
          if (each.is("SortBy")) continue;
          if (!resolve(node, scope)) continue;
        }
      }
      if (expression(each, scope)) return true;
    }
    return false;
  }

  bool from_item(Tree& item, const Scope& scope, const Scope* outer) {
    if (item.is("JoinExpr")) {
      if (Tree* left = item.find("larg"); left != nullptr && from_item(*left, scope, outer))
        return true;
      if (Tree* right = item.find("rarg"); right != nullptr && from_item(*right, scope, outer))
        return true;
      Tree* quals = item.find("quals");
      return quals != nullptr && expression(*quals, scope);
    }
    if (item.is("RangeVar")) return false;
    if (is_lateral(item)) {
      for (auto& each : item.fields)
        if (expression(each.second, scope)) return true;
      return false;
    }
    // A plain subquery sees the WITH names of its SELECT, and the columns of those outside.
    const Scope names{.ctes = scope.ctes, .outer = outer};
    for (auto& each : item.fields)
      if (expression(each.second, names)) return true;
    return false;
  }

  const Query& query_;
  const OnReference* on_reference_;
  const std::function<bool(Tree&, const Scope&)>* on_select_;
  bool caught_ = false;
};

}  // namespace

const Source* Scope::source(std::string_view alias) const {
  const auto found = std::ranges::find(sources, alias, &Source::alias);
  return found == sources.end() ? nullptr : &*found;
}

Scope scope_of(const Query& query, const Tree& select, const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  if (outer != nullptr) scope.ctes = outer->ctes;
  for (const Tree& cte : select["with_clause"]["ctes"].list)
    scope.ctes.emplace_back(cte["ctename"].text());
  for (const Tree& item : select["from_clause"].list) add_sources(query, item, false, scope);
  return scope;
}

const catalog::Relation* relation_of(const Query& query, const Tree& range_var,
                                     const Scope& scope) {
  const std::string_view schema = range_var["schemaname"].text();
  const std::string_view name = range_var["relname"].text();
  if (!range_var["catalogname"].text().empty()) return nullptr;
  if (!schema.empty()) return query.catalog.relation(schema, name);
  if (std::ranges::find(scope.ctes, name) != scope.ctes.end()) return nullptr;
  for (const std::string& each : search_path(query.catalog))
    if (const auto* relation = query.catalog.relation(each, name)) return relation;
  return nullptr;
}

bool is_star(const Tree& column_ref) {
  const auto& parts = column_ref["fields"].list;
  return !parts.empty() && parts.back().is("AStar");
}

std::optional<Column> resolve(const Tree& column_ref, const Scope& scope) {
  if (!column_ref.is("ColumnRef") || is_star(column_ref)) return {};
  const std::vector<std::string> parts = names_in(column_ref["fields"]);
  if (parts.empty() || parts.size() > 2) return {};
  const std::string& name = parts.back();
  for (const Scope* each = &scope; each != nullptr; each = each->outer) {
    const Source* found = nullptr;
    for (const Source& source : each->sources) {
      if (parts.size() == 2 && source.alias != parts[0]) continue;
      if (!source.columns && parts.size() == 1) return {};
      const bool has =
          !source.columns || std::ranges::find(*source.columns, name) != source.columns->end();
      if (parts.size() == 2 && !has) return {};
      if (!has) {
        if (source.alias == name) return {};  // the whole row
        continue;
      }
      if (found != nullptr) return {};  // ambiguous, or merged by USING
      found = &source;
    }
    if (found != nullptr)
      return Column{each, found, name,
                    found->relation == nullptr ? nullptr : found->relation->column(name)};
  }
  return {};
}

bool visit_levels(const Query& query, Tree& statement, const std::function<bool(Level&)>& visit) {
  const std::function<bool(Tree&, const Scope&)> on_select = [&](Tree& select, const Scope& scope) {
    Level level{query, statement, select, scope};
    return visit(level);
  };
  if (!statement.is("SelectStmt")) return false;
  return Walker(query, nullptr, &on_select).select(statement, nullptr);
}

void visit_references(const Query& query, Tree& tree, const Scope& scope,
                      const OnReference& visit) {
  Walker(query, &visit, nullptr).expression(tree, scope);
}

bool visit_own_references(const Query& query, Tree& select, const Scope& scope,
                          const OnReference& visit) {
  Walker walker(query, &visit, nullptr);
  walker.inside(select, scope);
  return !walker.caught();
}

void visit_references(const Query& query, const Tree& tree, const Scope& scope,
                      const std::function<void(const Tree&, const std::optional<Column>&)>& visit) {
  Tree copy = tree;
  const OnReference on = [&](Tree& each, const std::optional<Column>& column) {
    visit(each, column);
  };
  Walker(query, &on, nullptr).expression(copy, scope);
}

std::optional<std::vector<const Source*>> sources_in(const Query& query, const Tree& expression,
                                                     const Scope& scope) {
  std::vector<const Source*> sources;
  bool understood = true;
  visit_references(query, expression, scope, [&](const Tree& each, const auto& column) {
    if (!column) {
      // A star in a subquery (EXISTS (SELECT * …)) refers to that subquery alone.
      understood &= is_star(each) && expression != each && each["fields"].size() == 1;
      return;
    }
    if (column->scope == &scope && std::ranges::find(sources, column->source) == sources.end())
      sources.push_back(column->source);
  });
  if (!understood) return {};
  return sources;
}

std::string output_name(const Tree& target) {
  if (!target["name"].text().empty()) return std::string(target["name"].text());
  const Tree* value = target.is("ResTarget") ? &target["val"] : &target;
  if (value->is("ColumnRef") && !is_star(*value))
    return std::string((*value)["fields"].list.back()["sval"].text());
  if (value->is("FuncCall")) return std::string((*value)["funcname"].list.back()["sval"].text());
  if (value->is("TypeCast")) {
    std::string inner = output_name((*value)["arg"]);
    if (inner != "?column?") return inner;
    return std::string((*value)["type_name"]["names"].list.back()["sval"].text());
  }
  if (value->is("CaseExpr")) {
    const std::string inner = output_name((*value)["defresult"]);
    return inner == "?column?" ? "case" : inner;
  }
  if (value->is("CoalesceExpr")) return "coalesce";
  if (value->is("SubLink")) {
    if ((*value)["sub_link_type"].text() == "EXISTS_SUBLINK") return "exists";
    if ((*value)["sub_link_type"].text() == "EXPR_SUBLINK") {
      const auto& targets = (*value)["subselect"]["target_list"].list;
      if (targets.size() == 1) return output_name(targets[0]);
    }
  }
  return "?column?";
}

}  // namespace architrave::advisor::rewrites

#include "advisor/grouped_view.h"

#include <algorithm>
#include <array>
#include <set>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "base/quoting.h"

namespace architrave::advisor {

using rewrites::column_ref;
using rewrites::Query;
using rewrites::resolve;
using rewrites::Scope;
using rewrites::Source;
using rewrites::Tree;

namespace {

constexpr std::string_view alias = "v";  // of the view in the query

bool has_parameter(const Tree& tree) {
  bool found = false;
  sql::walk(tree, [&](const Tree& each) {
    found |= each.is("ParamRef");
    return !found;
  });
  return found;
}

bool has_node(const Tree& tree, std::initializer_list<std::string_view> types) {
  bool found = false;
  sql::walk(tree, [&](const Tree& each) {
    found |= std::ranges::find(types, std::string_view(each.type)) != types.end();
    return !found;
  });
  return found;
}

// Types whose equal values GROUP BY and `=` see alike, and whose input is no matter of settings.
bool is_groupable(const catalog::Column& column) {
  if (!column.collation.empty()) return false;
  if (column.type_category == "E") return true;
  constexpr std::array<std::string_view, 10> types = {
      "bool", "int2", "int4", "int8", "numeric", "text", "varchar", "uuid", "date", "timestamp"};
  return column.type_schema == "pg_catalog" &&
         (std::ranges::find(types, column.type_name) != types.end() ||
          column.type_name == "timestamptz");
}

class Builder {
 public:
  Builder(const Query& context, Tree select)
      : context_(context),
        select_(std::move(select)),
        scope_(rewrites::scope_of(context, select_, nullptr)) {}

  std::optional<GroupedView> build() {
    if (!is_simple()) return std::nullopt;
    name_columns_by_their_tables();
    if (!take_groups() || !take_conditions() || !take_aggregates()) return std::nullopt;
    if (!make_view() || !make_query()) return std::nullopt;
    return std::move(view_);
  }

 private:
  struct Stored {
    Tree tree;         // over the tables
    std::string name;  // in the view
  };

  bool is_simple() const {
    if (!select_.is("SelectStmt") || select_["op"].text() != "SETOP_NONE" ||
        !select_["with_clause"].empty() || !select_["distinct_clause"].empty() ||
        !select_["window_clause"].empty() || !select_["values_lists"].empty() ||
        rewrites::has_star(select_) || scope_.merges_columns || scope_.sources.empty() ||
        !rewrites::has_aggregates(context_, select_) ||
        has_node(select_, {"SubLink", "GroupingSet", "RangeSubselect", "RangeFunction",
                           "RangeTableSample", "SQLValueFunction", "CollateClause"}))
      return false;
    if (has_parameter(select_["from_clause"])) return false;
    return std::ranges::all_of(scope_.sources, [](const Source& each) {
      return each.relation != nullptr &&
             (each.relation->kind == catalog::RelationKind::table ||
              each.relation->kind == catalog::RelationKind::partitioned_table) &&
             !each.relation->row_security;
    });
  }

  // So that the same column is the same tree, however it was written.
  void name_columns_by_their_tables() {
    // GROUP BY takes a name for a column of the tables first, ORDER BY for one of the result.
    for (Tree& each : select_.at("group_clause").list)
      if (each.is("ColumnRef"))
        if (const auto column = resolve(each, scope_))
          each = column_ref(column->source->alias, column->name);
    rewrites::visit_own_references(context_, select_, scope_, [](Tree& reference, const auto& to) {
      if (to) reference = column_ref(to->source->alias, to->name);
    });
    for (Tree& each : select_.at("group_clause").list) {
      const auto position = rewrites::integer(each);
      for (std::size_t i = 0; i < select_["target_list"].size(); ++i) {
        const Tree& target = select_["target_list"][i];
        const bool is_named = each.is("ColumnRef") && each["fields"].size() == 1 &&
                              each["fields"][0]["sval"].text() == rewrites::output_name(target);
        if (is_named || position == static_cast<std::int64_t>(i + 1)) {
          Tree value = target["val"];
          each = std::move(value);
          break;
        }
      }
    }
  }

  // Its value depends on the row alone: not on a setting, as what a zone makes of a time does.
  bool is_settled(const Tree& tree) const {
    if (has_parameter(tree) || !is_timeless(context_, tree)) return false;
    if (tree.is("ColumnRef")) return true;
    bool settled = true;
    rewrites::visit_references(context_, tree, scope_, [&](const Tree&, const auto& column) {
      settled &= column && column->column != nullptr &&
                 column->column->type_name != "timestamptz" &&
                 column->column->type_name != "timetz";
    });
    return settled;
  }

  std::string fresh_name(std::string name) {
    if (name.empty() || name == "?column?") name = "value";
    name = name.substr(0, 50);
    std::string fresh = name;
    for (int i = 2; names_.contains(fresh); ++i) fresh = name + '_' + std::to_string(i);
    names_.insert(fresh);
    return fresh;
  }

  std::string name_of(const Tree& tree) const {
    if (tree.is("ColumnRef")) return std::string(tree["fields"].list.back()["sval"].text());
    for (const Tree& target : select_["target_list"].list)
      if (target["val"] == tree) return rewrites::output_name(target);
    return "value";
  }

  bool take_groups() {
    for (const Tree& each : select_["group_clause"].list) {
      const auto column = each.is("ColumnRef") ? resolve(each, scope_) : std::nullopt;
      // Of values that are equal and not alike, any may be the one that is shown.
      if (each.is("ColumnRef")
              ? !column || column->column == nullptr || !is_groupable(*column->column) ||
                    !rewrites::equal_is_identical(*column)
              : !is_settled(each))
        return false;
      if (stored_group(each) == nullptr) groups_.push_back({each, fresh_name(name_of(each))});
    }
    asked_groups_ = groups_.size();
    return true;
  }

  const Stored* stored_group(const Tree& tree) const {
    const auto found = std::ranges::find(groups_, tree, &Stored::tree);
    return found == groups_.end() ? nullptr : &*found;
  }

  static bool is_value(const Tree& tree) { return tree.is("ParamRef") || tree.is("AConst"); }

  // The one column that a condition compares with parameters, if it can become one of the view's.
  std::optional<rewrites::Column> compared_column(const Tree& condition, bool& is_equality) const {
    if (!condition.is("AExpr")) return std::nullopt;
    const std::string_view kind = condition["kind"].text();
    const Tree* left = &condition["lexpr"];
    const Tree* right = &condition["rexpr"];
    is_equality = false;
    if (kind == "AEXPR_OP" || kind == "AEXPR_OP_ANY") {
      const std::string_view op = condition["name"].list.back()["sval"].text();
      constexpr std::array<std::string_view, 5> known = {"=", "<", "<=", ">", ">="};
      if (condition["name"].size() != 1 || std::ranges::find(known, op) == known.end())
        return std::nullopt;
      if (kind == "AEXPR_OP" && is_value(*left)) std::swap(left, right);
      is_equality = kind == "AEXPR_OP" && op == "=";
      if (!is_value(*right)) return std::nullopt;
    } else if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_IN") {
      if (!std::ranges::all_of(right->list, is_value)) return std::nullopt;
    } else {
      return std::nullopt;
    }
    if (!left->is("ColumnRef")) return std::nullopt;
    auto column = resolve(*left, scope_);
    if (!column || column->column == nullptr || !is_groupable(*column->column)) return std::nullopt;
    return column;
  }

  bool take_conditions() {
    for (const Tree& each : rewrites::conjuncts(select_["where_clause"])) {
      if (!has_parameter(each)) {
        if (!is_settled(each)) return false;
        fixed_.push_back(each);
        continue;
      }
      bool is_equality = false;
      const auto column = compared_column(each, is_equality);
      if (!column) return false;
      view_.joins_rows |= !is_equality;
      const Tree reference = column_ref(column->source->alias, column->name);
      if (stored_group(reference) == nullptr)
        groups_.push_back({reference, fresh_name(column->name)});
      view_.lifted.emplace_back(column->source->relation, column->column);
      lifted_.push_back(each);
    }
    return true;
  }

  bool take_aggregates() {
    bool good = true;
    for (const char* clause : {"target_list", "having_clause", "sort_clause"})
      sql::walk(select_[clause], [&](const Tree& each) {
        if (!good || !rewrites::is_aggregate(context_, each)) return good;
        good = can_store(each);
        if (good && std::ranges::find(aggregates_, each, &Stored::tree) == aggregates_.end())
          aggregates_.push_back({each, fresh_name(aggregate_name(each))});
        return false;
      });
    return good && !aggregates_.empty();
  }

  std::string aggregate_name(const Tree& call) const {
    for (const Tree& target : select_["target_list"].list)
      if (target["val"] == call) return rewrites::output_name(target);
    std::string name(call["funcname"].list.back()["sval"].text());
    if (call["args"].size() == 1 && call["args"][0].is("ColumnRef"))
      name += '_' + std::string(call["args"][0]["fields"].list.back()["sval"].text());
    return name;
  }

  bool can_store(const Tree& call) const {
    const std::string_view name = rewrites::built_in_call(context_, call);
    if (name.empty() || !call["over"].empty() || !call["agg_order"].empty() ||
        call["agg_within_group"].flag() || has_parameter(call))
      return false;
    for (const Tree& argument : call["args"].list)
      if (!is_settled(argument)) return false;
    if (!call["agg_filter"].empty() && !is_settled(call["agg_filter"])) return false;
    if (!view_.joins_rows) {
      // Without GROUP BY, max() takes the one row that there may be.
      constexpr std::array<std::string_view, 5> shown_by_max = {"count", "sum", "avg", "min",
                                                                "max"};
      return asked_groups_ > 0 || lifted_.empty() ||
             std::ranges::find(shown_by_max, name) != shown_by_max.end();
    }
    if (call["agg_distinct"].flag()) return false;
    if (name == "count" || name == "min" || name == "max") return true;
    return name == "sum" && !sum_type(call).empty();
  }

  // What sum() of a column is of; "" where that is not known for certain.
  std::string_view sum_type(const Tree& call) const {
    const auto column = call["args"].size() == 1 ? resolve(call["args"][0], scope_) : std::nullopt;
    if (!column || column->column == nullptr) return {};
    const std::string& type = column->column->type_name;
    if (type == "int2" || type == "int4") return "bigint";
    if (type == "int8" || type == "numeric") return "numeric";
    return {};
  }

  bool make_view() {
    Tree tree = rewrites::select("SELECT 1");
    std::vector<Tree> targets;
    std::vector<Tree> groups;
    const auto add = [&](const Stored& each) {
      Tree target = Tree::node("ResTarget");
      target.set("name", Tree(each.name));
      target.set("val", each.tree);
      targets.push_back(std::move(target));
      view_.columns.push_back(each.name);
    };
    for (const Stored& each : groups_) {
      add(each);
      groups.push_back(each.tree);
      view_.keys.push_back(each.name);
    }
    for (const Stored& each : aggregates_) add(each);
    tree.set("target_list", Tree(std::move(targets)));
    if (!groups.empty()) tree.set("group_clause", Tree(std::move(groups)));
    Tree from = select_["from_clause"];
    sql::walk(from, [&](Tree& each) {
      if (each.is("RangeVar"))
        if (const auto* relation = rewrites::relation_of(context_, each, scope_))
          each.set("schemaname", Tree(relation->schema));
      return true;
    });
    tree.set("from_clause", std::move(from));
    if (!fixed_.empty()) tree.set("where_clause", rewrites::all_of(fixed_));
    auto text = sql::to_sql(tree);
    if (!text) return false;
    view_.definition = std::move(*text);
    view_.schema = scope_.sources.front().relation->schema;
    view_.table = scope_.sources.front().relation->name;
    for (const Source& each : scope_.sources) view_.tables.push_back(each.relation);
    return true;
  }

  // The aggregate out of the view's rows: of one, of at most one, or of several.
  Tree over_view(const Stored& stored) const {
    const std::string column = rewrites::column_text(alias, stored.name);
    const std::string_view name = rewrites::built_in_call(context_, stored.tree);
    const bool is_grouped = asked_groups_ > 0;
    if (!view_.joins_rows) {
      if (is_grouped || groups_.empty()) return column_ref(alias, stored.name);
      // No row of the view: then there is none to count, and the query returns a row all the same.
      return rewrites::expression(name == "count" ? "coalesce(max(" + column + "), 0)"
                                                  : "max(" + column + ")");
    }
    if (name == "count")
      return rewrites::expression(is_grouped ? "sum(" + column + ")::bigint"
                                             : "coalesce(sum(" + column + "), 0)::bigint");
    if (name == "sum")
      return rewrites::expression("sum(" + column + ")::" + std::string(sum_type(stored.tree)));
    return rewrites::expression(std::string(name) + '(' + column + ')');
  }

  // Puts the view's columns for what they hold; false if something of the tables is left.
  bool substitute(Tree& tree) const {
    if (const Stored* group = stored_group(tree)) {
      tree = column_ref(alias, group->name);
      return true;
    }
    const auto aggregate = std::ranges::find(aggregates_, tree, &Stored::tree);
    if (aggregate != aggregates_.end()) {
      tree = over_view(*aggregate);
      return true;
    }
    if (tree.is("ColumnRef")) return false;
    for (Tree& each : tree.list)
      if (!substitute(each)) return false;
    for (auto& each : tree.fields)
      if (!substitute(each.second)) return false;
    return true;
  }

  bool make_query() {
    const bool is_grouped = asked_groups_ > 0;
    if (!is_grouped && !(select_["having_clause"].empty() && select_["sort_clause"].empty() &&
                         select_["limit_count"].empty() && select_["limit_offset"].empty()))
      return false;
    Tree query = select_;
    for (Tree& target : query.at("target_list").list) {
      const std::string name = rewrites::output_name(target);
      if (!substitute(target.at("val"))) return false;
      target.set("name", Tree(name));
    }
    for (Tree& each : query.at("sort_clause").list) {
      Tree& node = each.at("node");
      const bool is_output = node.is("ColumnRef") && node["fields"].size() == 1;
      if (!is_output && !rewrites::integer(node) && !substitute(node)) return false;
    }
    std::vector<Tree> conditions = lifted_;
    Tree having = query["having_clause"];
    if (!view_.joins_rows && !having.empty()) {
      for (Tree& each : rewrites::conjuncts(having)) conditions.push_back(std::move(each));
      query.erase("having_clause");
    } else if (!having.empty() && !substitute(query.at("having_clause"))) {
      return false;
    }
    for (Tree& each : conditions)
      if (!substitute(each)) return false;
    query.erase("where_clause");
    if (!conditions.empty()) query.set("where_clause", rewrites::all_of(std::move(conditions)));
    query.erase("group_clause");
    if (view_.joins_rows && is_grouped) {
      std::vector<Tree> groups;
      for (std::size_t i = 0; i < asked_groups_; ++i)
        groups.push_back(column_ref(alias, groups_[i].name));
      query.set("group_clause", Tree(std::move(groups)));
    }
    query.set("from_clause",
              Tree(std::vector<Tree>{rewrites::from_item(std::string(GroupedView::placeholder) +
                                                         " AS " + std::string(alias))}));
    if (query["sort_clause"].list.empty()) query.erase("sort_clause");
    view_.query = std::move(query);
    return true;
  }

  const Query& context_;
  Tree select_;
  Scope scope_;
  GroupedView view_;
  std::set<std::string> names_;
  std::vector<Stored> groups_;    // those of GROUP BY, then those of parameters
  std::size_t asked_groups_ = 0;  // how many are of GROUP BY
  std::vector<Stored> aggregates_;
  std::vector<Tree> fixed_;   // conditions of the view
  std::vector<Tree> lifted_;  // conditions with parameters
};

}  // namespace

bool is_timeless(const Query& context, const Tree& tree) {
  constexpr std::array<std::string_view, 12> settled_casts = {
      "int2", "int4", "int8",     "numeric", "text",   "varchar",
      "bool", "uuid", "interval", "float8",  "float4", "bpchar"};
  bool timeless = true;
  sql::walk(tree, [&](const Tree& each) {
    if (each.is("SQLValueFunction")) timeless = false;
    if (each.is("FuncCall"))
      timeless &= rewrites::function_facts(context.catalog, each).volatility ==
                  rewrites::FunctionFacts::Volatility::immutable;
    if (each.is("TypeCast")) {
      const auto& names = each["type_name"]["names"].list;
      const std::string_view type = names.empty() ? "" : names.back()["sval"].text();
      const std::string text = rewrites::string_value(each["arg"]).value_or("");
      // 'today' is a date as well; and what zone a time is in, the session decides.
      const bool is_date = (type == "date" || type == "timestamp") && !text.empty() &&
                           text.front() >= '0' && text.front() <= '9';
      const bool is_number_cast = type.starts_with("int") || type == "numeric";
      const bool is_settled = std::ranges::find(settled_casts, type) != settled_casts.end();
      timeless &= is_date || is_number_cast ||
                  (is_settled && (each["arg"].is("AConst") || each["arg"].is("ParamRef")));
    }
    return timeless;
  });
  return timeless;
}

std::optional<GroupedView> grouped_view(const Query& context, const Tree& statement) {
  return Builder(context, statement).build();
}

}  // namespace architrave::advisor

// What keeps a statement from being rewritten at all, whichever rule it is.
#include <algorithm>
#include <array>
#include <span>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites {

namespace {

bool in(std::span<const std::string_view> list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

// Results that depend on the order in which rows arrive.
constexpr std::array<std::string_view, 9> ordered_aggregates = {
    "array_agg", "string_agg",       "json_agg",  "jsonb_agg", "json_object_agg",
    "xmlagg",    "jsonb_object_agg", "range_agg", "mode"};
// Sums of floating point numbers do too, in their last digits.
constexpr std::array<std::string_view, 19> sums = {
    "sum",       "avg",     "stddev",         "stddev_pop", "stddev_samp", "variance", "var_pop",
    "var_samp",  "corr",    "covar_pop",      "covar_samp", "regr_slope",  "regr_sxx", "regr_avgx",
    "regr_avgy", "regr_r2", "regr_intercept", "regr_syy",   "regr_sxy"};

constexpr std::array<std::string_view, 34> built_in_types = {
    "bool",     "int2",        "int4",     "int8",      "numeric",   "float4",   "float8",
    "text",     "varchar",     "bpchar",   "char",      "name",      "date",     "time",
    "timetz",   "timestamp",   "interval", "uuid",      "bytea",     "json",     "jsonb",
    "inet",     "cidr",        "money",    "bit",       "varbit",    "oid",      "regclass",
    "tsvector", "timestamptz", "tsquery",  "daterange", "int4range", "tstzrange"};

// Characters of an operator; those of PostgreSQL itself are immutable or stable, all of them.
constexpr std::array<std::string_view, 44> built_in_operators = {
    "+",  "-",  "*",  "/",  "%",   "^",   "=",    "<>", "!=", "<",   ">",
    "<=", ">=", "||", "~~", "!~~", "~~*", "!~~*", "~",  "!~", "~*",  "!~*",
    "@>", "<@", "&&", "->", "->>", "#>",  "#>>",  "?",  "?|", "?&",  "@@",
    "&",  "|",  "#",  "<<", ">>",  "|/",  "||/",  "@",  "^@", "-|-", "@?"};

std::string operator_problem(const Query& query, const Tree& each) {
  if (!each.is("AExpr")) return "";
  const std::string_view kind = each["kind"].text();
  if (kind != "AEXPR_OP" && kind != "AEXPR_OP_ANY" && kind != "AEXPR_OP_ALL") return "";
  const std::string name(each["name"].list.back()["sval"].text());
  const bool own =
      std::ranges::any_of(query.catalog.others, [&](const catalog::OtherObject& other) {
        return other.kind == catalog::Kind::operator_ && other.name.starts_with(name + ' ');
      });
  if (own || !in(built_in_operators, name))
    return "it uses the operator " + name + ", which is not PostgreSQL's own";
  return "";
}

std::string type_problem(const Query& query, const Tree& each) {
  if (!each.is("TypeCast")) return "";
  const auto& names = each["type_name"]["names"].list;
  const std::string name(names.empty() ? "" : names.back()["sval"].text());
  if (in(built_in_types, name)) return "";
  const bool is_enum = std::ranges::any_of(query.catalog.types, [&](const catalog::Type& type) {
    return type.name == name && type.kind == catalog::TypeKind::enumeration;
  });
  return is_enum ? "" : "it casts to " + name + ", which is not PostgreSQL's own";
}

std::string call_problem(const Query& query, const Tree& call) {
  const std::string name(call["funcname"].list.back()["sval"].text());
  const FunctionFacts facts = function_facts(query.catalog, call);
  if (facts.volatility == FunctionFacts::Volatility::volatile_or_unknown)
    return "it calls " + name + "(), which is volatile or not known";
  if (!call["over"].empty() || facts.window) return "it has window functions";
  if (in(ordered_aggregates, name))
    return "the result of " + name + "() depends on the order of rows";
  return "";
}

std::string view_problem(const Query& query, const catalog::Relation& view, int depth);

std::string relation_problem(const Query& query, const catalog::Relation& relation, int depth) {
  if (relation.row_security)
    return catalog::qualified(relation.schema, relation.name) +
           " has row-level security: who asks decides what is there";
  if (relation.kind == catalog::RelationKind::view) return view_problem(query, relation, depth);
  return "";
}

std::string node_problem(const Query& query, const Tree& each) {
  if (each.is("LockingClause")) return "it locks rows";
  if (each.is("IntoClause")) return "it makes a table";
  if (each.is("RangeTableSample")) return "it takes a sample";
  if (each.is("InsertStmt") || each.is("UpdateStmt") || each.is("DeleteStmt") ||
      each.is("MergeStmt"))
    return "it changes rows";
  if (each.is("FuncCall")) return call_problem(query, each);
  if (subselect(each, "ARRAY_SUBLINK") != nullptr)
    return "the order of an array that a query makes is that of its rows";
  if (each.is("TypeCast")) return type_problem(query, each);
  return operator_problem(query, each);
}

std::string tree_problem(const Query& query, const Tree& tree) {
  std::string problem;
  sql::walk(tree, [&](const Tree& each) {
    if (problem.empty()) problem = node_problem(query, each);
    return problem.empty();
  });
  return problem;
}

std::string levels_problem(const Query& query, Tree& statement, int depth);

std::string view_problem(const Query& query, const catalog::Relation& view, int depth) {
  const std::string name = catalog::qualified(view.schema, view.name);
  if (view.options.contains("security_barrier")) return name + " is a security barrier";
  auto parsed = sql::parse(view.definition);
  if (!parsed || parsed->size() != 1 || depth > 16)
    return "the view " + name + " is not understood";
  std::string problem = tree_problem(query, parsed->front());
  if (problem.empty()) problem = levels_problem(query, parsed->front(), depth + 1);
  return problem.empty() ? "" : "through the view " + name + ": " + problem;
}

// Calls that make no floating point number of what is none.
constexpr std::array<std::string_view, 18> exact_functions = {
    "sum",         "avg",          "min",      "max",   "count", "abs",
    "round",       "ceil",         "ceiling",  "floor", "trunc", "length",
    "char_length", "octet_length", "greatest", "least", "mod",   "div"};

bool mentions_float(const Query& query, const Tree& expression_tree, const Scope& scope) {
  bool found = false;
  sql::walk(expression_tree, [&](const Tree& each) {
    if (each.is("TypeCast")) {
      const auto& names = each["type_name"]["names"].list;
      found |= !names.empty() && names.back()["sval"].text().starts_with("float");
    }
    if (each.is("FuncCall"))
      found |= !in(exact_functions, each["funcname"].list.back()["sval"].text());
    if (const auto compared = comparison(each))
      found |= compared->op == "^" || compared->op.starts_with("|") || compared->op == "<->";
    return !found;
  });
  visit_references(query, expression_tree, scope, [&](const Tree&, const auto& column) {
    // What comes out of a subquery may be of any type that there is.
    if (column && column->column != nullptr)
      found |= is_float(*column->column);
    else
      found |= std::ranges::any_of(query.catalog.relations, [](const catalog::Relation& relation) {
        return std::ranges::any_of(relation.columns, is_float);
      });
  });
  return found;
}

// The output column that a whole number in ORDER BY or GROUP BY means.
const Tree* target_at(const Tree& select_tree, const Tree& node) {
  const auto position = integer(node);
  const Tree& targets = select_tree["target_list"];
  if (!position || *position < 1 || *position > static_cast<std::int64_t>(targets.size()))
    return nullptr;
  return &targets[static_cast<std::size_t>(*position - 1)];
}

Tree without(Tree select_tree, std::initializer_list<const char*> clauses) {
  for (const char* clause : clauses) select_tree.erase(clause);
  return select_tree;
}

// Aggregates over all that FROM has.
bool is_one_row(const Level& level) {
  return has_aggregates(level.query, level.select) &&
         is_plain_or_aggregate(
             level.query, without(level.select, {"limit_count", "limit_offset", "having_clause"}));
}

// A row a group, and the groups are sorted by all that tells them apart.
bool groups_are_sorted(const Level& level, const std::vector<Column>& sorted) {
  const Tree& select_tree = level.select;
  const auto is_sorted = [&](const Tree& each) {
    const Tree* target = target_at(select_tree, each);
    const auto column = resolve(target != nullptr ? (*target)["val"] : each, level.scope);
    return column && column->column != nullptr && equal_is_identical(*column) &&
           std::ranges::any_of(sorted, [&](const Column& by) {
             return by.source == column->source && by.name == column->name;
           });
  };
  return !select_tree["group_clause"].empty() &&
         std::ranges::all_of(select_tree["group_clause"].list, is_sorted) &&
         is_plain_or_aggregate(level.query,
                               without(select_tree, {"limit_count", "limit_offset", "having_clause",
                                                     "group_clause"}));
}

// Rows that LIMIT leaves out are decided by ORDER BY: every output column is sorted by, or a key,
// or what the groups are made by; or there is one row alone.
bool order_is_total(const Level& level) {
  const Tree& select_tree = level.select;
  if (is_one_row(level)) return true;
  // The columns of a UNION are those of its parts, which are levels of their own.
  if (select_tree["sort_clause"].empty() || select_tree["op"].text() != "SETOP_NONE") return false;
  std::vector<std::string> sorted;
  std::vector<Column> columns;
  // An output column goes before a column of FROM that has its name.
  const auto is_output = [&](const Tree& node) {
    return node["fields"].size() == 1 &&
           std::ranges::any_of(select_tree["target_list"].list, [&](const Tree& target) {
             return output_name(target) == node["fields"][0]["sval"].text();
           });
  };
  for (const Tree& each : select_tree["sort_clause"].list) {
    const Tree& node = each["node"];
    if (const Tree* target = target_at(select_tree, node)) {
      sorted.push_back(output_name(*target));
      if (const auto column = resolve((*target)["val"], level.scope)) columns.push_back(*column);
    }
    if (node.is("ColumnRef")) {
      if (node["fields"].size() == 1) sorted.emplace_back(node["fields"][0]["sval"].text());
      if (const auto column = resolve(node, level.scope); column && !is_output(node))
        columns.push_back(*column);
    }
  }
  const auto& targets = select_tree["target_list"].list;
  const bool all_sorted =
      !has_star(select_tree) && std::ranges::all_of(targets, [&](const Tree& each) {
        const auto column = resolve(each["val"], level.scope);
        // Of 1.0 and 1.00 either may come first.
        if (column && column->column != nullptr && !equal_is_identical(*column)) return false;
        if (std::ranges::find(sorted, output_name(each)) != sorted.end()) return true;
        return column && std::ranges::any_of(columns, [&](const Column& by) {
                 return by.source == column->source && by.name == column->name;
               });
      });
  if (all_sorted) return true;
  // What an output column shows is sorted by, whatever it is called.
  for (const Tree& each : targets)
    if (std::ranges::find(sorted, output_name(each)) != sorted.end())
      if (const auto column = resolve(each["val"], level.scope)) columns.push_back(*column);
  if (groups_are_sorted(level, columns)) return true;
  if (!is_plain(level.query, without(select_tree, {"limit_count", "limit_offset"}))) return false;
  std::vector<const Source*> sources;
  for (const Source& each : level.scope.sources) sources.push_back(&each);
  return decides_rows(level.query, level.scope, sources, columns, inner_conditions(select_tree),
                      select_tree["from_clause"])
      .has_value();
}

std::string levels_problem(const Query& query, Tree& statement, int depth) {
  std::string problem;
  visit_levels(query, statement, [&](Level& level) {
    const Tree& tree = level.select;
    if (!tree["distinct_clause"].list.empty() && !tree["distinct_clause"][0].empty())
      problem = "it has DISTINCT ON";
    if ((!tree["limit_count"].empty() || !tree["limit_offset"].empty()) && !order_is_total(level))
      problem = "LIMIT without an order that decides every row";
    for (const Source& source : level.scope.sources)
      if (source.relation != nullptr && problem.empty())
        problem = relation_problem(query, *source.relation, depth);
    for (const char* clause : {"target_list", "having_clause", "sort_clause"}) {
      sql::walk(tree[clause], [&](const Tree& each) {
        if (each.is("FuncCall") && in(sums, each["funcname"].list.back()["sval"].text()) &&
            mentions_float(query, each, level.scope))
          problem = "a sum of floating point numbers depends on the order of rows";
        return !each.is("SelectStmt");
      });
    }
    return !problem.empty();
  });
  return problem;
}

}  // namespace

std::string why_not(const Query& query, Tree& statement) {
  if (!statement.is("SelectStmt")) return "it is no SELECT";
  std::string problem = tree_problem(query, statement);
  return problem.empty() ? levels_problem(query, statement, 0) : problem;
}

}  // namespace architrave::advisor::rewrites

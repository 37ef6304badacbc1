#include "advisor/rewrites/facts.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "advisor/rewrites/build.h"
#include "base/embedded.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor {
std::span<const EmbeddedFile> embedded_files();
}

namespace architrave::advisor::rewrites {

namespace {

using catalog::Relation;
using catalog::RelationKind;

bool is_real_table(const Relation& relation) {
  return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table;
}

// Rows of children that INHERITS has made are the table's as well, and its keys do not reach them.
bool has_inheritance_children(const Query& query, const Relation& relation) {
  return relation.kind == RelationKind::table && !query.lookup.children(relation).empty();
}

bool is_not_null(const Query& query, const Relation& relation, std::string_view name, bool only) {
  const catalog::Column* column = relation.column(name);
  if (column == nullptr || !column->not_null || !column->not_null_validated ||
      !is_real_table(relation))
    return false;
  if (only) return true;
  return std::ranges::all_of(query.lookup.children(relation), [&](const Relation* child) {
    return is_not_null(query, *child, name, false);
  });
}

constexpr std::array<std::string_view, 3> integers = {"int2", "int4", "int8"};
constexpr std::array<std::string_view, 2> texts = {"text", "varchar"};
bool in(std::span<const std::string_view> list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

std::string name_of(const Tree& call) {
  return std::string(call["funcname"].list.empty() ? ""
                                                   : call["funcname"].list.back()["sval"].text());
}

}  // namespace

bool is_built_in_type(const catalog::Column& column) { return column.type_schema == "pg_catalog"; }
bool is_float(const catalog::Column& column) {
  return column.type_name == "float4" || column.type_name == "float8" ||
         column.type_name == "_float4" || column.type_name == "_float8";
}

bool is_never_null(const Query& query, const Column& column) {
  return column.column != nullptr && !column.source->nullable &&
         is_not_null(query, *column.source->relation, column.name, column.source->only);
}

std::vector<std::string> columns_of(const catalog::Index& key) {
  std::vector<std::string> columns;
  for (const catalog::IndexKey& each : key.keys) columns.push_back(each.column);
  return columns;
}

const catalog::Index* key_within(const Query& query, const Source& source,
                                 const std::vector<std::string>& columns, bool not_null) {
  if (source.relation == nullptr) return nullptr;
  const Relation& relation = *source.relation;
  if (!is_real_table(relation) || (!source.only && has_inheritance_children(query, relation)))
    return nullptr;
  for (const catalog::Index& index : relation.indexes) {
    if (!index.unique || !index.valid || !index.predicate.empty() || index.keys.empty() ||
        index.method != "btree")
      continue;
    const bool whole = std::ranges::all_of(index.keys, [&](const catalog::IndexKey& key) {
      return !key.column.empty() && key.opclass.empty() && key.collation.empty() &&
             std::ranges::find(columns, key.column) != columns.end() &&
             (!not_null || is_not_null(query, relation, key.column, source.only));
    });
    if (!whole) continue;
    const auto constraint =
        std::ranges::find(relation.constraints, index.constraint, &catalog::Constraint::name);
    const bool deferrable = !index.constraint.empty() &&
                            (constraint == relation.constraints.end() || constraint->deferrable);
    if (!deferrable) return &index;
  }
  return nullptr;
}

const catalog::Constraint* foreign_key(
    const Query& query, const Source& child, const Source& parent,
    const std::vector<std::pair<std::string, std::string>>& pairs) {
  if (child.relation == nullptr || parent.relation == nullptr) return nullptr;
  const Relation& to = *parent.relation;
  if (!is_real_table(*child.relation) || !is_real_table(to)) return nullptr;
  if (!child.only && has_inheritance_children(query, *child.relation)) return nullptr;
  if (parent.only && to.kind == RelationKind::partitioned_table) return nullptr;
  for (const catalog::Constraint& each : child.relation->constraints) {
    if (each.type != catalog::ConstraintType::foreign_key || !each.validated || !each.guarded ||
        each.deferrable || each.references_schema != to.schema ||
        each.references_table != to.name || each.columns.size() != pairs.size() ||
        each.references_columns.size() != pairs.size())
      continue;
    bool all = true;
    for (std::size_t i = 0; i < pairs.size(); ++i)
      all &= std::ranges::find(pairs, std::pair{each.columns[i], each.references_columns[i]}) !=
                 pairs.end() &&
             is_not_null(query, *child.relation, each.columns[i], child.only);
    if (all && !child.nullable) return &each;
  }
  return nullptr;
}

bool compare_alike(const Column& a, const Column& b) {
  if (a.column == nullptr || b.column == nullptr) return false;
  if (a.column->collation != b.column->collation) return false;
  const std::string& left = a.column->type_name;
  const std::string& right = b.column->type_name;
  if (a.column->type_schema == b.column->type_schema && left == right) return true;
  return is_built_in_type(*a.column) && is_built_in_type(*b.column) &&
         ((in(integers, left) && in(integers, right)) || (in(texts, left) && in(texts, right)));
}

bool equal_is_identical(const Column& column) {
  if (column.column == nullptr || !column.column->collation.empty()) return false;
  if (column.column->type_category == "E") return true;
  static constexpr std::array<std::string_view, 14> types = {
      "int2", "int4", "int8",      "oid",         "uuid",  "date",    "text",
      "bool", "time", "timestamp", "timestamptz", "bytea", "varchar", "name"};
  // With a scale or a length of its own there is one way to write a value.
  const std::string& type = column.column->type;
  return is_built_in_type(*column.column) &&
         (in(types, column.column->type_name) || type.starts_with("numeric(") ||
          type.starts_with("character("));
}

namespace {

const std::map<std::string, FunctionFacts, std::less<>>& built_in_functions() {
  static const auto table = [] {
    std::map<std::string, FunctionFacts, std::less<>> functions;
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.name != "functions.txt") continue;
      for (const std::string& line : split(file.bytes, '\n')) {
        if (line.empty() || line.front() == '#') continue;
        const std::vector<std::string> words = split(line, ' ');
        const auto has = [&](const char* word) {
          return std::ranges::find(words, word) != words.end();
        };
        using enum FunctionFacts::Volatility;
        functions[words[0]] = {.volatility = has("immutable") ? immutable : stable,
                               .returns_set = has("set"),
                               .aggregate = has("aggregate"),
                               .window = has("window")};
      }
    }
    return functions;
  }();
  return table;
}

}  // namespace

FunctionFacts function_facts(const catalog::Catalog& catalog, const Tree& call) {
  using enum FunctionFacts::Volatility;
  const auto& parts = call["funcname"].list;
  const std::string name = name_of(call);
  const std::string schema(parts.size() > 1 ? parts.front()["sval"].text() : "");
  FunctionFacts facts;
  bool known = false;
  if (schema.empty() || schema == "pg_catalog")
    if (const auto found = built_in_functions().find(name); found != built_in_functions().end()) {
      facts = found->second;
      known = true;
    }
  // Overloads of one's own may be meant as well.
  for (const catalog::Routine& each : catalog.routines) {
    if (each.name != name || (!schema.empty() && each.schema != schema)) continue;
    const auto volatility = each.volatility == "immutable" ? immutable
                            : each.volatility == "stable"  ? stable
                                                           : volatile_or_unknown;
    facts.volatility = known ? std::max(facts.volatility, volatility) : volatility;
    facts.returns_set |= each.returns.starts_with("SETOF ") || each.returns.starts_with("TABLE");
    facts.aggregate |= each.kind == catalog::RoutineKind::aggregate;
    facts.window |= each.kind == catalog::RoutineKind::window;
    // What an aggregate of one's own does with the order of its rows is not known.
    if (facts.aggregate) facts.volatility = volatile_or_unknown;
    known = true;
  }
  return facts;
}

std::string_view built_in_call(const Query& query, const Tree& node) {
  if (!node.is("FuncCall") || node["funcname"].list.empty()) return {};
  const auto& parts = node["funcname"].list;
  if (parts.size() > 1 && parts.front()["sval"].text() != "pg_catalog") return {};
  const std::string_view name = parts.back()["sval"].text();
  const bool own = std::ranges::any_of(
      query.catalog.routines, [&](const catalog::Routine& each) { return each.name == name; });
  return own ? std::string_view() : name;
}

bool is_aggregate(const Query& query, const Tree& node) {
  return node.is("FuncCall") && function_facts(query.catalog, node).aggregate;
}

bool has_aggregates(const Query& query, const Tree& select_tree) {
  bool found = false;
  for (const char* clause : {"target_list", "having_clause", "sort_clause"}) {
    Tree copy = select_tree[clause];
    visit_own(copy, [&](Tree& each) { found |= is_aggregate(query, each); });
  }
  return found;
}

bool is_plain_or_aggregate(const Query& query, const Tree& select_tree) {
  if (!select_tree.is("SelectStmt") || select_tree["op"].text() != "SETOP_NONE") return false;
  for (const char* clause :
       {"distinct_clause", "into_clause", "group_clause", "having_clause", "window_clause",
        "values_lists", "limit_offset", "limit_count", "locking_clause"})
    if (!select_tree[clause].empty()) return false;
  bool plain = true;
  Tree targets = select_tree["target_list"];
  visit_own(targets, [&](Tree& each) {
    if (each.is("FuncCall"))
      plain &= !function_facts(query.catalog, each).returns_set && each["over"].empty();
  });
  return plain;
}

bool is_plain(const Query& query, const Tree& select_tree) {
  return is_plain_or_aggregate(query, select_tree) && !has_aggregates(query, select_tree);
}

namespace {

// What ON says of a table that an outer join fills with NULLs: of it, and of nothing else.
void collect_filling(const Tree& item, const Scope& scope,
                     std::vector<std::pair<const Source*, Tree>>& conditions) {
  if (!item.is("JoinExpr")) return;
  collect_filling(item["larg"], scope, conditions);
  collect_filling(item["rarg"], scope, conditions);
  const std::string_view type = item["jointype"].text();
  if (type != "JOIN_LEFT" && type != "JOIN_RIGHT") return;
  const Tree& filled = item[type == "JOIN_LEFT" ? "rarg" : "larg"];
  const std::string_view alias = filled["alias"]["aliasname"].text();
  const Source* source = scope.source(alias.empty() ? filled["relname"].text() : alias);
  if (!filled.is("RangeVar") || source == nullptr) return;
  for (Tree& each : conjuncts(item["quals"])) conditions.emplace_back(source, std::move(each));
}

}  // namespace

std::optional<std::string> decides_rows(const Query& query, const Scope& scope,
                                        const std::vector<const Source*>& sources,
                                        const std::vector<Column>& given,
                                        const std::vector<Tree>& conditions, const Tree& from) {
  std::vector<std::pair<const Source*, Tree>> filling;
  for (const Tree& item : from.list) collect_filling(item, scope, filling);
  std::set<const Source*> decided;
  const auto is_given = [&](const Column& column) {
    return std::ranges::any_of(given, [&](const Column& each) {
      return each.source == column.source && each.name == column.name;
    });
  };
  std::vector<std::string> words;
  for (bool more = true; more;) {
    more = false;
    for (const Source* source : sources) {
      if (decided.contains(source) || source->relation == nullptr) continue;
      std::vector<std::string> fixed;
      for (const Column& each : given)
        if (each.source == source && is_not_null(query, *source->relation, each.name, source->only))
          fixed.push_back(each.name);
      std::vector<const Tree*> ties;
      for (const Tree& condition : conditions) ties.push_back(&condition);
      for (const auto& [filled, condition] : filling)
        if (filled == source) ties.push_back(&condition);
      for (const Tree* condition : ties) {
        const auto compared = comparison(*condition);
        if (!compared || compared->op != "=") continue;
        for (const auto& [here, there] : {std::pair{compared->left, compared->right},
                                          std::pair{compared->right, compared->left}}) {
          const auto column = resolve(*here, scope);
          if (!column || column->source != source) continue;
          const auto other = resolve(*there, scope);
          if (integer(*there) || string_value(*there) ||
              (other && compare_alike(*column, *other) &&
               (other->scope != &scope || decided.contains(other->source) || is_given(*other))))
            fixed.push_back(column->name);
        }
      }
      const catalog::Index* key = key_within(query, *source, fixed, false);
      if (key == nullptr) continue;
      decided.insert(source);
      words.push_back("the key " + catalog::quote_identifier(key->name) + " decides the row of " +
                      source->alias);
      more = true;
    }
  }
  if (decided.size() != sources.size() || sources.empty()) return {};
  return join(words, "; ");
}

}  // namespace architrave::advisor::rewrites

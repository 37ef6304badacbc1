#include "migration/schema.h"

#include <algorithm>
#include <charconv>

#include "base/quoting.h"
#include "catalog/catalog.h"

namespace architrave::migration {

using sql::Node;

namespace {

template <class List>
auto* find_named(List& list, std::string_view name) {
  const auto found =
      std::ranges::find_if(list, [&](const auto& each) { return each.name == name; });
  return found == list.end() ? nullptr : &*found;
}

// A name in the same schema: an index lives in that of its table.
std::string beside(std::string_view table, std::string_view name) {
  const std::size_t dot = table.rfind('.');
  if (dot == std::string_view::npos) return std::string(name);
  return std::string(table.substr(0, dot + 1)).append(name);
}

}  // namespace

bool finds_equals(std::string_view method) {
  return method.empty() || method == "btree" || method == "hash" || method == "gist";
}

TypeName type_name(Node type) {
  TypeName out;
  const Node names = type["names"];
  // Names of pg_catalog and of no schema are taken for the same, as by the server.
  out.name = sql::string_of(names.back());
  for (const Node mod : type["typmods"])
    out.mods.push_back(static_cast<int>(mod["ival"]["ival"].number()));
  // interval(3) comes with a mask of all fields before the precision.
  if (out.name == "interval" && out.mods.size() == 2) {
    const int precision = out.mods[1];
    out.mods = {};
    out.mods.push_back(precision);
  }
  out.array = !type["arrayBounds"].empty();
  // The grammar writes char without a length as bpchar(1).
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"int", "int4"},       {"integer", "int4"},      {"bigint", "int8"},
      {"smallint", "int2"},  {"decimal", "numeric"},   {"boolean", "bool"},
      {"serial4", "serial"}, {"serial8", "bigserial"}, {"serial2", "smallserial"}};
  for (const auto& [word, own] : words)
    if (out.name == word) out.name = own;
  return out;
}

std::string describe(const TypeName& type) {
  std::string out(type.name);
  for (std::size_t i = 0; i < type.mods.size(); ++i)
    out += (i == 0 ? '(' : ',') + std::to_string(type.mods[i]);
  if (!type.mods.empty()) out += ')';
  return type.array ? out + "[]" : out;
}

const Column* Table::column(std::string_view column_name) const {
  return find_named(columns, column_name);
}
const Constraint* Table::constraint(std::string_view constraint_name) const {
  return find_named(constraints, constraint_name);
}
const Index* Table::index(std::string_view index_name) const {
  return find_named(indexes, index_name);
}
bool Table::proves_not_null(std::string_view column_name) const {
  return std::ranges::any_of(constraints, [&](const Constraint& each) {
    return each.validated && each.proves_not_null == column_name;
  });
}

std::string_view Schema::keep(std::string_view name) {
  if (const auto found = names_.find(name); found != names_.end()) return *found;
  constexpr std::size_t block = 32768;
  if (name.size() > kept_left_) {
    kept_left_ = std::max(block, name.size());
    kept_.push_back(std::make_unique<char[]>(kept_left_));
    last_block_end_ = kept_.back().get() + kept_left_;
  }
  char* at = last_block_end_ - kept_left_;
  kept_left_ -= name.size();
  std::ranges::copy(name, at);
  return *names_.emplace(at, name.size()).first;
}

std::string Schema::name_of(std::string_view schema, std::string_view name) const {
  if (schema.empty() || schema == default_schema_) return std::string(name);
  std::string out;
  out.reserve(schema.size() + 1 + name.size());
  return out.append(schema).append(1, '.').append(name);
}

std::string Schema::name_of(Node relation) const {
  if (relation["relname"])
    return name_of(relation["schemaname"].text(), relation["relname"].text());
  const Node list = relation.is("List") ? relation["items"] : relation;
  std::string_view schema, name;
  for (const Node each : list) {
    schema = name;
    name = sql::string_of(each);
  }
  return name_of(schema, name);
}

const Table* Schema::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : &found->second;
}
Table* Schema::find(std::string_view name) {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : &found->second;
}
const Table* Schema::table_of_index(std::string_view index) const {
  const auto found = index_tables_.find(index);
  return found == index_tables_.end() ? nullptr : table(found->second);
}
const KnownType* Schema::type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : &found->second;
}

Table& Schema::make(std::string_view name) {
  if (Table* known = find(name)) return *known;
  const std::string_view kept = keep(name);
  Table& table = tables_[kept];
  table.name = kept;
  table.complete = false;
  return table;
}

void Schema::drop(std::string_view name) {
  const auto found = tables_.find(name);
  if (found == tables_.end()) return;
  for (const Index& index : found->second.indexes)
    index_tables_.erase(beside(found->second.name, index.name));
  orphan(found->second);
  children_.erase(found->second.name);
  tables_.erase(found);
}

std::span<const std::string_view> Schema::children(std::string_view name) const {
  const auto found = children_.find(name);
  if (found == children_.end()) return {};
  return found->second;
}

void Schema::adopt(Table& child, std::string_view parent) {
  parent = keep(parent);
  if (std::ranges::find(child.parents, parent) != child.parents.end()) return;
  child.parents.push_back(parent);
  auto& children = children_[parent];
  if (children.size() < most_children) children.push_back(child.name);
}

void Schema::orphan(Table& child) {
  for (const std::string_view parent : child.parents)
    if (const auto found = children_.find(parent); found != children_.end())
      std::erase(found->second, child.name);
  child.parents.clear();
}

void Schema::add_index(Table& table, Index index) {
  if (table.indexes.size() >= most_known) {
    table.complete = false;
    return;
  }
  index_tables_[keep(beside(table.name, index.name))] = table.name;
  table.indexes.push_back(std::move(index));
}

Schema::Schema(const catalog::Catalog& catalog) {
  for (const catalog::Relation& relation : catalog.relations) {
    Table& table = make(name_of(relation.schema, relation.name));
    table.complete = true;
    switch (relation.kind) {
      case catalog::RelationKind::table:
        table.kind = 'r';
        break;
      case catalog::RelationKind::partitioned_table:
        table.kind = 'p';
        break;
      case catalog::RelationKind::foreign_table:
        table.kind = 'f';
        break;
      case catalog::RelationKind::view:
        table.kind = 'v';
        break;
      case catalog::RelationKind::materialized_view:
        table.kind = 'm';
        break;
    }
    for (const catalog::Column& each : relation.columns) {
      Column column{.name = keep(each.name),
                    .type = {},
                    .not_null = each.not_null,
                    .has_default = !each.default_value.empty() || !each.identity.empty(),
                    .generated = !each.generated.empty()};
      if (each.stats) {
        column.null_fraction = static_cast<float>(each.stats->null_fraction);
        column.distinct = static_cast<float>(each.stats->distinct);
      }
      std::string_view base = each.type_name;
      column.type.array = base.starts_with('_');
      if (column.type.array) base.remove_prefix(1);
      column.type.name = keep(base);
      const std::size_t open = each.type.find('(');
      for (std::size_t at = open; at != std::string::npos && each.type[at] != ')';) {
        int mod = 0;
        const char* begin = each.type.data() + at + 1;
        std::from_chars(begin, each.type.data() + each.type.size(), mod);
        column.type.mods.push_back(mod);
        at = each.type.find_first_of(",)", at + 1);
      }
      table.columns.push_back(std::move(column));
    }
    for (const catalog::Constraint& each : relation.constraints) {
      Constraint constraint{.name = keep(each.name),
                            .type = each.type,
                            .columns = {},
                            .references = {},
                            .validated = each.validated,
                            .proves_not_null = {}};
      for (const std::string& column : each.columns) constraint.columns.push_back(keep(column));
      if (each.type == catalog::ConstraintType::foreign_key)
        constraint.references = keep(name_of(each.references_schema, each.references_table));
      if (each.columns.size() == 1 && (each.expression == each.columns[0] + " IS NOT NULL" ||
                                       each.expression == "(" + each.columns[0] + " IS NOT NULL)"))
        constraint.proves_not_null = constraint.columns[0];
      table.constraints.push_back(std::move(constraint));
    }
    for (const catalog::Index& each : relation.indexes) {
      Index index{.name = keep(each.name),
                  .columns = {},
                  .unique = each.unique,
                  .partial = !each.predicate.empty(),
                  .method = keep(each.method)};
      for (const catalog::IndexKey& key : each.keys) index.columns.push_back(keep(key.column));
      if (!index.columns.empty() &&
          each.predicate == quote_identifier(index.columns.front()) + " IS NOT NULL")
        index.partial = false;
      if (!finds_equals(each.method)) index.columns.clear();
      if (std::ranges::find(index.columns, "") != index.columns.end()) index.columns.clear();
      add_index(table, std::move(index));
    }
    for (const catalog::ObjectName& parent : relation.parents)
      adopt(table, name_of(parent.schema, parent.name));
    table.default_partition = relation.partition_bound == "DEFAULT";
    table.row_security = relation.row_security;
    if (relation.stats) {
      table.bytes = relation.stats->total_bytes;
      table.extent = extent_of(relation);
      if (relation.stats->rows >= 0) table.rows = static_cast<std::int64_t>(relation.stats->rows);
    }
  }
  for (const catalog::Type& each : catalog.types) {
    KnownType& type = types_[keep(each.name)];
    type.kind = each.kind == catalog::TypeKind::enumeration ? 'e'
                : each.kind == catalog::TypeKind::domain    ? 'd'
                                                            : 'c';
    type.constrained = each.not_null || !each.constraints.empty();
  }
}

}  // namespace architrave::migration

#include "catalog/catalog.h"

#include <algorithm>

namespace architrave::catalog {

namespace {

template <class List>
const typename List::value_type* find(const List& list, std::string_view schema,
                                      std::string_view name) {
  const auto key = [](const auto& each) {
    return std::pair<std::string_view, std::string_view>(each.schema, each.name);
  };
  const auto found = std::ranges::lower_bound(list, std::pair(schema, name), {}, key);
  return found != list.end() && key(*found) == std::pair(schema, name) ? &*found : nullptr;
}

template <class List, class Key>
void sort_by(List& list, Key key) {
  std::ranges::stable_sort(list, {}, key);
}

}  // namespace

const Column* Relation::column(std::string_view column_name) const {
  const auto found = std::ranges::find(columns, column_name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

const Constraint* Relation::primary_key() const {
  const auto found = std::ranges::find(constraints, ConstraintType::primary_key, &Constraint::type);
  return found == constraints.end() ? nullptr : &*found;
}

const Relation* Catalog::relation(std::string_view schema, std::string_view name) const {
  return find(relations, schema, name);
}

const Type* Catalog::type(std::string_view schema, std::string_view name) const {
  return find(types, schema, name);
}

const Routine* Catalog::routine(std::string_view schema, std::string_view name) const {
  return find(routines, schema, name);
}

void sort(Catalog& catalog) {
  const auto by_name = [](const auto& each) -> const std::string& { return each.name; };
  const auto qualified_name = [](const auto& each) { return std::tie(each.schema, each.name); };
  sort_by(catalog.schemas, by_name);
  sort_by(catalog.extensions, by_name);
  sort_by(catalog.types, qualified_name);
  sort_by(catalog.sequences, qualified_name);
  sort_by(catalog.relations, qualified_name);
  sort_by(catalog.routines,
          [](const Routine& each) { return std::tie(each.schema, each.name, each.arguments); });
  sort_by(catalog.others,
          [](const OtherObject& each) { return std::tie(each.kind, each.schema, each.name); });
  sort_by(catalog.roles, by_name);
  sort_by(catalog.dependencies,
          [](const Dependency& each) { return std::tie(each.object, each.needs); });
  for (Type& type : catalog.types) sort_by(type.constraints, by_name);
  for (Relation& relation : catalog.relations) {
    sort_by(relation.constraints, by_name);
    sort_by(relation.indexes, by_name);
    sort_by(relation.triggers, by_name);
    sort_by(relation.rules, by_name);
    sort_by(relation.policies, by_name);
  }
}

void copy_measurements(const Catalog& from, Catalog& to) {
  to.server = from.server;
  to.settings = from.settings;
  to.roles = from.roles;
  for (Sequence& sequence : to.sequences)
    if (const Sequence* other = find(from.sequences, sequence.schema, sequence.name))
      sequence.last_value = other->last_value;
  for (Extension& extension : to.extensions) {
    const auto other = std::ranges::find(from.extensions, extension.name, &Extension::name);
    if (other != from.extensions.end()) extension.available_version = other->available_version;
  }
  for (Relation& relation : to.relations) {
    const Relation* other = from.relation(relation.schema, relation.name);
    if (other == nullptr) continue;
    relation.stats = other->stats;
    for (Column& column : relation.columns) {
      const Column* old = other->column(column.name);
      if (old == nullptr) continue;
      column.stats = old->stats;
      if (column.identity_sequence && old->identity_sequence)
        column.identity_sequence->last_value = old->identity_sequence->last_value;
    }
    for (Index& index : relation.indexes) {
      const auto old = std::ranges::find(other->indexes, index.name, &Index::name);
      if (old != other->indexes.end()) index.stats = old->stats;
    }
  }
}

Counts count(const Catalog& catalog) {
  Counts counts;
  counts.schemas = std::ssize(catalog.schemas);
  counts.functions = std::ssize(catalog.routines);
  for (const Relation& relation : catalog.relations) {
    counts.indexes += std::ssize(relation.indexes);
    if (relation.is_view()) {
      ++counts.views;
      continue;
    }
    ++counts.tables;
    counts.columns += std::ssize(relation.columns);
    counts.foreign_keys +=
        std::ranges::count(relation.constraints, ConstraintType::foreign_key, &Constraint::type);
  }
  return counts;
}

}  // namespace architrave::catalog

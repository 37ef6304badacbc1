#include "catalog/lookup.h"

#include <algorithm>
#include <span>

namespace architrave::catalog {

Lookup::Lookup(const Catalog& catalog) {
  for (const Relation& relation : catalog.relations) {
    for (const Constraint& constraint : relation.constraints) {
      if (constraint.type != ConstraintType::foreign_key || constraint.inherited) continue;
      const Relation* parent =
          catalog.relation(constraint.references_schema, constraint.references_table);
      if (parent != nullptr) referencing_[parent].push_back({&relation, &constraint});
    }
    for (const ObjectName& name : relation.parents)
      if (const Relation* parent = catalog.relation(name)) children_[parent].push_back(&relation);
  }
  for (const Dependency& dependency : catalog.dependencies)
    dependants_.emplace(to_string(dependency.needs), &dependency.object);
}

const std::vector<Lookup::ForeignKey>& Lookup::referencing(const Relation& parent) const {
  static const std::vector<ForeignKey> none;
  const auto found = referencing_.find(&parent);
  return found == referencing_.end() ? none : found->second;
}

const std::vector<const Relation*>& Lookup::children(const Relation& parent) const {
  static const std::vector<const Relation*> none;
  const auto found = children_.find(&parent);
  return found == children_.end() ? none : found->second;
}

std::vector<Object> Lookup::dependants(const Object& object) const {
  std::vector<Object> list;
  const auto [begin, end] = dependants_.equal_range(to_string(object));
  for (auto each = begin; each != end; ++each) list.push_back(*each->second);
  std::ranges::sort(list);
  return list;
}

Kind kind_of(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::table:
    case RelationKind::partitioned_table:
      return Kind::table;
    case RelationKind::foreign_table:
      return Kind::foreign_table;
    case RelationKind::view:
      return Kind::view;
    case RelationKind::materialized_view:
      return Kind::materialized_view;
  }
  return Kind::table;
}

namespace {
Object part_of(const Relation& relation, Kind kind, const std::string& name) {
  return {kind, qualified(relation.schema, relation.name) + '.' + quote_identifier(name)};
}
}  // namespace

Object object_of(const Relation& relation) {
  return {kind_of(relation), qualified(relation.schema, relation.name)};
}
Object object_of(const Relation& relation, const Column& column) {
  return part_of(relation, Kind::column, column.name);
}
Object object_of(const Relation& relation, const Constraint& constraint) {
  return part_of(relation, Kind::constraint, constraint.name);
}
Object object_of(const Relation& relation, const Index& index) {
  return {Kind::index, qualified(relation.schema, index.name)};
}
Object object_of(const Relation& relation, const Trigger& trigger) {
  return part_of(relation, Kind::trigger, trigger.name);
}
Object object_of(const Relation& relation, const Policy& policy) {
  return part_of(relation, Kind::policy, policy.name);
}
Object object_of(const Type& type) { return {Kind::type, qualified(type.schema, type.name)}; }
Object object_of(const Sequence& sequence) {
  return {Kind::sequence, qualified(sequence.schema, sequence.name)};
}
Object object_of(const Routine& routine) {
  const Kind kind = routine.kind == RoutineKind::procedure   ? Kind::procedure
                    : routine.kind == RoutineKind::aggregate ? Kind::aggregate
                                                             : Kind::function;
  return {kind, qualified(routine.schema, routine.name) + '(' + routine.arguments + ')'};
}

namespace {

// Whether the index's first keys are these columns, in any order.
bool begins_with(const Index& index, const std::vector<std::string>& columns) {
  if (index.keys.size() < columns.size()) return false;
  const auto first = std::span(index.keys).first(columns.size());
  return std::ranges::all_of(columns, [&](const std::string& column) {
    return std::ranges::find(first, column, &IndexKey::column) != first.end();
  });
}

}  // namespace

bool has_index_on(const Relation& relation, const std::vector<std::string>& columns) {
  return std::ranges::any_of(relation.indexes, [&](const Index& index) {
    if (!index.valid || !index.predicate.empty() || index.keys.empty()) return false;
    if (index.method == "hash") return columns.size() == 1 && begins_with(index, columns);
    return index.method == "btree" && begins_with(index, columns);
  });
}

bool is_unique(const Relation& relation, const std::vector<std::string>& columns) {
  const bool by_index = std::ranges::any_of(relation.indexes, [&](const Index& index) {
    return index.unique && index.valid && index.predicate.empty() &&
           index.keys.size() == columns.size() && begins_with(index, columns);
  });
  // A catalog that came from a model file may know constraints and not the indexes behind them.
  return by_index || std::ranges::any_of(relation.constraints, [&](const Constraint& constraint) {
           return (constraint.type == ConstraintType::primary_key ||
                   constraint.type == ConstraintType::unique) &&
                  std::ranges::is_permutation(constraint.columns, columns);
         });
}

Column beneath_domains(const Catalog& catalog, Column column) {
  for (;;) {
    const Type* domain = catalog.type(column.type_schema, column.type_name);
    if (domain == nullptr || domain->kind != TypeKind::domain) return column;
    column.type = domain->base_type;
    const bool is_array = column.type.ends_with("[]");
    const std::string name = column.type.substr(0, column.type.size() - (is_array ? 2 : 0));
    const auto is_it = [&](const auto& each) { return qualified(each.schema, each.name) == name; };
    const auto take = [&](const auto& list) {
      const auto found = std::ranges::find_if(list, is_it);
      if (found == list.end()) return false;
      column.type_schema = found->schema;
      column.type_name = (is_array ? "_" : "") + found->name;
      return true;
    };
    if (!take(catalog.types) && !take(catalog.relations)) {
      column.type_schema.clear();
      column.type_name.clear();
    }
  }
}

Column element_of(Column array) {
  if (array.type_name.starts_with('_')) array.type_name.erase(0, 1);
  array.type = qualified(array.type_schema, array.type_name);
  return array;
}

const std::vector<Column>* attributes(const Catalog& catalog, const Column& declared) {
  const Column column = beneath_domains(catalog, declared);
  const bool is_array = column.type_category == "A" && column.type_name.starts_with('_');
  const std::string name = column.type_name.substr(is_array ? 1 : 0);
  if (const Type* type = catalog.type(column.type_schema, name)) {
    if (type->kind == TypeKind::domain) return attributes(catalog, element_of(column));
    return type->attributes.empty() ? nullptr : &type->attributes;
  }
  const Relation* relation = catalog.relation(column.type_schema, name);
  return relation == nullptr ? nullptr : &relation->columns;
}

bool same_attributes(const Catalog& a, const Column& column, const Catalog& b,
                     const Column& other) {
  const std::vector<Column>* ours = attributes(a, column);
  const std::vector<Column>* theirs = attributes(b, other);
  if (ours == nullptr || theirs == nullptr) return true;
  return std::ranges::equal(*ours, *theirs, [&](const Column& x, const Column& y) {
    return x.name == y.name && same_attributes(a, x, b, y);
  });
}

}  // namespace architrave::catalog

// The objects of a catalog, and what is asked about one of them.
#include <algorithm>

#include "base/text.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

namespace {

// Relations, their indexes, sequences and types share a namespace, as far as a new one can't have
// the name of an old one that is still there.
std::string class_name(const std::string& schema, const std::string& name) {
  return "name " + qualified(schema, name);
}

}  // namespace

std::vector<std::string> key_columns(const Index& index) {
  std::vector<std::string> columns;
  for (const catalog::IndexKey& key : index.keys) columns.push_back(key.column);
  return columns;
}

bool is_part(const Index& index, const Index& whole) {
  if (!index.whole.empty()) return index.whole == whole.name;
  return index.inherited && index.unique == whole.unique &&
         key_columns(index) == key_columns(whole) && index.predicate == whole.predicate;
}

bool can_reference(ConstraintType type) {
  return type == ConstraintType::primary_key || type == ConstraintType::unique;
}

bool is_twin(const Relation& partition, const Index& index) {
  if (!partition.is_partition() || index.inherited || !index.constraint.empty()) return false;
  return std::ranges::any_of(partition.indexes, [&](const Index& other) {
    return other.inherited && other.constraint.empty() && other.method == index.method &&
           other.unique == index.unique && other.predicate == index.predicate &&
           key_columns(other) == key_columns(index);
  });
}

bool is_twin(const Relation& partition, const Constraint& key) {
  if (!partition.is_partition() || key.inherited || !can_reference(key.type)) return false;
  return std::ranges::any_of(partition.constraints, [&](const Constraint& other) {
    return other.inherited && can_reference(other.type) && other.columns == key.columns;
  });
}

bool stands_for_parents(const Relation& relation, const Index& index) {
  return std::ranges::any_of(relation.constraints, [&](const Constraint& each) {
    return each.inherited && !index.constraint.empty() && each.name == index.constraint;
  });
}

bool is_table(const Part& part) {
  return part.relation != nullptr && !part.is_part() && part.relation->is_table();
}

Parts parts_of(const Catalog& catalog) {
  Parts parts;
  const auto add = [&](Object object, auto member, const auto& value,
                       const Relation* relation = nullptr) -> Part& {
    std::string key = to_string(object);
    Part& part = parts[std::move(key)];
    part.object = std::move(object);
    part.relation = relation;
    part.*member = &value;
    return part;
  };
  for (const auto& each : catalog.schemas) {
    Part& part = parts["schema " + quote_identifier(each.name)];
    part.object = {Kind::schema, quote_identifier(each.name)};
  }
  for (const auto& each : catalog.extensions) {
    Part& part = parts["extension " + quote_identifier(each.name)];
    part.object = {Kind::extension, quote_identifier(each.name)};
  }
  for (const auto& each : catalog.types)
    add(object_of(each), &Part::type, each).name = class_name(each.schema, each.name);
  for (const auto& each : catalog.sequences)
    add(object_of(each), &Part::sequence, each).name = class_name(each.schema, each.name);
  for (const auto& each : catalog.routines) {
    Part& part = add(object_of(each), &Part::routine, each);
    part.name = "routine " + part.object.name;
  }
  for (const auto& each : catalog.others)
    add({each.kind,
         each.schema.empty() ? each.name : quote_identifier(each.schema) + '.' + each.name},
        &Part::other, each);
  for (const Relation& each : catalog.relations) {
    Part& whole = parts[to_string(object_of(each))];
    whole.object = object_of(each);
    whole.relation = &each;
    whole.name = class_name(each.schema, each.name);
    for (const Column& column : each.columns) {
      Part& part = add(object_of(each, column), &Part::column, column, &each);
      if (column.identity_sequence)
        part.name = class_name(column.identity_sequence->schema, column.identity_sequence->name);
    }
    for (const Constraint& part : each.constraints)
      add(object_of(each, part), &Part::constraint, part, &each);
    for (const Index& part : each.indexes)
      add(object_of(each, part), &Part::index, part, &each).name =
          class_name(each.schema, part.name);
    for (const auto& part : each.triggers) add(object_of(each, part), &Part::trigger, part, &each);
    for (const auto& part : each.policies) add(object_of(each, part), &Part::policy, part, &each);
    for (const auto& part : each.rules)
      add({Kind::rule, whole.object.name + '.' + quote_identifier(part.name)}, &Part::rule, part,
          &each);
  }
  return parts;
}

bool mentions(std::string_view sql, const Column& column) {
  return sql.find(column.name) != std::string_view::npos &&
         (contains_word(sql, column.name) || contains_word(sql, quote_identifier(column.name)));
}

bool mentions(const Part& part, const Column& column) {
  const auto lists = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, column.name) != names.end();
  };
  if (part.constraint != nullptr)
    return lists(part.constraint->columns) ||
           (part.constraint->type == ConstraintType::exclusion &&
            mentions(part.constraint->definition, column)) ||
           mentions(part.constraint->expression, column);
  if (part.index != nullptr)
    return std::ranges::any_of(part.index->keys,
                               [&](const auto& key) {
                                 return key.column == column.name ||
                                        mentions(key.expression, column);
                               }) ||
           lists(part.index->include) || mentions(part.index->predicate, column);
  if (part.trigger != nullptr) {
    const std::string& sql = part.trigger->definition;
    return (part.trigger->has_when || sql.find(" OF ") != std::string::npos) &&
           mentions(sql, column);
  }
  if (part.rule != nullptr) return mentions(part.rule->definition, column);
  if (part.policy != nullptr)
    return mentions(part.policy->using_expression, column) ||
           mentions(part.policy->check_expression, column);
  if (part.column != nullptr)
    return !part.column->generated.empty() && mentions(part.column->default_value, column);
  if (part.routine != nullptr) return mentions(part.routine->definition, column);
  if (part.other != nullptr)
    return std::ranges::any_of(part.other->definition,
                               [&](const std::string& sql) { return mentions(sql, column); });
  return part.relation != nullptr && mentions(part.relation->definition, column);
}

}  // namespace architrave::postgres::transitioning

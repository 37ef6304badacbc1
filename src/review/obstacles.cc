#include "review/obstacles.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/writer.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review {

using catalog::Kind;
using catalog::Object;
using catalog::OtherObject;
using catalog::Policy;
using catalog::quote_identifier;
using catalog::Trigger;

namespace {

bool mentions(std::string_view sql, const Column& column) {
  return sql.find(column.name) != std::string_view::npos &&
         (contains_word(sql, column.name) || contains_word(sql, quote_identifier(column.name)));
}

std::string obstacle_in_expressions(const Relation& relation, const Column& column) {
  for (const Column& other : relation.columns)
    if (!other.generated.empty() && mentions(other.default_value, column))
      return fmt::format("generated column {} uses it", other.name);
  for (const Index& index : relation.indexes) {
    const bool in_key = std::ranges::any_of(index.keys, [&](const IndexKey& key) {
      return mentions(key.expression, column) ||
             (key.column == column.name && !(key.opclass.empty() && key.collation.empty()));
    });
    // An index of another method may have no operator class for the new type.
    const bool other_method =
        index.method != "btree" && index.method != "hash" &&
        std::ranges::find(index.keys, column.name, &IndexKey::column) != index.keys.end();
    if (in_key || other_method || mentions(index.predicate, column))
      return fmt::format("index {} is made for its type", index.name);
  }
  for (const Constraint& constraint : relation.constraints)
    if ((constraint.type == ConstraintType::check && mentions(constraint.expression, column)) ||
        (constraint.type == ConstraintType::exclusion && mentions(constraint.definition, column)))
      return fmt::format("constraint {} uses it", constraint.name);
  for (const Policy& policy : relation.policies)
    if (mentions(policy.using_expression, column) || mentions(policy.check_expression, column))
      return fmt::format("policy {} uses it", policy.name);
  for (const Trigger& trigger : relation.triggers)
    if ((trigger.has_when || trigger.definition.find(" OF ") != std::string::npos) &&
        mentions(trigger.definition, column))
      return fmt::format("trigger {} uses it", trigger.name);
  for (const catalog::RewriteRule& rule : relation.rules)
    if (mentions(rule.definition, column)) return fmt::format("rule {} uses it", rule.name);
  if (mentions(relation.partition_key, column)) return "it is part of the partition key";
  return {};
}

// What a view or a function is made of; absent for what is neither.
std::optional<std::string_view> definition_of(const Catalog& catalog, const Object& object) {
  for (const Relation& relation : catalog.relations)
    if (relation.is_view() && catalog::object_of(relation) == object) return relation.definition;
  for (const catalog::Routine& routine : catalog.routines)
    if (catalog::object_of(routine) == object) return routine.definition;
  return std::nullopt;
}

// The statistics or the publication that names the relation and, if there is one, the column.
std::string named_by_other(const Look& look, const Relation& relation, const Column* column) {
  for (const OtherObject& other : look.catalog.others)
    if (other.kind == Kind::statistics || other.kind == Kind::publication)
      for (const std::string& statement : other.definition)
        if (contains_word(statement, quote_identifier(relation.name)) &&
            (column == nullptr || mentions(statement, *column)))
          return fmt::format("{} {} uses it", catalog::to_string(other.kind), other.name);
  return {};
}

const Relation* view_called(const Catalog& catalog, const Object& object) {
  if (object.kind != Kind::view && object.kind != Kind::materialized_view) return nullptr;
  const auto found = std::ranges::find_if(catalog.relations, [&](const Relation& each) {
    return each.is_view() && catalog::object_of(each) == object;
  });
  return found == catalog.relations.end() ? nullptr : &*found;
}

// Goes with what it belongs to, or does not mind.
bool is_part(const Object& object) {
  return object.kind == Kind::constraint || object.kind == Kind::index ||
         object.kind == Kind::sequence || object.kind == Kind::column || object.kind == Kind::table;
}

// Adds the view and all that hang on it, as long as they are views too.
void add_view(const Look& look, const Object& object, Obstacles& obstacles) {
  const Relation* view = view_called(look.catalog, object);
  if (view == nullptr) obstacles.why = fmt::format("{} uses it", catalog::to_string(object));
  if (!obstacles.why.empty() || !obstacles.views.insert(object).second) return;
  for (const OtherObject& other : look.catalog.others)
    if (other.kind == Kind::default_privileges)
      obstacles.why = fmt::format("{} uses it, and default privileges would grant more on it",
                                  catalog::to_string(object));
  if (std::string user = stores_rows_of(look.catalog, *view); !user.empty())
    obstacles.why = fmt::format("{} stores rows of {}", user, object.name);
  if (std::string found = named_by_other(look, *view, nullptr); !found.empty())
    obstacles.why = found;
  for (const Object& each : look.lookup.dependants(object))
    if (each != object && !each.name.starts_with(object.name + '.') && each.kind != Kind::index)
      add_view(look, each, obstacles);
}

void add_others(const Look& look, const Relation& relation, const Column& column,
                Obstacles& obstacles) {
  std::vector<Object> dependants = look.lookup.dependants(catalog::object_of(relation, column));
  for (const Object& object : look.lookup.dependants(catalog::object_of(relation))) {
    // Only the table is known to be used: what is written tells which columns are.
    const std::optional<std::string_view> text = definition_of(look.catalog, object);
    if (!text || mentions(*text, column)) dependants.push_back(object);
  }
  for (const Object& object : dependants)
    if (!is_part(object)) add_view(look, object, obstacles);
  if (obstacles.why.empty()) obstacles.why = named_by_other(look, relation, &column);
}

}  // namespace

std::string stores_rows_of(const Catalog& catalog, const Relation& relation) {
  const auto uses = [](const Column& column, const catalog::ObjectName& type) {
    return column.type_schema == type.schema &&
           (column.type_name == type.name || column.type_name == '_' + type.name);
  };
  std::vector<catalog::ObjectName> types = {relation.object_name()};
  for (std::size_t i = 0; i < types.size(); ++i) {
    const catalog::ObjectName type = types[i];
    const std::string sql = catalog::qualified(type.schema, type.name);
    for (const Relation& other : catalog.relations)
      if (other.kind != RelationKind::view)
        for (const Column& column : other.columns)
          if (uses(column, type)) return catalog::object_of(other, column).name;
    for (const catalog::Type& other : catalog.types) {
      const bool holds = other.base_type == sql || other.base_type == sql + "[]" ||
                         std::ranges::any_of(other.attributes, [&](const Column& attribute) {
                           return uses(attribute, type);
                         });
      const catalog::ObjectName name{other.schema, other.name};
      if (holds && std::ranges::find(types, name) == types.end()) types.push_back(name);
    }
  }
  return {};
}

namespace {

std::string immovable(const Look& look, const Relation& relation, const Column& column) {
  if (const std::string user = stores_rows_of(look.catalog, relation); !user.empty())
    return fmt::format("{} stores rows of its table", user);
  if (!relation.of_type.empty()) return "its table is of type " + relation.of_type;
  if (!column.generated.empty()) return "it is generated";
  if (!column.collation.empty() || !column.storage.empty() || !column.compression.empty())
    return "it has a collation, storage or compression of its own";
  for (const Constraint& constraint : relation.constraints)
    if (constraint.type == ConstraintType::foreign_key &&
        std::ranges::find(constraint.columns, column.name) != constraint.columns.end())
      return fmt::format("foreign key {} needs the same type on both sides", constraint.name);
  for (const auto& [child, constraint] : look.lookup.referencing(relation)) {
    const auto& columns = constraint->references_columns;
    if (std::ranges::find(columns, column.name) != columns.end())
      return fmt::format("foreign key {} of {} needs the same type on both sides", constraint->name,
                         catalog::qualified(child->schema, child->name));
  }
  return obstacle_in_expressions(relation, column);
}

}  // namespace

Obstacles obstacles(const Look& look, const Relation& relation, const Column& column) {
  Obstacles found;
  found.why = immovable(look, relation, column);
  if (found.why.empty()) add_others(look, relation, column, found);
  for (const Relation* child : look.lookup.children(relation)) {
    const Column* same = child->column(column.name);
    if (same == nullptr || !found.why.empty()) continue;
    Obstacles below = obstacles(look, *child, *same);
    found.views.merge(below.views);
    if (!below.why.empty())
      found.why =
          fmt::format("{} in {}", below.why, catalog::qualified(child->schema, child->name));
  }
  return found;
}

void put_views_around(const Look& look, const std::set<Object>& views, Proposal& fix) {
  if (views.empty()) return;
  postgres::WriteOptions options;
  if (look.catalog.server.version_number > 0)
    options.version = static_cast<int>(look.catalog.server.version_number);
  const std::vector<std::string> drop = postgres::drop_views(look.catalog, views);
  const std::vector<std::string> make = postgres::make_views(look.catalog, views, options);
  for (std::vector<std::string>* script : {&fix.up, &fix.down}) {
    script->insert(script->begin(), drop.begin(), drop.end());
    script->insert(script->end(), make.begin(), make.end());
  }
  std::vector<std::string> names;
  bool rows = false;
  for (const Object& view : views) {
    names.push_back(view.name);
    rows = rows || view.kind == Kind::materialized_view;
  }
  fix.why +=
      fmt::format(" {} {} dropped before and made again after it, as {} now.", some_of(names),
                  names.size() == 1 ? "is" : "are", names.size() == 1 ? "it is" : "they are");
  fix.risk = std::max(fix.risk, rows ? 3 : 2);
  fix.effort = std::max(fix.effort, 2);
}

}  // namespace architrave::review

#include "report/diagram.h"

#include <algorithm>
#include <array>
#include <utility>

#include "catalog/lookup.h"

namespace architrave::report {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Relation;

namespace {
bool is_drawn(const Relation& relation) { return relation.is_table() && !relation.is_partition(); }

// A partition stands for the table that it is part of.
const Relation* whole(const Catalog& catalog, const Relation* relation) {
  while (relation != nullptr && relation->is_partition() && !relation->parents.empty())
    relation = catalog.relation(relation->parents.front());
  return relation;
}
}  // namespace

std::vector<const Relation*> drawn_tables(const Catalog& catalog) {
  std::vector<const Relation*> tables;
  for (const Relation& relation : catalog.relations)
    if (is_drawn(relation)) tables.push_back(&relation);
  return tables;
}

std::vector<Edge> edges(const Catalog& catalog) {
  std::vector<Edge> list;
  for (const Relation& child : catalog.relations) {
    if (!is_drawn(child)) continue;
    for (const Constraint& key : child.constraints) {
      if (key.type != ConstraintType::foreign_key || key.inherited) continue;
      const Relation* parent =
          whole(catalog, catalog.relation(key.references_schema, key.references_table));
      if (parent == nullptr || !is_drawn(*parent)) continue;
      const bool not_null = std::ranges::all_of(key.columns, [&](const std::string& name) {
        const Column* column = child.column(name);
        return column != nullptr && column->not_null;
      });
      list.push_back({&child, parent, &key, not_null, catalog::is_unique(child, key.columns)});
    }
  }
  return list;
}

Role role_of(const Relation& table, const Column& column) {
  Role role;
  for (const Constraint& each : table.constraints) {
    if (std::ranges::find(each.columns, column.name) == each.columns.end()) continue;
    role.primary |= each.type == ConstraintType::primary_key;
    role.foreign |= each.type == ConstraintType::foreign_key;
  }
  role.unique = catalog::is_unique(table, {column.name});
  return role;
}

std::string short_type(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names = {{
      {"character varying", "varchar"},
      {"character", "char"},
      {"bit varying", "varbit"},
      {"double precision", "float8"},
  }};
  std::string_view array;
  while (type.ends_with("[]")) {
    array = "[]";
    type.remove_suffix(2);
  }
  std::string out;
  static constexpr std::string_view with_zone = " with time zone";
  static constexpr std::string_view without_zone = " without time zone";
  if (type.ends_with(with_zone)) {
    type.remove_suffix(with_zone.size());
    const std::size_t modifier = std::min(type.find('('), type.size());
    out = std::string(type.substr(0, modifier)) + "tz" + std::string(type.substr(modifier));
  } else if (type.ends_with(without_zone)) {
    out = type.substr(0, type.size() - without_zone.size());
  } else {
    out = type;
    for (const auto& [full, abbreviated] : names) {
      if (!type.starts_with(full)) continue;
      out = std::string(abbreviated) + std::string(type.substr(full.size()));
      break;
    }
  }
  return out += array;
}

}  // namespace architrave::report

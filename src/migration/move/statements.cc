#include "migration/move/statements.h"

#include "base/quoting.h"
#include "catalog/lookup.h"
#include "catalog/postgres/statements.h"

namespace architrave::migration {

using catalog::Catalog;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Relation;

MoveStatements statements_of(const Mapping& mapping, int version) {
  MoveStatements made;
  const Catalog& catalog = mapping.catalog;
  if (const std::string& schema = catalog.schemas.front().name; schema != "public")
    made.before.push_back(
        {"schema " + schema, "CREATE SCHEMA IF NOT EXISTS " + quote_identifier(schema)});
  for (const catalog::OtherObject& each : catalog.others)
    made.before.push_back(
        {"collation " + qualified(each.schema, each.name), each.definition.front()});
  for (const Relation& relation : catalog.relations) {
    if (!relation.is_table()) continue;
    // Checks come when the rows are there, so that one that does not hold is known by name.
    Relation table = relation;
    std::erase_if(table.constraints,
                  [](const Constraint& each) { return each.type == ConstraintType::check; });
    made.before.push_back(
        {to_string(object_of(table)), postgres::create_table(catalog, table, version).whole});
  }
  const auto constraints_of = [&](auto&& wanted) {
    for (const Relation& table : catalog.relations)
      for (const Constraint& each : table.constraints)
        if (wanted(each.type))
          made.after.push_back({to_string(object_of(table, each)),
                                "ALTER TABLE " + qualified(table.schema, table.name) +
                                    " ADD CONSTRAINT " + quote_identifier(each.name) + ' ' +
                                    postgres::constraint_definition(each, version)});
  };
  constraints_of([](ConstraintType type) {
    return type == ConstraintType::primary_key || type == ConstraintType::unique;
  });
  for (const Relation& table : catalog.relations)
    for (const Index& index : table.indexes)
      made.after.push_back(
          {to_string(object_of(table, index)), postgres::create_index(table, index, version)});
  constraints_of([](ConstraintType type) { return type == ConstraintType::check; });
  constraints_of([](ConstraintType type) { return type == ConstraintType::foreign_key; });
  for (const std::string& name : mapping.views)
    for (const Relation& view : catalog.relations)
      if (view.is_view() && view.name == name)
        made.after.push_back({to_string(object_of(view)), postgres::create_view(view)});
  return made;
}

}  // namespace architrave::migration

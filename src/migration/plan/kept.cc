#include "migration/plan/kept.h"

#include <string_view>

#include "base/quoting.h"
#include "catalog/lookup.h"

namespace architrave::migration {

namespace {

constexpr std::string_view suffix = "__dropped";
constexpr const char* schema = kept_schema;

}  // namespace

std::string kept_name(const std::string& name) { return derived_name(name, suffix); }
bool is_kept_name(std::string_view name) { return name.ends_with(suffix); }

Kept keep(const catalog::Object& object, const catalog::Catalog& catalog) {
  Kept kept{object, {}, {}, {}};
  for (const catalog::Relation& relation : catalog.relations) {
    if (!relation.is_table()) continue;
    const std::string name = catalog::qualified(relation.schema, relation.name);
    if (object_of(relation) == object) {
      kept.aside = {std::string("CREATE SCHEMA IF NOT EXISTS ") + schema,
                    "ALTER TABLE " + name + " SET SCHEMA " + schema};
      kept.back = {"ALTER TABLE " + catalog::qualified(schema, relation.name) + " SET SCHEMA " +
                   catalog::quote_identifier(relation.schema)};
      for (const catalog::ObjectName& parent : relation.parents)
        if (relation.is_partition())
          kept.leave = "ALTER TABLE " + catalog::qualified(parent.schema, parent.name) +
                       " DETACH PARTITION " + name;
      return kept;
    }
    for (const catalog::Column& column : relation.columns) {
      if (object_of(relation, column) != object) continue;
      const std::string aside = catalog::quote_identifier(kept_name(column.name));
      const std::string own = catalog::quote_identifier(column.name);
      kept.aside = {"ALTER TABLE " + name + " RENAME COLUMN " + own + " TO " + aside};
      if (!column.identity.empty())
        kept.aside.push_back("ALTER TABLE " + name + " ALTER COLUMN " + aside + " DROP IDENTITY");
      if (column.not_null)
        kept.aside.push_back("ALTER TABLE " + name + " ALTER COLUMN " + aside + " DROP NOT NULL");
      if (!column.default_value.empty() && column.generated.empty())
        kept.aside.push_back("ALTER TABLE " + name + " ALTER COLUMN " + aside + " DROP DEFAULT");
      kept.back = {"ALTER TABLE " + name + " RENAME COLUMN " + aside + " TO " + own};
      return kept;
    }
  }
  for (const catalog::Sequence& sequence : catalog.sequences) {
    if (object_of(sequence) != object) continue;
    kept.aside = {std::string("CREATE SCHEMA IF NOT EXISTS ") + schema,
                  "ALTER SEQUENCE " + object.name + " SET SCHEMA " + schema};
    kept.back = {"ALTER SEQUENCE " + catalog::qualified(schema, sequence.name) + " SET SCHEMA " +
                 catalog::quote_identifier(sequence.schema)};
  }
  return kept;
}

void forget_kept(catalog::Catalog& catalog) {
  const auto in_schema = [](const auto& each) { return each.schema == schema; };
  std::erase_if(catalog.relations, in_schema);
  std::erase_if(catalog.sequences, in_schema);
  std::erase_if(catalog.types, in_schema);
  std::erase_if(catalog.schemas, [](const auto& each) { return each.name == schema; });
  for (catalog::Relation& relation : catalog.relations)
    if (relation.is_table())
      std::erase_if(relation.columns, [](const auto& column) { return is_kept_name(column.name); });
}

}  // namespace architrave::migration

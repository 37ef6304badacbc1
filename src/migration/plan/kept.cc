#include "migration/plan/kept.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "catalog/lookup.h"

namespace architrave::migration {

namespace {

constexpr std::string_view suffix = "__dropped";
constexpr const char* schema = "architrave_dropped";
constexpr std::size_t longest_name = 63;

constexpr const char* own_schema = "architrave";  // of the runner's history
constexpr std::array<std::string_view, 14> histories = {
    "flyway_schema_history", "schema_migrations",          "ar_internal_metadata",
    "_prisma_migrations",    "goose_db_version",           "alembic_version",
    "django_migrations",     "__diesel_schema_migrations", "knex_migrations",
    "knex_migrations_lock",  "databasechangelog",          "databasechangeloglock",
    "_sqlx_migrations",      "__EFMigrationsHistory"};

std::string kept_name(const std::string& name) {
  return name.substr(0, longest_name - suffix.size()) + std::string(suffix);
}

}  // namespace

Kept keep(const catalog::Object& object, const catalog::Catalog& catalog) {
  Kept kept{object, {}, {}};
  for (const catalog::Relation& relation : catalog.relations) {
    if (!relation.is_table()) continue;
    const std::string name = catalog::qualified(relation.schema, relation.name);
    if (object_of(relation) == object) {
      kept.aside = {std::string("CREATE SCHEMA IF NOT EXISTS ") + schema,
                    "ALTER TABLE " + name + " SET SCHEMA " + schema};
      kept.back = {"ALTER TABLE " + catalog::qualified(schema, relation.name) + " SET SCHEMA " +
                   catalog::quote_identifier(relation.schema)};
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
      std::erase_if(relation.columns,
                    [](const auto& column) { return column.name.ends_with(suffix); });
}

void forget_histories(catalog::Catalog& catalog, const catalog::Catalog& wanted) {
  const auto is_history = [&](const auto& each) {
    return (each.schema == own_schema ||
            std::ranges::find(histories, each.name) != histories.end()) &&
           wanted.relation(each.schema, each.name) == nullptr;
  };
  // With the sequences of their columns.
  std::erase_if(catalog.sequences, [&](const catalog::Sequence& each) {
    const catalog::Relation* table = catalog.relation(each.owned_by_schema, each.owned_by_table);
    return each.schema == own_schema || (table != nullptr && is_history(*table));
  });
  std::erase_if(catalog.relations, is_history);
  std::erase_if(catalog.schemas, [&](const catalog::Schema& each) {
    return each.name == own_schema &&
           std::ranges::find(wanted.schemas, each.name, &catalog::Schema::name) ==
               wanted.schemas.end();
  });
}

}  // namespace architrave::migration

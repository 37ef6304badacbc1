#include "migration/histories.h"

#include <algorithm>
#include <array>

namespace architrave::migration {

namespace {

constexpr std::array<std::string_view, 5> schemas = {"architrave", "sqitch", "drizzle",
                                                     "atlas_schema_revisions", "graphile_migrate"};
constexpr std::array<std::string_view, 18> tables = {"architrave_migrations",
                                                     "flyway_schema_history",
                                                     "schema_version",
                                                     "schema_migrations",
                                                     "ar_internal_metadata",
                                                     "_prisma_migrations",
                                                     "__diesel_schema_migrations",
                                                     "databasechangelog",
                                                     "databasechangeloglock",
                                                     "alembic_version",
                                                     "django_migrations",
                                                     "knex_migrations",
                                                     "knex_migrations_lock",
                                                     "goose_db_version",
                                                     "__EFMigrationsHistory",
                                                     "SequelizeMeta",
                                                     "pgmigrations",
                                                     "_sqlx_migrations"};

bool has(const auto& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool has_schema(const catalog::Catalog& catalog, std::string_view name) {
  return std::ranges::find(catalog.schemas, name, &catalog::Schema::name) != catalog.schemas.end();
}

}  // namespace

void leave_out_histories(catalog::Catalog& live, const catalog::Catalog& other) {
  const auto left_out = [&](const std::string& schema, const std::string& table) {
    if (has(schemas, schema) && !has_schema(other, schema)) return true;
    return has(tables, table) && other.relation(schema, table) == nullptr;
  };
  std::erase_if(live.relations,
                [&](const catalog::Relation& each) { return left_out(each.schema, each.name); });
  std::erase_if(live.sequences, [&](const catalog::Sequence& each) {
    return left_out(each.owned_by_schema, each.owned_by_table) || left_out(each.schema, {});
  });
  std::erase_if(live.types, [&](const catalog::Type& each) { return left_out(each.schema, {}); });
  std::erase_if(live.routines,
                [&](const catalog::Routine& each) { return left_out(each.schema, {}); });
  std::erase_if(live.schemas, [&](const catalog::Schema& each) {
    return has(schemas, each.name) && !has_schema(other, each.name);
  });
}

}  // namespace architrave::migration

#include "migration/run/target.h"

#include "engine/sqlite/source.h"

namespace architrave::migration {

namespace {

constexpr std::string_view scheme = "sqlite:";

}  // namespace

bool is_sqlite(const std::string& database) {
  return database.starts_with(scheme) || sqlite::looks_like_sqlite_file(database);
}

Result<std::unique_ptr<Target>> open_target(const RunOptions& options, bool to_look) {
  for (const char* other : {"mysql:", "mariadb:", "mongodb:", "redis:"})
    if (options.database.starts_with(other))
      return fail("migration.server", "migrations are run on PostgreSQL and SQLite", "--database",
                  "name it as postgresql://HOST/NAME or sqlite:FILE");
  if (is_sqlite(options.database))
    return open_sqlite_target(options,
                              options.database.starts_with(scheme)
                                  ? options.database.substr(scheme.size())
                                  : options.database,
                              to_look);
  return open_postgres_target(options, to_look);
}

}  // namespace architrave::migration

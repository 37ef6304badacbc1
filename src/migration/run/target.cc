#include "migration/run/target.h"

#include "engine/sqlite/source.h"

namespace architrave::migration {

Result<std::unique_ptr<Target>> open_target(const RunOptions& options, bool to_look) {
  constexpr std::string_view sqlite = "sqlite:";
  for (const char* other : {"mysql:", "mariadb:", "mongodb:", "redis:"})
    if (options.database.starts_with(other))
      return fail("migration.server", "migrations are run on PostgreSQL and SQLite", "--database",
                  "name it as postgresql://HOST/NAME or sqlite:FILE");
  if (options.database.starts_with(sqlite))
    return open_sqlite_target(options, options.database.substr(sqlite.size()), to_look);
  if (sqlite::looks_like_sqlite_file(options.database))
    return open_sqlite_target(options, options.database, to_look);
  return open_postgres_target(options, to_look);
}

}  // namespace architrave::migration

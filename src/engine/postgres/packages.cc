#include "engine/postgres/packages.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace architrave::postgres {

namespace {

// Extension -> package, {} being the server's major version. Those that come with the server itself
// (contrib) are installed with it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 30> packages = {{
    {"pg_partman", "postgresql-{}-partman"},
    {"postgis", "postgresql-{}-postgis-3"},
    {"postgis_topology", "postgresql-{}-postgis-3"},
    {"postgis_raster", "postgresql-{}-postgis-3"},
    {"postgis_tiger_geocoder", "postgresql-{}-postgis-3"},
    {"pgrouting", "postgresql-{}-pgrouting"},
    {"pg_cron", "postgresql-{}-cron"},
    {"hypopg", "postgresql-{}-hypopg"},
    {"pgaudit", "postgresql-{}-pgaudit"},
    {"pglogical", "postgresql-{}-pglogical"},
    {"pg_repack", "postgresql-{}-repack"},
    {"pg_hint_plan", "postgresql-{}-pg-hint-plan"},
    {"pg_qualstats", "postgresql-{}-pg-qualstats"},
    {"pg_stat_kcache", "postgresql-{}-pg-stat-kcache"},
    {"pg_wait_sampling", "postgresql-{}-pg-wait-sampling"},
    {"pgvector", "postgresql-{}-pgvector"},
    {"vector", "postgresql-{}-pgvector"},
    {"pgtap", "postgresql-{}-pgtap"},
    {"plv8", "postgresql-{}-plv8"},
    {"plpgsql_check", "postgresql-{}-plpgsql-check"},
    {"pgmemcache", "postgresql-{}-pgmemcache"},
    {"mysql_fdw", "postgresql-{}-mysql-fdw"},
    {"oracle_fdw", "postgresql-{}-oracle-fdw"},
    {"tds_fdw", "postgresql-{}-tds-fdw"},
    {"ip4r", "postgresql-{}-ip4r"},
    {"hll", "postgresql-{}-hll"},
    {"semver", "postgresql-{}-semver"},
    {"rum", "postgresql-{}-rum"},
    {"pgsphere", "postgresql-{}-pgsphere"},
    {"plpython3u", "postgresql-plpython3-{}"},
}};

}  // namespace

std::string install_server(int major) {
  return fmt::format("apt-get install --no-install-recommends postgresql-{}", major);
}

std::string install_extension(std::string_view extension, int major) {
  for (const auto& [name, package] : packages)
    if (name == extension)
      return "apt-get install --no-install-recommends " + fmt::format(fmt::runtime(package), major);
  return {};
}

std::string install_hint(std::string_view message, int major) {
  // could not open extension control file "/usr/share/postgresql/15/extension/NAME.control"
  // extension "NAME" is not available (PostgreSQL 13 and newer)
  static constexpr std::string_view before_names[] = {"extension/", "extension \""};
  if (message.find("control file") == std::string_view::npos &&
      message.find("is not available") == std::string_view::npos)
    return {};
  for (const std::string_view before : before_names) {
    const std::size_t at = message.find(before);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = message.substr(at + before.size());
    const std::string name(rest.substr(0, rest.find_first_of(".\"")));
    std::string command = install_extension(name, major);
    if (!command.empty()) return command;
    return fmt::format("install the extension {} for PostgreSQL {} from its own source", name,
                       major);
  }
  return {};
}

}  // namespace architrave::postgres

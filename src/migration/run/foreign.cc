#include "migration/run/foreign.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"

namespace architrave::migration {

namespace {

// A tool's table, a column that only its table has, and a query for what it holds, in order:
// version, by whom, started, finished, and what it is: "applied", "undone", "failed", or "upto" for
// all that stands before it as well. On SQLite the same, where the words differ: none, no such
// tool.
struct Tool {
  const char* name;
  const char* table;
  const char* column;
  const char* query;
  const char* on_sqlite;
};
constexpr std::array<Tool, 6> tools = {{
    {"flyway", "flyway_schema_history", "installed_rank",
     "SELECT coalesce(version, 'R__' || replace(description, ' ', '_')), installed_by,"
     " (installed_on - execution_time * interval '1 ms')::text, installed_on::text,"
     " CASE WHEN NOT success THEN 'failed' WHEN type LIKE 'UNDO%' OR type = 'DELETE' THEN 'undone'"
     " WHEN type LIKE '%BASELINE' THEN 'upto' WHEN type = 'SCHEMA' THEN 'other' ELSE 'applied' END"
     " FROM flyway_schema_history ORDER BY installed_rank",
     "SELECT coalesce(version, 'R__' || replace(description, ' ', '_')), installed_by, "
     "installed_on,"
     " installed_on,"
     " CASE WHEN NOT success THEN 'failed' WHEN type LIKE 'UNDO%' OR type = 'DELETE' THEN 'undone'"
     " WHEN type LIKE '%BASELINE' THEN 'upto' WHEN type = 'SCHEMA' THEN 'other' ELSE 'applied' END"
     " FROM flyway_schema_history ORDER BY installed_rank"},
    {"golang-migrate", "schema_migrations", "dirty",
     "SELECT version::text, '', '', '', CASE WHEN dirty THEN 'failed' ELSE 'upto' END"
     " FROM schema_migrations",
     "SELECT version, '', '', '', CASE WHEN dirty THEN 'failed' ELSE 'upto' END"
     " FROM schema_migrations"},
    {"dbmate", "schema_migrations", "version",
     "SELECT version::text, '', '', '', 'applied' FROM schema_migrations ORDER BY version",
     "SELECT version, '', '', '', 'applied' FROM schema_migrations ORDER BY version"},
    {"sqitch", "sqitch.changes", "change_id",
     "SELECT change, committer_name, committed_at::text, committed_at::text, 'applied'"
     " FROM sqitch.changes ORDER BY committed_at",
     nullptr},
    {"prisma", "_prisma_migrations", "migration_name",
     "SELECT migration_name, '', started_at::text, coalesce(finished_at::text, ''),"
     " CASE WHEN rolled_back_at IS NOT NULL THEN 'other' WHEN finished_at IS NULL THEN 'failed'"
     " ELSE 'applied' END FROM _prisma_migrations ORDER BY started_at",
     // Moments are milliseconds since 1970.
     "SELECT migration_name, '', datetime(started_at / 1000, 'unixepoch'),"
     " coalesce(datetime(finished_at / 1000, 'unixepoch'), ''),"
     " CASE WHEN rolled_back_at IS NOT NULL THEN 'other' WHEN finished_at IS NULL THEN 'failed'"
     " ELSE 'applied' END FROM _prisma_migrations ORDER BY started_at"},
    {"diesel", "__diesel_schema_migrations", "run_on",
     "SELECT version, '', run_on::text, run_on::text, 'applied' FROM __diesel_schema_migrations"
     " ORDER BY version",
     "SELECT version, '', run_on, run_on, 'applied' FROM __diesel_schema_migrations"
     " ORDER BY version"},
}};

const char* query_of(const Tool& tool, Dialect dialect) {
  return dialect == Dialect::sqlite ? tool.on_sqlite : tool.query;
}

Result<bool> has(const Asked& database, const Tool& tool) {
  if (query_of(tool, database.dialect) == nullptr) return false;
  auto rows = database.ask(
      database.dialect == Dialect::sqlite
          ? "SELECT 1 FROM pragma_table_info('" + std::string(tool.table) + "') WHERE name = '" +
                tool.column + "'"
          : "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('" +
                std::string(tool.table) + "') AND attname = '" + tool.column + "'");
  if (!rows) return fail(rows);
  return !rows->empty();
}

// Where else a table of that name is: what to do when it is not in the search_path.
std::string elsewhere(const Asked& database, const Tool& tool) {
  std::string usual = "check the database, and the search_path of its role";
  if (database.dialect == Dialect::sqlite) return usual;
  auto rows = database.ask(
      "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_attribute a"
      " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE c.relname = '" +
      std::string(tool.table) + "' AND a.attname = '" + tool.column + "' ORDER BY 1");
  if (!rows || rows->empty()) return usual;
  std::vector<std::string> schemas;
  for (const auto& row : *rows) schemas.push_back(row[0]);
  return "there is one in " + join(schemas, ", ") + ": PGOPTIONS='-c search_path=" + schemas[0] +
         "' reads it";
}

std::unexpected<Error> wrong(std::string message, std::string hint) {
  return fail("migration.takeover", std::move(message), {}, std::move(hint));
}

bool same_version(std::string_view a, std::string_view b) {
  return !version_less(a, b) && !version_less(b, a);
}

// Where in the folder the tool's n-th mention of a version is (sqitch mentions a reworked change
// again); the folder's size if nowhere.
std::size_t place(const Folder& folder, const std::string& version, int mention) {
  const auto& list = folder.migrations;
  const auto digits = [](const std::string& text) {
    std::string out;
    for (const char each : text)
      if (each >= '0' && each <= '9') out += each;
    return out;
  };
  if (folder.layout == Layout::sqitch) {
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i].name == version && mention-- == 0) return i;
    return list.size();
  }
  for (std::size_t i = 0; i < list.size(); ++i)
    if (same_version(list[i].version, version) || list[i].version + '_' + list[i].name == version)
      return i;
  // Diesel keeps the digits of 2024-01-02-000000.
  for (std::size_t i = 0; i < list.size(); ++i)
    if (folder.layout == Layout::folders && digits(list[i].version) == version) return i;
  return list.size();
}

}  // namespace

Result<std::vector<std::string>> foreign_histories(const Asked& database) {
  std::vector<std::string> found;
  for (const Tool& tool : tools) {
    auto there = has(database, tool);
    if (!there) return fail(there);
    const bool shadowed = std::string_view(tool.name) == "dbmate" &&
                          std::ranges::find(found, "golang-migrate") != found.end();
    if (*there && !shadowed) found.emplace_back(tool.name);
  }
  return found;
}

Result<std::vector<Entry>> read_foreign(const Asked& database, const std::string& name,
                                        const Folder& folder) {
  const auto tool =
      std::ranges::find_if(tools, [&](const Tool& each) { return each.name == name; });
  if (tool == tools.end())
    return wrong("there is no takeover from " + name,
                 "it is flyway, golang-migrate, dbmate, sqitch, prisma or diesel");
  auto there = has(database, *tool);
  if (!there) return fail(there);
  if (!*there)
    return wrong(std::string("this database has no table ") + tool->table + " of " + name,
                 elsewhere(database, *tool));
  if (name == "dbmate") {
    // The same name, and one row for all that is applied.
    auto other = foreign_histories(database);
    if (!other) return fail(other);
    if (std::ranges::find(*other, "golang-migrate") != other->end())
      return wrong("this table schema_migrations is golang-migrate's, not dbmate's",
                   "--from golang-migrate");
  }
  auto rows = database.ask(query_of(*tool, database.dialect));
  if (!rows) return fail(rows);
  const std::vector<Migration>& migrations = folder.migrations;
  std::vector<std::optional<Entry>> entries(migrations.size());
  std::map<std::string, int> mentions;
  for (const std::vector<std::string>& row : *rows) {
    const std::string& version = row[0];
    const std::string& kind = row[4];
    if (kind == "other") continue;
    if (kind == "failed")
      return wrong(name + " stopped half way in " + version,
                   "finish or undo it with " + name + " (or by hand), then take over");
    const std::size_t at = place(folder, version, mentions[version]);
    if (kind != "undone") ++mentions[version];
    // A baseline may stand before the first migration of the folder.
    if (at == migrations.size() && kind == "upto" && name == "flyway") {
      for (std::size_t i = 0; i < at; ++i)
        if (!version_less(version, migrations[i].version) && !migrations[i].repeatable)
          entries[i] = Entry{migrations[i].version, migrations[i].name};
      continue;
    }
    if (at == migrations.size())
      return wrong(name + " has applied " + version + ", which is not in " + folder.path.string(),
                   "name the folder that " + name + " works with: --dir");
    for (std::size_t i = kind == "upto" ? 0 : at; i <= at; ++i) {
      const Migration& migration = migrations[i];
      Entry entry{migration.version, migration.name};
      entry.by = row[1];
      entry.started = row[2];
      entry.finished = row[3];
      entries[i] = std::move(entry);
    }
    if (kind == "undone") entries[at].reset();
  }
  std::vector<Entry> taken;
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (!entries[i]) continue;
    Entry& entry = taken.emplace_back(entry_of(migrations[i], State::applied));
    entry.started = entries[i]->started;
    entry.finished = entries[i]->finished;
    entry.by = entries[i]->by;
  }
  return taken;
}

}  // namespace architrave::migration

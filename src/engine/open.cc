// Opens what a source resolved to, and starts sandboxes of it.

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "base/text.h"
#include "catalog/postgres/writer.h"
#include "engine/engine.h"
#include "engine/planner.h"
#include "engine/postgres/attempt.h"
#include "engine/postgres/empty_indexes.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/row_sample.h"
#include "engine/postgres/sandbox.h"
#include "engine/postgres/script_loader.h"
#include "engine/postgres/server.h"
#include "engine/postgres/statistics.h"
#include "engine/postgres/twin.h"
#include "engine/postgres/what_if.h"
#include "engine/source.h"
#include "engine/sqlite/attempt.h"
#include "engine/sqlite/source.h"
#include "engine/sqlite/sqlite.h"
#include "engine/sqlite/writer.h"

namespace architrave::engine {

std::string LoadProblem::where() const {
  return fmt::format("{}:{}", file, line) + (column > 0 ? fmt::format(":{}", column) : "");
}

namespace {

constexpr std::uintmax_t most_copied = 256U << 20;  // bytes of a file whose rows are copied

void say(const OpenOptions& options, std::string_view what) {
  if (options.progress) options.progress(what);
}

std::string join_lines(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& statement : statements) text += statement + ";\n";
  return text;
}

// The server for a sandbox of this source; says so where it is not the source's own version.
Result<postgres::Installation> installation_for(Opened& opened) {
  const int major = opened.catalog.server.version_number / 10000;
  Result<postgres::Installation> chosen = postgres::choose_installation(major);
  if (chosen && chosen->major != major)
    opened.notes.push_back(fmt::format(
        "there is no PostgreSQL {} server on this machine; the sandbox is PostgreSQL {}", major,
        chosen->version));
  return chosen;
}

Result<std::unique_ptr<Sandbox>> start_postgres(
    Opened& opened, Fill fill, std::shared_ptr<const postgres::Statistics> statistics) {
  const Result<postgres::Installation> installation = installation_for(opened);
  if (!installation) return std::unexpected(installation.error());
  auto sandbox = postgres::sandbox_with(opened.catalog, std::move(statistics), *installation);
  if (!sandbox) return fail(sandbox);
  if (fill == Fill::twin)
    if (const Status taken = (*sandbox)->take_statistics(); !taken)
      return std::unexpected(taken.error());
  return std::unique_ptr<Sandbox>(std::move(*sandbox));
}

// A twin of a sandbox that holds rows and was analyzed.
Result<std::unique_ptr<postgres::PostgresSandbox>> twin_of(postgres::PostgresSandbox& rows,
                                                           const catalog::Catalog& catalog) {
  // The heights of indexes are read from their files.
  if (Status flushed = rows.connection().execute("CHECKPOINT"); !flushed) return fail(flushed);
  auto statistics = postgres::read_statistics(rows.connection(), catalog);
  if (!statistics) return std::unexpected(statistics.error());
  auto twin = postgres::sandbox_with(
      catalog, std::make_shared<const postgres::Statistics>(std::move(*statistics)),
      rows.server().installation());
  if (!twin) return twin;
  if (Status taken = (*twin)->take_statistics(); !taken) return fail(taken);
  return twin;
}

// Asks the sandbox that holds the source: a twin of it, or its rows; where its server has no
// HypoPG, always a twin.
Result<std::unique_ptr<Planner>> plan_in_sandbox(Opened& opened) {
  if (!opened.sandbox) {
    auto made = make_sandbox(opened, Fill::twin);
    if (!made) return fail(made);
    opened.sandbox = std::move(*made);
  }
  auto& sandbox = dynamic_cast<postgres::PostgresSandbox&>(*opened.sandbox);
  auto asked = postgres::make_what_if({.connection = sandbox.connection_string(),
                                       .options = {},
                                       .description = sandbox.description(),
                                       .is_own = true,
                                       .twin = sandbox.has_statistics() ? &sandbox : nullptr});
  if (asked || asked.error().code != "planner.hypopg") return asked;
  if (sandbox.has_statistics()) return postgres::make_empty_indexes(sandbox);
  auto twin = twin_of(sandbox, opened.catalog);
  if (!twin) return fail(twin);
  return postgres::make_empty_indexes(std::move(*twin));
}

std::string name_of_live(const postgres::Connection& connection) {
  const char* from_libpq = PQhost(connection.raw());
  const std::string host = from_libpq != nullptr ? from_libpq : "";
  return fmt::format("{}{} as {}", connection.database(), host.empty() ? "" : " on " + host,
                     connection.user());
}

// What is planned without statistics is planned by guesses, and has to be said.
void note_unread(Opened& opened, const std::vector<catalog::Unread>& unread) {
  constexpr std::size_t most = 3;
  if (unread.empty()) return;
  std::vector<std::string> parts;
  for (const catalog::Unread& each : unread)
    if (parts.size() < most) parts.push_back(each.what + " (" + each.why + ")");
  if (unread.size() > most) parts.push_back(fmt::format("{} more", unread.size() - most));
  std::string note = "the planner's guesses stand for what could not be read: " + join(parts, ", ");
  if (note.find("may not read") != std::string::npos)
    note += "; SELECT on the tables, or pg_read_all_data, lets a role read them";
  if (std::ranges::find(opened.notes, note) == opened.notes.end())
    opened.notes.push_back(std::move(note));
}

Result<Opened> open_live(const Resolved& resolved, const OpenOptions& options) {
  say(options, "connecting");
  const postgres::ConnectOptions connect{.statement_timeout = options.statement_timeout,
                                         .read_only = true};
  Result<postgres::Connection> connection =
      postgres::Connection::open(resolved.connection, connect);
  if (!connection) return fail(connection);
  say(options, "reading the catalog");
  Result<catalog::Catalog> catalog = postgres::read_catalog(*connection);
  if (!catalog) return fail(catalog);
  Opened opened;
  opened.catalog = std::move(*catalog);
  opened.source = {"live", "postgresql", opened.catalog.server.version, name_of_live(*connection)};
  const std::string source = resolved.connection;
  const auto asked = std::make_shared<std::optional<postgres::Connection>>();
  opened.ask = [source, connect, asked](const std::vector<std::string>& queries,
                                        double seconds) -> Result<std::vector<Attempt>> {
    if (!*asked) {
      auto again = postgres::Connection::open(source, connect);
      if (!again) return fail(again);
      *asked = std::move(*again);
    }
    return postgres::attempt(**asked, queries, seconds);
  };
  opened.take_rows = [source, connect](Opened& self, Sandbox& sandbox,
                                       const catalog::Catalog& wanted) -> Result<RowsTaken> {
    auto again = postgres::Connection::open(source, connect);
    if (!again) return fail(again);
    return postgres::take_rows(*again,
                               dynamic_cast<postgres::PostgresSandbox&>(sandbox).connection(),
                               self.catalog, wanted);
  };
  opened.start_sandbox = [source, connect](Opened& self,
                                           Fill fill) -> Result<std::unique_ptr<Sandbox>> {
    Result<postgres::Connection> again = postgres::Connection::open(source, connect);
    if (!again) return fail(again);
    Result<postgres::Statistics> statistics = postgres::read_statistics(*again, self.catalog);
    if (!statistics) return fail(statistics);
    if (fill == Fill::twin) note_unread(self, statistics->unread);
    return start_postgres(self, fill,
                          std::make_shared<const postgres::Statistics>(std::move(*statistics)));
  };
  opened.start_planner = [source, connect](Opened& self) {
    const std::string description = "PostgreSQL " + self.catalog.server.version;
    auto there = postgres::make_what_if({source, connect, description, /*is_own=*/false});
    if (there || there.error().code != "planner.hypopg") return there;
    self.notes.emplace_back(
        "the server has no HypoPG: a twin of it was asked, which plans like it and holds no rows");
    return plan_in_sandbox(self);
  };
  return opened;
}

Result<Opened> open_twin(const Resolved& resolved) {
  Result<postgres::Twin> twin = postgres::read_twin(resolved.bytes);
  if (!twin) {
    Error error = std::move(twin.error());
    error.where = resolved.path.string();
    return std::unexpected(std::move(error));
  }
  Opened opened;
  opened.catalog = std::move(twin->catalog);
  opened.source = {"twin", "postgresql", opened.catalog.server.version, resolved.path.string()};
  const auto statistics = std::make_shared<const postgres::Statistics>(std::move(twin->statistics));
  opened.start_sandbox = [statistics](Opened& self, Fill fill) {
    return start_postgres(self, fill, statistics);
  };
  opened.start_planner = plan_in_sandbox;
  return opened;
}

// What a sandbox's server knows of itself says nothing of the one that will run the schema.
void forget_server(catalog::Catalog& catalog) {
  const catalog::Server seen = std::move(catalog.server);
  catalog.server = {.engine = seen.engine,
                    .version = seen.version,
                    .version_number = seen.version_number,
                    .database = seen.database,
                    .encoding = seen.encoding,
                    .collation = seen.collation,
                    .role = seen.role,
                    .superuser = seen.superuser};
  catalog.settings.clear();
}

std::string name_of(const Resolved& resolved) {
  return resolved.path == "-" ? "standard input" : resolved.path.string();
}

// What went wrong in a translated script is said of the line that declares it.
void point_back(std::vector<LoadProblem>& problems, const std::vector<SqlFile>& files) {
  for (LoadProblem& each : problems)
    for (const SqlFile& file : files) {
      const auto line = static_cast<std::size_t>(each.line);
      if (file.file != each.file || line == 0 || line > file.origins.size()) continue;
      const Origin& origin = file.origins[line - 1];
      each.file = origin.file;
      each.line = origin.line;
      each.column = 0;
      break;
    }
}

Result<Opened> open_postgres_sql(const Resolved& resolved, const OpenOptions& options) {
  const Result<postgres::Installation> installation =
      postgres::choose_installation(options.server_version);
  if (!installation) return std::unexpected(installation.error());
  say(options, "starting a sandbox");
  auto sandbox = postgres::make_empty_sandbox(*installation);
  if (!sandbox) return fail(sandbox);
  std::vector<postgres::Script> scripts;
  for (const SqlFile& file : resolved.files) scripts.push_back({file.file, file.text});
  say(options, "loading the SQL");
  Result<postgres::Loaded> loaded = postgres::load_scripts(scripts, **sandbox);
  if (!loaded) return fail(loaded);
  point_back(loaded->problems, resolved.files);
  if (!loaded->problems.empty() && std::ssize(loaded->problems) >= loaded->statements) {
    const LoadProblem& first = loaded->problems.front();
    const bool is_model = !resolved.files.front().origins.empty();
    return fail("sql.load", first.message, first.where(),
                !first.hint.empty() || is_model
                    ? first.hint
                    : "no statement of it loaded: is it SQL for PostgreSQL?");
  }
  say(options, "reading the catalog");
  Result<catalog::Catalog> catalog = (*sandbox)->read();
  if (!catalog) return fail(catalog);
  Opened opened;
  opened.catalog = std::move(*catalog);
  forget_server(opened.catalog);
  opened.source = {resolved.is_folder ? "folder" : "file", "postgresql",
                   opened.catalog.server.version, name_of(resolved)};
  opened.problems = std::move(loaded->problems);
  opened.notes = std::move(loaded->notes);
  opened.sandbox = std::move(*sandbox);
  opened.start_sandbox = [](Opened& self, Fill fill) {
    return start_postgres(self, fill, nullptr);
  };
  opened.start_planner = [](Opened& self) -> Result<std::unique_ptr<Planner>> {
    if (auto* held = dynamic_cast<postgres::PostgresSandbox*>(self.sandbox.get())) {
      // The rows came with the file; what the planner knows of them does not.
      const auto analyzed = held->connection().query("ANALYZE");
      if (!analyzed) return std::unexpected(analyzed.error());
      Result<catalog::Catalog> counted = held->read();
      if (!counted) return fail(counted);
      counted->server = std::move(self.catalog.server);
      counted->settings = std::move(self.catalog.settings);
      self.catalog = std::move(*counted);
    }
    return plan_in_sandbox(self);
  };
  return opened;
}

Result<Opened> open_sqlite(Result<Opened> opened) {
  if (opened)
    opened->start_sandbox = [](Opened& self, Fill) { return sqlite::make_sandbox(self.catalog); };
  return opened;
}

Result<Opened> open_sqlite_file(const std::filesystem::path& path) {
  Result<Opened> opened = sqlite::open_file(path);
  if (!opened) return opened;
  opened->start_sandbox = [path](Opened& self, Fill fill) {
    std::error_code unknown;
    const bool small = std::filesystem::file_size(path, unknown) <= most_copied && !unknown;
    return fill == Fill::rows && small ? sqlite::copy_file(path)
                                       : sqlite::make_sandbox(self.catalog);
  };
  opened->ask = [path](const std::vector<std::string>& queries,
                       double seconds) -> Result<std::vector<Attempt>> {
    auto connection = sqlite::Connection::open_file(path);
    if (!connection) return fail(connection);
    connection->confine();
    return sqlite::attempt(*connection, queries, seconds);
  };
  return opened;
}

// What looks like MySQL's may be SQLite's, which takes any type's name: whether it loads tells.
Result<Opened> open_sqlite_sql(const Resolved& resolved) {
  std::vector<sqlite::Script> scripts;
  for (const SqlFile& file : resolved.files) scripts.push_back({file.file, file.text});
  Result<Opened> opened = open_sqlite(sqlite::load_scripts(scripts, name_of(resolved)));
  if (opened) point_back(opened->problems, resolved.files);
  if (resolved.dialect == Dialect::mysql && (!opened || !opened->problems.empty()))
    return fail("source.unsupported", "this looks like a script for MySQL, which can't be read yet",
                name_of(resolved),
                "if it is for PostgreSQL or SQLite all the same, say --engine postgresql or "
                "--engine sqlite");
  return opened;
}

}  // namespace

Result<Opened> open(const std::string& source, const OpenOptions& options) {
  const Result<Resolved> resolved = resolve(source, options.engine, options.may_be_empty);
  if (!resolved) return std::unexpected(resolved.error());
  switch (resolved->kind) {
    case Resolved::Kind::postgres_live:
      return open_live(*resolved, options);
    case Resolved::Kind::twin:
      return open_twin(*resolved);
    case Resolved::Kind::sqlite_file:
      return open_sqlite_file(resolved->path);
    case Resolved::Kind::sql:
      break;
  }
  Result<Opened> opened = resolved->dialect == Dialect::postgresql
                              ? open_postgres_sql(*resolved, options)
                              : open_sqlite_sql(*resolved);
  if (opened) opened->source.language = resolved->language;
  return opened;
}

Result<std::unique_ptr<Sandbox>> make_sandbox(Opened& opened, Fill fill) {
  if (opened.sandbox) return std::move(opened.sandbox);
  return opened.start_sandbox(opened, fill);
}

Result<std::unique_ptr<Planner>> make_planner(Opened& opened) {
  if (opened.start_planner) return opened.start_planner(opened);
  return fail("planner.engine", "there is no planner to ask what if for " + opened.source.engine,
              opened.source.name, "this is for PostgreSQL: a live database, a twin or a .sql file");
}

Result<TwinFile> make_twin(const std::string& source, bool without_values,
                           const OpenOptions& options) {
  const Result<Resolved> resolved = resolve(source, options.engine, options.may_be_empty);
  if (!resolved) return std::unexpected(resolved.error());
  postgres::Twin twin;
  if (resolved->kind == Resolved::Kind::twin) {
    Result<postgres::Twin> read = postgres::read_twin(resolved->bytes);
    if (!read) return fail(read);
    twin = std::move(*read);
  } else if (resolved->kind == Resolved::Kind::postgres_live) {
    say(options, "connecting");
    Result<postgres::Connection> connection = postgres::Connection::open(
        resolved->connection, {.statement_timeout = options.statement_timeout, .read_only = true});
    if (!connection) return fail(connection);
    say(options, "reading the catalog");
    Result<catalog::Catalog> catalog = postgres::read_catalog(*connection);
    if (!catalog) return fail(catalog);
    say(options, "reading the planner's statistics");
    Result<postgres::Statistics> statistics = postgres::read_statistics(*connection, *catalog);
    if (!statistics) return fail(statistics);
    twin.catalog = std::move(*catalog);
    twin.statistics = std::move(*statistics);
  } else {
    return fail("source.unsupported",
                "a twin is made of a live PostgreSQL database or another twin", source,
                "architrave twin postgresql:///NAME -o NAME.twin");
  }
  if (without_values) postgres::remove_values(twin);
  TwinFile file;
  for (const auto* list : {&twin.catalog.unread, &twin.statistics.unread})
    for (const catalog::Unread& unread : *list)
      file.notes.push_back("not read: " + unread.what + ": " + unread.why);
  Result<std::string> bytes = postgres::write_twin(twin);
  if (!bytes) return fail(bytes);
  file.bytes = std::move(*bytes);
  return file;
}

std::string to_sql(const catalog::Catalog& catalog) {
  if (catalog.server.engine == "sqlite") return join_lines(sqlite::write(catalog));
  std::string text;
  for (const postgres::Correction& each : postgres::corrections(catalog))
    text += "-- " + replace_all(each.note, "\n", "\n-- ") + "\n";
  return text + join_lines(postgres::write(catalog, {.version = catalog.server.version_number}));
}

}  // namespace architrave::engine

#include "engine/sqlite/source.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "engine/sqlite/loader.h"
#include "engine/sqlite/reader.h"
#include "engine/sqlite/sandbox.h"
#include "engine/sqlite/sqlite.h"
#include "engine/sqlite/writer.h"

namespace architrave::sqlite {

namespace fs = std::filesystem;
using engine::Opened;

namespace {

// What changes when somebody writes to the database.
struct Stamp {
  std::uintmax_t size = 0;
  fs::file_time_type changed;
  bool has_log = false;
  bool operator==(const Stamp&) const = default;
};

Stamp stamp(const fs::path& path) {
  std::error_code ignored;
  fs::path log = path;
  log += "-wal";
  return {fs::file_size(path, ignored), fs::last_write_time(path, ignored),
          fs::exists(log, ignored)};
}

}  // namespace

bool looks_like_sqlite_file(const fs::path& path) {
  constexpr std::string_view magic("SQLite format 3\0", 16);
  std::array<char, 16> header{};
  std::ifstream file(path, std::ios::binary);
  return file.read(header.data(), header.size()) &&
         std::string_view(header.data(), header.size()) == magic;
}

Result<Opened> open_file(const fs::path& path, double wait_seconds) {
  Opened opened;
  opened.source = {"live", "sqlite", library_version(), path.string()};
  // A file that was opened as one that nobody changes may be changed all the same: then again.
  for (int attempt = 0;; ++attempt) {
    const Stamp before = stamp(path);
    auto connection = Connection::open_file(path, wait_seconds);
    if (!connection) return fail(connection);
    auto catalog = read_catalog(*connection);
    if (connection->is_immutable() && stamp(path) != before) {
      if (attempt < 3) continue;
      return fail("sqlite.locked", "the database changes while it is read", path.string(),
                  "look at a copy made by sqlite3 FILE '.backup COPY'");
    }
    if (!catalog) {
      if (catalog.error().where.empty()) catalog.error().where = path.string();
      return fail(catalog);
    }
    opened.catalog = std::move(*catalog);
    if (before.size == 0)
      opened.notes.push_back(path.string() + " is empty: a database of no tables");
    break;
  }
  opened.catalog.server.database = path.filename().string();
  opened.catalog.server.read_at = report_time();
  return opened;
}

Result<std::unique_ptr<engine::Sandbox>> copy_file(const fs::path& path) {
  auto connection = Connection::open_file(path);
  if (!connection) return fail(connection);
  auto sandbox = SqliteSandbox::make(&*connection);
  if (!sandbox) return fail(sandbox);
  return std::unique_ptr<engine::Sandbox>(std::move(*sandbox));
}

Result<Opened> load_script(const std::string& text, const std::string& file) {
  return load_scripts({{file, text}}, file);
}

Result<Opened> load_scripts(const std::vector<Script>& scripts, const std::string& name) {
  auto connection = Connection::open_memory();
  if (!connection) return fail(connection);
  Opened opened;
  for (const Script& script : scripts) {
    auto loaded = run_script(*connection, script.text, script.file);
    if (!loaded) return fail(loaded);
    std::ranges::move(loaded->problems, std::back_inserter(opened.problems));
    std::ranges::move(loaded->notes, std::back_inserter(opened.notes));
  }
  // Read where it ran, since the settings that the script made are its connection's.
  auto catalog = read_catalog(*connection);
  if (!catalog) return fail(catalog);
  auto sandbox = SqliteSandbox::make(&*connection);
  if (!sandbox) return fail(sandbox);
  opened.source = {"file", "sqlite", library_version(), name};
  opened.catalog = std::move(*catalog);
  opened.catalog.server.database = fs::path(name).filename().string();
  opened.sandbox = std::move(*sandbox);
  return opened;
}

Result<std::unique_ptr<engine::Sandbox>> make_sandbox(const catalog::Catalog& catalog) {
  auto sandbox = SqliteSandbox::make();
  if (!sandbox) return fail(sandbox);
  auto outcomes = (*sandbox)->run({{write(catalog), true}});
  if (!outcomes) return fail(outcomes);
  if (!outcomes->front().ok) {
    return fail("sql.load", outcomes->front().error, outcomes->front().statement);
  }
  return std::unique_ptr<engine::Sandbox>(std::move(*sandbox));
}

}  // namespace architrave::sqlite

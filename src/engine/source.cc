#include "engine/source.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "engine/model/translate.h"
#include "engine/postgres/twin.h"
#include "engine/sqlite/source.h"

namespace architrave::engine {

namespace {

constexpr const char* forms =
    "a source is postgresql://HOST/NAME, sqlite:FILE, a .sql, .prisma or .dbml file or a folder of "
    "them, a .twin, or - for SQL on stdin";

// A keyword string for libpq: "host=/run/postgresql dbname=shop".
bool is_keyword_string(std::string_view source) {
  static constexpr std::array<std::string_view, 8> keywords = {
      "host=", "dbname=", "port=", "user=", "service=", "hostaddr=", "sslmode=", "password="};
  return std::ranges::any_of(keywords, [&](std::string_view keyword) {
    return source.starts_with(keyword) ||
           source.find(' ' + std::string(keyword)) != std::string_view::npos;
  });
}

// Down migrations undo what the others make: a folder is loaded as it stands after all ups.
bool is_undo(const std::filesystem::path& path) {
  const std::string name = lower(path.filename().string());
  return name == "down.sql" || name.ends_with(".down.sql") || name.ends_with("_down.sql") ||
         name.ends_with(".undo.sql") || name.ends_with("_rollback.sql");
}

struct Found {
  std::vector<std::filesystem::path> sql;
  std::vector<std::filesystem::path> prisma;
  std::vector<std::filesystem::path> dbml;
};

Result<Found> files_of(const std::filesystem::path& folder) {
  Found found;
  std::error_code error;
  auto each = std::filesystem::recursive_directory_iterator(folder, error);
  for (; !error && each != std::filesystem::recursive_directory_iterator(); each.increment(error)) {
    if (!each->is_regular_file(error)) continue;
    const auto language = model::language_of(each->path());
    if (language)
      (language == model::Language::prisma ? found.prisma : found.dbml).push_back(each->path());
    else if (lower(each->path().extension().string()) == ".sql" && !is_undo(each->path()))
      found.sql.push_back(each->path());
  }
  if (error)
    return fail("file.read", "cannot read the folder " + folder.string() + ": " + error.message(),
                folder.string(), "check that you may read it and the folders in it");
  if (found.sql.empty() && found.prisma.empty() && found.dbml.empty())
    return fail("source.empty", "there are no .sql files in " + folder.string(), folder.string(),
                "name the folder that holds the schema or its migrations as .sql files");
  for (auto* list : {&found.sql, &found.prisma, &found.dbml}) std::ranges::sort(*list);
  if (!found.sql.empty() && !found.prisma.empty())
    return fail("source.ambiguous",
                folder.string() + " holds a Prisma schema and .sql files, which may be two things",
                folder.string(),
                "name one: " + found.prisma.front().string() + ", or the folder of " +
                    found.sql.front().string());
  return found;
}

Result<Resolved> sql(Resolved resolved, std::string_view engine) {
  if (engine == "sqlite") {
    resolved.dialect = Dialect::sqlite;
  } else if (engine.empty()) {
    std::string sample;
    for (const SqlFile& file : resolved.files) sample += file.text.substr(0, 200'000) + '\n';
    resolved.dialect = guess_dialect(sample);
  }
  resolved.kind = Resolved::Kind::sql;
  return resolved;
}

Result<Resolved> translated(Resolved resolved, model::Language language, std::string_view engine) {
  std::vector<model::File> files;
  for (SqlFile& each : resolved.files)
    files.push_back({std::move(each.file), std::move(each.text)});
  Result<model::Script> script = model::translate(files, language, engine);
  if (!script) return fail(script);
  SqlFile made{resolved.path.string(), std::move(script->text)};
  for (const model::Place& place : script->places)
    made.origins.push_back({files[static_cast<std::size_t>(place.file)].name, place.line});
  resolved.files = {std::move(made)};
  resolved.dialect =
      script->engine == model::Engine::sqlite ? Dialect::sqlite : Dialect::postgresql;
  resolved.language = language == model::Language::prisma ? "Prisma" : "DBML";
  resolved.kind = Resolved::Kind::sql;
  return resolved;
}

Result<Resolved> folder(const std::filesystem::path& path, std::string_view engine) {
  Resolved resolved;
  resolved.path = path;
  resolved.is_folder = true;
  const auto found = files_of(path);
  if (!found) return std::unexpected(found.error());
  const auto& paths = !found->sql.empty()      ? found->sql
                      : !found->prisma.empty() ? found->prisma
                                               : found->dbml;
  for (const std::filesystem::path& each : paths) {
    Result<std::string> text = read_file(each);
    if (!text) return fail(text);
    resolved.files.push_back({each.string(), std::move(*text)});
  }
  if (const auto language = model::language_of(paths.front()))
    return translated(std::move(resolved), *language, engine);
  return sql(std::move(resolved), engine);
}

bool is_binary(std::string_view bytes) {
  return bytes.substr(0, 65536).find('\0') != std::string_view::npos;
}

Result<Resolved> file(const std::string& path, std::string_view engine, bool may_be_empty) {
  Resolved resolved;
  resolved.path = path;
  if (path != "-" && sqlite::looks_like_sqlite_file(path)) {
    resolved.kind = Resolved::Kind::sqlite_file;
    return resolved;
  }
  Result<std::string> bytes = read_file(path);
  if (!bytes) return fail(bytes);
  if (path.ends_with(".twin") || bytes->starts_with(postgres::twin_magic)) {
    resolved.kind = Resolved::Kind::twin;
    resolved.bytes = std::move(*bytes);
    return resolved;
  }
  if (is_binary(*bytes))
    return fail("source.unknown", path + " is neither SQL nor a SQLite database nor a twin", path,
                forms);
  if (trim(*bytes).empty() && !may_be_empty)
    return fail("source.empty", (path == "-" ? "standard input" : path) + " is empty", path,
                "give it SQL that creates a schema, such as what pg_dump --schema-only prints");
  resolved.files.push_back({path, std::move(*bytes)});
  if (const auto language = model::language_of(path))
    return translated(std::move(resolved), *language, engine);
  return sql(std::move(resolved), engine);
}

}  // namespace

Dialect guess_dialect(std::string_view text) {
  const std::string words = lower(text);
  static constexpr std::array<std::string_view, 7> mysql_only = {
      "engine=", "engine =", "auto_increment", "default charset",
      "/*!40",   "unsigned", "lock tables"};
  const auto signs = std::ranges::count_if(
      mysql_only, [&](std::string_view sign) { return words.find(sign) != std::string::npos; });
  if (signs >= 2) return Dialect::mysql;
  return sqlite::looks_like_sqlite_script(text) ? Dialect::sqlite : Dialect::postgresql;
}

Result<Resolved> resolve(const std::string& source, std::string_view engine, bool may_be_empty) {
  Resolved resolved;
  if (source.empty() || source.starts_with("postgresql://") || source.starts_with("postgres://") ||
      is_keyword_string(source)) {
    resolved.connection = source;
    return resolved;
  }
  if (source.starts_with("sqlite:")) {
    std::string path = source.substr(7);
    if (path.starts_with("//")) path = path.substr(2);
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return folder(path, "sqlite");
    if (path.ends_with(".sql") || path == "-" || model::language_of(path))
      return file(path, "sqlite", may_be_empty);
    resolved.kind = Resolved::Kind::sqlite_file;
    resolved.path = path;
    return resolved;
  }
  if (const std::size_t scheme = source.find("://"); scheme != std::string::npos)
    return fail("source.unsupported",
                "databases of the kind " + source.substr(0, scheme) + ":// can't be read yet", {},
                forms);
  std::error_code ignored;
  if (std::filesystem::is_directory(source, ignored)) return folder(source, engine);
  return file(source, engine, may_be_empty);
}

}  // namespace architrave::engine

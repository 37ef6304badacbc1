// The layouts of migration folders: which files make up a migration, and in which order.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "migration/files.h"

namespace architrave::migration {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> wrong(std::string message, const fs::path& where, std::string hint) {
  return fail("migration.folder", std::move(message), where.string(), std::move(hint));
}

bool is_digit(char each) { return std::isdigit(static_cast<unsigned char>(each)) != 0; }

// "0007_add_price" -> {"0007", "add_price"}; no version where the name does not begin with a digit.
std::pair<std::string, std::string> version_and_name(const std::string& stem) {
  std::size_t end = 0;
  while (end < stem.size() && (is_digit(stem[end]) || stem[end] == '-' || stem[end] == '.')) ++end;
  if (end == 0 || !is_digit(stem[0])) return {};
  const std::string version = stem.substr(0, end);
  if (end < stem.size() && stem[end] == '_') ++end;
  return {version, stem.substr(end)};
}

Result<std::vector<fs::path>> entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  auto each = fs::directory_iterator(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error))
    paths.push_back(each->path());
  if (error)
    return wrong("cannot read the folder: " + error.message(), folder,
                 "check the path, and that you may read it");
  std::ranges::sort(paths);
  return paths;
}

struct Reader {
  fs::path folder;
  std::vector<fs::path> paths;  // its entries, sorted
  Dialect dialect = Dialect::postgresql;
  std::vector<Migration> migrations = {};

  // Reads a file into a script. The header counts where `header` is given.
  Result<Script> script(const fs::path& file, Migration* header = nullptr,
                        bool transaction = true) const {
    const Result<std::string> text = read_file(file);
    if (!text) return std::unexpected(text.error());
    return parse_script(*text, file, header, transaction, dialect);
  }

  bool any(auto condition) const { return std::ranges::any_of(paths, condition); }

  // Sorted by version; with two of one version, by what distinguishes their names.
  Status sort() {
    std::ranges::stable_sort(migrations, [](const Migration& a, const Migration& b) {
      return version_less(a.version, b.version);
    });
    for (std::size_t i = 1; i < migrations.size(); ++i)
      if (migrations[i].version == migrations[i - 1].version)
        return wrong("two migrations have the version " + migrations[i].version + ": " +
                         migrations[i - 1].name + " and " + migrations[i].name,
                     migrations[i].up.file, "give one of them another number");
    return {};
  }
};

// NNNN_name[.phase].up.sql and .down.sql: Architrave's and golang-migrate's.
Status read_pairs(Reader& reader) {
  std::map<std::string, Migration> by_stem;
  std::map<std::string, fs::path> downs;
  for (const fs::path& path : reader.paths) {
    const std::string name = path.filename().string();
    const bool up = name.ends_with(".up.sql");
    if (!up && !name.ends_with(".down.sql")) {
      // To pass it over would leave it out for good.
      if (name.ends_with(".sql") && !version_and_name(name).first.empty())
        return wrong("this is neither an .up.sql nor a .down.sql", path,
                     "name it like 0001_what_it_does.up.sql, or put it elsewhere");
      continue;
    }
    std::string stem = name.substr(0, name.size() - (up ? 7 : 9));
    if (!up) {
      downs[stem] = path;
      continue;
    }
    Migration migration;
    std::string plain = stem;
    for (const Phase phase : {Phase::expand, Phase::migrate, Phase::contract}) {
      const std::string ending = '.' + std::string(word(phase));
      if (!stem.ends_with(ending)) continue;
      migration.phase = phase;
      plain.resize(plain.size() - ending.size());
    }
    std::tie(migration.version, migration.name) = version_and_name(plain);
    if (migration.version.empty())
      return wrong("the name of this migration has no number", path,
                   "name it like 0001_what_it_does.up.sql");
    // The names of the files are what counts: a header that says otherwise was copied.
    Migration header;
    Result<Script> read = reader.script(path, &header);
    if (!read) return fail(read);
    migration.up = std::move(*read);
    migration.proof = std::move(header.proof);
    by_stem.emplace(stem, std::move(migration));
  }
  for (const auto& [stem, path] : downs) {
    const auto found = by_stem.find(stem);
    if (found == by_stem.end())
      return wrong("this undoes a migration that is not there", path,
                   "put " + stem + ".up.sql beside it, or remove it");
    Result<Script> read = reader.script(path);
    if (!read) return fail(read);
    found->second.down = std::move(*read);
  }
  for (auto& [stem, migration] : by_stem) reader.migrations.push_back(std::move(migration));
  return reader.sort();
}

// V1.2__name.sql, U1.2__name.sql, R__name.sql, B3__name.sql; a .conf beside may say that it runs
// outside of a transaction.
Status read_flyway(Reader& reader) {
  std::map<std::string, fs::path> undos;
  std::vector<Migration> repeatables;
  for (const fs::path& path : reader.paths) {
    const std::string name = path.filename().string();
    const std::size_t two = name.find("__");
    if (!name.ends_with(".sql")) continue;
    if (two == std::string::npos) {
      if (name.size() > 1 && (name[0] == 'V' || name[0] == 'U') && is_digit(name[1]))
        return wrong("two underscores divide a version from its name, and here are none", path,
                     "name it like V2__what_it_does.sql, or put it elsewhere");
      continue;
    }
    const std::string version = replace_all(name.substr(1, two - 1), "_", ".");
    if (name[0] == 'U') undos[version] = path;
    if (name[0] != 'V' && name[0] != 'R') continue;
    Migration migration;
    migration.repeatable = name[0] == 'R';
    migration.name = name.substr(two + 2, name.size() - two - 6);
    migration.version = migration.repeatable ? "R__" + migration.name : version;
    const Result<std::string> settings = read_file(path.string() + ".conf");
    const bool transaction =
        !settings || settings->find("executeInTransaction=false") == std::string::npos;
    Result<Script> read = reader.script(path, nullptr, transaction);
    if (!read) return fail(read);
    migration.up = std::move(*read);
    (migration.repeatable ? repeatables : reader.migrations).push_back(std::move(migration));
  }
  for (Migration& migration : reader.migrations) {
    const auto found = undos.find(migration.version);
    if (found == undos.end()) continue;
    Result<Script> read = reader.script(found->second);
    if (!read) return fail(read);
    migration.down = std::move(*read);
  }
  if (Status sorted = reader.sort(); !sorted) return sorted;
  std::ranges::move(repeatables, std::back_inserter(reader.migrations));
  return {};
}

// One file with `-- migrate:up` and `-- migrate:down`, each of which may say transaction:false.
Status read_dbmate(Reader& reader) {
  for (const fs::path& path : reader.paths) {
    const std::string name = path.filename().string();
    if (!name.ends_with(".sql")) continue;
    const Result<std::string> text = read_file(path);
    if (!text) return std::unexpected(text.error());
    const std::size_t up = text->find("-- migrate:up");
    const std::size_t down = text->find("-- migrate:down");
    Migration migration;
    std::tie(migration.version, migration.name) = version_and_name(name.substr(0, name.size() - 4));
    if (migration.version.empty() || up == std::string::npos ||
        (down != std::string::npos && down < up))
      return wrong("this is no migration of dbmate", path,
                   "name it like 20240102030405_name.sql, and write -- migrate:up in it, then "
                   "-- migrate:down");
    // What is not of the half is blanked, so that lines are still the file's.
    const auto half = [&](std::size_t begin, std::size_t end) -> Result<Script> {
      std::string part(static_cast<std::size_t>(std::count(
                           text->begin(), text->begin() + static_cast<long>(begin), '\n')),
                       '\n');
      part += text->substr(begin, end == std::string::npos ? end : end - begin);
      const std::string first = text->substr(begin, text->find('\n', begin) - begin);
      return parse_script(part, path, nullptr, first.find("transaction:false") == std::string::npos,
                          reader.dialect);
    };
    Result<Script> read = half(up, down);
    if (!read) return fail(read);
    migration.up = std::move(*read);
    if (down != std::string::npos) {
      Result<Script> undo = half(down, std::string::npos);
      if (!undo) return fail(undo);
      if (!undo->steps.empty()) migration.down = std::move(*undo);
    }
    reader.migrations.push_back(std::move(migration));
  }
  return reader.sort();
}

// sqitch.plan says the order. A change that was reworked stands in it twice, and the scripts of the
// earlier one are named by the tag behind it: deploy/name@v1.sql.
Status read_sqitch(Reader& reader) {
  const fs::path plan = reader.folder / "sqitch.plan";
  const Result<std::string> text = read_file(plan);
  if (!text) return std::unexpected(text.error());
  struct Entry {
    std::string name;
    std::string tag;  // the first behind it, wherever
    std::vector<std::string> tags;
  };
  std::vector<Entry> entries;
  for (const std::string& raw : split(*text, '\n')) {
    const std::string_view line = trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == '%') continue;
    const std::string word(line.substr(0, line.find_first_of(" \t[")));
    if (word[0] != '@') {
      entries.push_back({word, {}, {}});
      continue;
    }
    if (!entries.empty()) entries.back().tags.push_back(word);
    for (Entry& entry : entries)
      if (entry.tag.empty()) entry.tag = word;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool again = std::any_of(entries.begin() + static_cast<long>(i) + 1, entries.end(),
                                   [&](const Entry& each) { return each.name == entries[i].name; });
    Migration migration;
    migration.name = entries[i].name;
    migration.tags = entries[i].tags;
    migration.version = entries[i].name + (again ? entries[i].tag : "");
    const auto path = [&](const char* kind) {
      return reader.folder / kind / (migration.version + ".sql");
    };
    // psql runs these, outside of a transaction but for their own.
    Result<Script> deploy = reader.script(path("deploy"), nullptr, /*transaction=*/false);
    if (!deploy) return fail(deploy);
    migration.up = std::move(*deploy);
    std::error_code error;
    if (fs::exists(path("revert"), error)) {
      Result<Script> revert = reader.script(path("revert"), nullptr, false);
      if (!revert) return fail(revert);
      migration.down = std::move(*revert);
    }
    // A verify script ends with ROLLBACK, which is how it is run here anyhow.
    if (Result<std::string> verify = read_file(path("verify"))) {
      std::string lines;
      for (const std::string& line : split(*verify, '\n')) {
        const std::string folded = lower(trim(line));
        lines += folded.starts_with("rollback") || folded.starts_with("begin") ? "\n" : line + "\n";
      }
      Result<Script> check = parse_script(lines, path("verify"), nullptr, true, reader.dialect);
      if (!check) return fail(check);
      migration.check = std::move(*check);
    }
    reader.migrations.push_back(std::move(migration));
  }
  return {};
}

// A folder for each: Prisma's 20240102030405_name/migration.sql, Diesel's NNN_name/up.sql and
// down.sql.
Status read_subfolders(Reader& reader) {
  struct Found {
    fs::path folder, up, down;
  };
  std::vector<Found> found;
  std::map<std::string, int> versions;
  std::error_code error;
  for (const fs::path& path : reader.paths) {
    Found each{path, {}, path / "down.sql"};
    for (const char* name : {"migration.sql", "up.sql"})
      if (fs::exists(path / name, error)) each.up = path / name;
    if (each.up.empty()) continue;
    ++versions[version_and_name(path.filename().string()).first];
    found.push_back(std::move(each));
  }
  // Numbers that are dates cut short do not tell migrations apart: then their names do.
  const bool unique = std::ranges::all_of(
      versions, [](const auto& each) { return !each.first.empty() && each.second == 1; });
  for (const Found& each : found) {
    Migration migration;
    const std::string name = each.folder.filename().string();
    std::tie(migration.version, migration.name) =
        unique ? version_and_name(name) : std::pair(name, name);
    const Result<std::string> settings = read_file(each.folder / "metadata.toml");
    const bool transaction =
        !settings ||
        replace_all(*settings, " ", "").find("run_in_transaction=false") == std::string::npos;
    Result<Script> read = reader.script(each.up, nullptr, transaction);
    if (!read) return fail(read);
    migration.up = std::move(*read);
    if (fs::exists(each.down, error)) {
      Result<Script> undo = reader.script(each.down, nullptr, transaction);
      if (!undo) return fail(undo);
      migration.down = std::move(*undo);
    }
    reader.migrations.push_back(std::move(migration));
  }
  return reader.sort();
}

// 0001_name.sql alone: no way back.
Status read_plain(Reader& reader) {
  for (const fs::path& path : reader.paths) {
    const std::string name = path.filename().string();
    if (!name.ends_with(".sql")) continue;
    Migration migration;
    const std::string stem = name.substr(0, name.size() - 4);
    std::tie(migration.version, migration.name) = version_and_name(stem);
    if (migration.version.empty())
      return wrong("the name of this file has no number to order it by", path,
                   "name migrations like 0001_what_it_does.up.sql and 0001_what_it_does.down.sql");
    Result<Script> read = reader.script(path);
    if (!read) return fail(read);
    migration.up = std::move(*read);
    reader.migrations.push_back(std::move(migration));
  }
  return reader.sort();
}

bool is_flyway(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".sql") && name.find("__") != std::string::npos &&
         ((name[0] == 'V' && name.size() > 1 && is_digit(name[1])) || name.starts_with("R__"));
}

bool has_line(const fs::path& path, std::string_view sign) {
  if (path.extension() != ".sql") return false;
  const Result<std::string> text = read_file(path);
  return text && text->find(sign) != std::string::npos;
}

Layout layout_of(const Reader& reader) {
  std::error_code error;
  const auto named = [](std::string_view ending) {
    return [ending](const fs::path& path) { return path.filename().string().ends_with(ending); };
  };
  const auto holds = [&](const char* file) {
    return [file, &error](const fs::path& path) { return fs::exists(path / file, error); };
  };
  if (reader.any(named("sqitch.plan"))) return Layout::sqitch;
  if (reader.any(holds("migration.sql"))) return Layout::prisma;
  if (reader.any(holds("up.sql"))) return Layout::folders;
  if (reader.any(is_flyway)) return Layout::flyway;
  if (reader.any(named(".up.sql"))) {
    const bool ours =
        reader.any([](const fs::path& path) { return has_line(path, "-- architrave:migration"); });
    return ours ? Layout::architrave : Layout::golang_migrate;
  }
  if (reader.any([](const fs::path& path) { return has_line(path, "-- migrate:up"); }))
    return Layout::dbmate;
  return reader.any(named(".sql")) ? Layout::plain : Layout::architrave;
}

}  // namespace

Result<Folder> read_folder(const fs::path& path, Dialect dialect) {
  std::error_code error;
  if (!fs::is_directory(path, error))
    return wrong("there is no folder of migrations here", path,
                 "check the path, or let architrave migrate plan write it");
  Result<std::vector<fs::path>> paths = entries(path);
  if (!paths) return fail(paths);
  Reader reader{path, std::move(*paths), dialect};
  Folder folder;
  folder.path = path;
  folder.layout = layout_of(reader);
  Status read;
  switch (folder.layout) {
    case Layout::architrave:
    case Layout::golang_migrate:
      read = read_pairs(reader);
      break;
    case Layout::flyway:
      read = read_flyway(reader);
      break;
    case Layout::dbmate:
      read = read_dbmate(reader);
      break;
    case Layout::sqitch:
      read = read_sqitch(reader);
      break;
    case Layout::prisma:
    case Layout::folders:
      read = read_subfolders(reader);
      break;
    case Layout::plain:
      read = read_plain(reader);
      break;
  }
  if (!read) return fail(read);
  folder.migrations = std::move(reader.migrations);
  return folder;
}

}  // namespace architrave::migration

// SQLite as a source: what is taken for it, and how it is opened.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/engine.h"

namespace architrave::sqlite {

// By the first 16 bytes of the file. An empty file, which SQLite takes for an empty database, is
// not one here.
bool looks_like_sqlite_file(const std::filesystem::path& path);

// By what stands in the script: signs of SQLite against signs of PostgreSQL and of MySQL. False for
// one that has none.
bool looks_like_sqlite_script(std::string_view text);

// A database file, read-only; `wait_seconds` for a lock of another process. Without a sandbox.
Result<engine::Opened> open_file(const std::filesystem::path& path, double wait_seconds = 5);

// A sandbox that holds a copy of the file, rows included.
Result<std::unique_ptr<engine::Sandbox>> copy_file(const std::filesystem::path& path);

// Scripts, run in memory one after the other; the sandbox holds what they made. `name` is that of
// the source.
struct Script {
  std::string file;
  std::string text;
};
Result<engine::Opened> load_scripts(const std::vector<Script>& scripts, const std::string& name);
Result<engine::Opened> load_script(const std::string& text, const std::string& file);

// A sandbox that holds what the catalog describes, without rows. Error: "sql.load" with the
// statement that failed.
Result<std::unique_ptr<engine::Sandbox>> make_sandbox(const catalog::Catalog& catalog);

}  // namespace architrave::sqlite

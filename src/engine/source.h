// What a SOURCE on the command line is, before anything is opened.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::engine {

enum class Dialect { postgresql, sqlite, mysql };

struct SqlFile {
  std::string file;  // "-" for standard input
  std::string text;
};

// A source, resolved: which kind, and for files what is in them.
struct Resolved {
  enum class Kind { postgres_live, sqlite_file, sql, twin };
  Kind kind = Kind::postgres_live;
  std::string connection;      // for libpq; empty: its environment
  std::filesystem::path path;  // of a file or folder
  bool is_folder = false;
  std::vector<SqlFile> files;  // kind sql, in the order to load
  Dialect dialect = Dialect::postgresql;
  std::string bytes;  // kind twin
};

// `engine`: "postgresql" or "sqlite" to force the dialect of .sql files, else "". Errors:
// "source.unknown", "source.unsupported", "source.empty", "file.missing", "file.read".
Result<Resolved> resolve(const std::string& source, std::string_view engine,
                         bool may_be_empty = false);

// By what the text uses that the others do not know. Plain SQL is PostgreSQL.
Dialect guess_dialect(std::string_view text);

}  // namespace architrave::engine

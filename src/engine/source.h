// What a SOURCE on the command line is, before anything is opened.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::engine {

enum class Dialect { postgresql, sqlite, mysql };

// Where a line of a script that was translated from a model file was declared.
struct Origin {
  std::string file;
  int line = 0;
};

struct SqlFile {
  std::string file;  // "-" for standard input
  std::string text;
  std::vector<Origin> origins = {};  // of each line; none: these are the file's own
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
  std::string language;  // of model files: "Prisma", "DBML"
  std::string bytes;     // kind twin
};

// `engine`: "postgresql" or "sqlite" to force the dialect of .sql files, else "". Files of .prisma
// and .dbml come out as SQL. Errors: "source.unknown", "source.unsupported", "source.ambiguous",
// "source.empty", "model.syntax", "model.meaning", "file.missing", "file.read".
Result<Resolved> resolve(const std::string& source, std::string_view engine,
                         bool may_be_empty = false);

// By what the text uses that the others do not know. Plain SQL is PostgreSQL.
Dialect guess_dialect(std::string_view text);

}  // namespace architrave::engine

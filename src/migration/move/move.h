// A SQLite database, moved to PostgreSQL: its schema mapped and tried, its rows copied over several
// connections, and what came to lie there read back and compared.
//
// What is done is kept in the target, in architrave.moves and architrave.move_parts: each part (the
// tables, a range of rows, an index) is committed together with the row that says so. Killed at any
// moment, the next run goes on behind the last of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migration/move/mapping.h"
#include "migration/move/statements.h"

namespace architrave::migration {

struct MoveOptions {
  std::filesystem::path source;  // a SQLite database
  std::string target;            // postgresql://…, as libpq takes it
  MapOptions map;
  int jobs = 0;  // connections; 0: as many as there are processors, four at most
  bool dry_run = false;
  std::function<void(std::string_view)> progress;
  std::function<void(std::string_view, std::size_t done, std::size_t of)> progress_of;
  // Asked before the target is written to, with what will be done; absent: nobody is asked.
  std::function<bool(const std::vector<std::string>&)> confirm;
};

struct MovedRows {
  std::string table;  // in the target
  std::int64_t rows = 0;
  std::int64_t rows_there = 0;
  std::string checksum;
  std::string checksum_there;
  bool equal() const { return rows == rows_there && checksum == checksum_there; }
};

struct Move {
  std::string source;
  std::string schema;
  std::string tried_on;  // "PostgreSQL 15.20 sandbox"
  std::vector<Decision> decisions;
  MoveStatements statements;
  std::vector<MovedRows> tables;
  std::vector<Decision> failed;  // what the rows did not allow, by object
  std::string earlier;           // when it was moved already; nothing was done then
  bool done = false;             // false: a dry run, or refused

  bool holds() const;
};

// Errors: "move.taken", "move.changed", "move.busy", "move.declined", "move.ddl", and those of the
// engines.
Result<Move> move(const MoveOptions& options);

std::string to_text(const Move& move);
std::string to_json(const Move& move);

}  // namespace architrave::migration

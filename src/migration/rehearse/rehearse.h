// What migrations do to a database before production sees it: they are run on a copy, statement by
// statement, and after each the server is asked which locks are held, what was written anew, how
// much was written, and how long it took.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/postgres/connection.h"
#include "migration/files.h"
#include "proposal/proposal.h"

namespace architrave::migration {

struct HeldLock {
  std::string relation;  // that was there before the step began
  Lock lock = Lock::none;
};

struct RehearsedStatement {
  std::string version;  // of its migration
  std::string file;
  int line = 0;
  std::string sql;
  std::vector<HeldLock> locks;  // that it has taken, and its transaction holds; strongest first
  std::vector<std::string> rewritten;  // relations with rows that are in other files now
  double seconds = 0;                  // that it took here
  std::optional<double> estimate;      // seconds that production's rows take, where that differs
  std::string reckoned_from;           // how it comes about: "builds orders_note on orders (…)"
  std::int64_t wal_bytes = 0;
};

struct Rehearsal {
  std::string on;         // "PostgreSQL 15.20 sandbox", or the copy's name
  bool has_rows = false;  // whether times and bytes mean anything
  std::vector<RehearsedStatement> statements;
  std::int64_t disk_bytes = 0;       // by which the database has grown
  double longest_write = 0;          // of SQLite: seconds that other writers have to wait at most
  std::optional<Error> failed;       // what ended it, at file:line:column
  std::vector<std::string> pending;  // the migrations that were rehearsed: "0007 add_price"
};

struct RehearseOptions {
  bool has_rows = false;                       // the connection's, so that times can be measured
  const catalog::Catalog* measured = nullptr;  // production's sizes
  // Production's planner: EXPLAIN's answer to a statement. Empty: it is not asked.
  std::function<Result<std::string>(const std::string& question)> explain;
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
};

// Runs the up scripts of these on the connection, for good.
Result<Rehearsal> rehearse(const std::vector<Migration>& migrations,
                           postgres::Connection& connection, const RehearseOptions& options);

// Of a SQLite database, on a private copy of its file, rows included.
Result<Rehearsal> rehearse_sqlite(const std::vector<Migration>& migrations,
                                  const std::filesystem::path& file,
                                  const RehearseOptions& options);

std::string to_text(const Rehearsal& rehearsal);
// {on, has_rows, statements[]{version, file, line, sql, locks[]{relation, lock}, rewritten[],
//  seconds, estimate, wal_bytes}, disk_bytes, longest_write_seconds, failed, pending[]}
std::string to_json(const Rehearsal& rehearsal);

}  // namespace architrave::migration

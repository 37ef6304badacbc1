#include "engine/sqlite/sandbox.h"

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "base/process.h"
#include "engine/sqlite/reader.h"

namespace architrave::sqlite {

using engine::Outcome;
using engine::Unit;

namespace {

// FNV-1a of each value's storage class, length and bytes.
void hash_of(sqlite3_context* context, int count, sqlite3_value** values) {
  std::uint64_t hash = 14695981039346656037U;
  const auto take = [&](std::string_view bytes) {
    for (const char byte : bytes) {
      hash ^= static_cast<unsigned char>(byte);
      hash *= 1099511628211U;
    }
  };
  for (int i = 0; i < count; ++i) {
    take(std::to_string(sqlite3_value_type(values[i])));
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[i]));
    const auto length = static_cast<std::size_t>(sqlite3_value_bytes(values[i]));
    take(std::to_string(length) + ':');
    if (bytes != nullptr) take({bytes, length});
  }
  sqlite3_result_int64(context, static_cast<std::int64_t>(hash >> 2));
}

}  // namespace

Result<std::unique_ptr<SqliteSandbox>> SqliteSandbox::make(Connection* original) {
  auto folder = PrivateFolder::make();
  if (!folder) return fail(folder);
  std::filesystem::path file = folder->path() / "sandbox.db";
  auto connection = Connection::create_file(file);
  if (!connection) return fail(connection);
  if (original != nullptr) {
    if (Status status = original->copy_to(*connection); !status) return fail(status);
  }
  // It is thrown away: what a power cut would do to it doesn't matter.
  if (Status status = connection->execute("PRAGMA synchronous = OFF"); !status) return fail(status);
  connection->confine();
  sqlite3_create_function(connection->handle(), "hash_of", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                          nullptr, hash_of, nullptr, nullptr);
  return std::unique_ptr<SqliteSandbox>(
      new SqliteSandbox(std::move(*folder), std::move(file), std::move(*connection)));
}

std::string SqliteSandbox::description() const {
  return "SQLite " + library_version() + " sandbox";
}

Result<catalog::Catalog> SqliteSandbox::read() { return read_catalog(connection_); }

Outcome SqliteSandbox::run(const Unit& unit) {
  Outcome outcome;
  auto execute = [&](const std::string& statement) {
    Status status = connection_.execute(statement);
    if (status) return true;
    outcome.ok = false;
    outcome.error = status.error().message;
    outcome.statement = statement;
    return false;
  };
  auto execute_all = [&] {
    for (const std::string& statement : unit.statements) {
      if (!execute(statement)) return false;
    }
    return true;
  };
  if (!unit.transactional) {
    execute_all();
    // What it began and did not end would hold the next unit.
    (void)connection_.execute("ROLLBACK");
  } else if (execute("SAVEPOINT architrave_unit")) {
    connection_.forbid_transactions(true);
    const bool done = execute_all();
    connection_.forbid_transactions(false);
    // The last RELEASE commits, and checks what was deferred.
    if (!done || !execute("RELEASE architrave_unit")) {
      (void)connection_.execute("ROLLBACK");
    }
  }
  return outcome;
}

Result<std::vector<Outcome>> SqliteSandbox::run(const std::vector<Unit>& units) {
  std::vector<Outcome> outcomes;
  for (const Unit& unit : units) {
    outcomes.push_back(run(unit));
    if (interrupted()) return fail("interrupted", "interrupted");
  }
  return outcomes;
}

Result<std::vector<std::optional<double>>> SqliteSandbox::costs(
    const std::vector<std::string>& queries) {
  return std::vector<std::optional<double>>(queries.size());
}

Result<std::unique_ptr<engine::Sandbox>> SqliteSandbox::copy() {
  auto copied = make(&connection_);
  if (!copied) return fail(copied);
  return std::unique_ptr<engine::Sandbox>(std::move(*copied));
}

std::vector<std::pair<std::string, std::string>> SqliteSandbox::environment() const {
  return {{"ARCHITRAVE_DATABASE", file_.string()}};
}

}  // namespace architrave::sqlite

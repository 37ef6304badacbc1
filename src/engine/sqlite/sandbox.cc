#include "engine/sqlite/sandbox.h"

#include "base/clock.h"
#include "base/process.h"
#include "engine/sqlite/reader.h"

namespace architrave::sqlite {

using engine::Outcome;
using engine::Unit;

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
  return std::unique_ptr<SqliteSandbox>(
      new SqliteSandbox(std::move(*folder), std::move(file), std::move(*connection)));
}

std::string SqliteSandbox::description() const {
  return "SQLite " + library_version() + " sandbox";
}

Result<catalog::Catalog> SqliteSandbox::read() { return read_catalog(connection_); }

Outcome SqliteSandbox::run(const Unit& unit) {
  Outcome outcome;
  const double begin = monotonic_seconds();
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
  outcome.seconds = monotonic_seconds() - begin;
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

std::vector<std::pair<std::string, std::string>> SqliteSandbox::environment() const {
  return {{"ARCHITRAVE_DATABASE", file_.string()}};
}

}  // namespace architrave::sqlite

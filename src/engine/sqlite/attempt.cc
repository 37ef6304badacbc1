#include "engine/sqlite/attempt.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/process.h"

namespace architrave::sqlite {

namespace {

// Bytes as PostgreSQL writes them: they need not be a text.
std::optional<std::string> value_of(const Row& row, int column) {
  if (row.is_null(column)) return {};
  if (row.storage(column) != Storage::blob) return row.text(column);
  std::string hex = "\\x";
  for (const char byte : row.bytes(column))
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

}  // namespace

Result<std::vector<engine::Attempt>> attempt(Connection& connection,
                                             const std::vector<std::string>& statements,
                                             double seconds) {
  if (Status begun = connection.execute("SAVEPOINT architrave_attempt"); !begun) return fail(begun);
  connection.forbid_transactions(true);
  std::vector<engine::Attempt> attempts;
  for (const std::string& statement : statements) {
    engine::Attempt& attempt = attempts.emplace_back();
    if (attempts.size() > 1 && !attempts[attempts.size() - 2].ok()) {
      attempt.error = "not tried: one before it failed";
      continue;
    }
    const double begin = monotonic_seconds();
    connection.limit_time(seconds);
    const Status done = connection.query(statement, {}, [&](const Row& row) {
      auto& values = attempt.rows.emplace_back();
      for (int i = 0; i < row.columns(); ++i) values.push_back(value_of(row, i));
    });
    connection.limit_time(0);
    attempt.seconds = monotonic_seconds() - begin;
    if (!done) {
      attempt.rows.clear();
      attempt.error = done.error().message;
      attempt.code = done.error().code;
    }
  }
  connection.forbid_transactions(false);
  if (Status undone =
          connection.execute("ROLLBACK TO architrave_attempt; RELEASE architrave_attempt");
      !undone)
    return fail(undone);
  if (interrupted()) return fail("interrupted", "interrupted");
  return attempts;
}

}  // namespace architrave::sqlite

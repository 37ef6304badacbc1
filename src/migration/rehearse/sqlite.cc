// On SQLite a copy of the file is made first, with all of its rows. What there is to see are times
// and bytes: a transaction that writes keeps every other writer out until its end.
#include "engine/sqlite/sqlite.h"

#include <algorithm>
#include <system_error>

#include "base/clock.h"
#include "engine/sqlite/private_folder.h"
#include "migration/place.h"
#include "migration/rehearse/rehearse.h"

namespace architrave::migration {

namespace {

class Run {
 public:
  Run(sqlite::Connection& connection, std::filesystem::path log, const RehearseOptions& options)
      : connection_(connection), log_(std::move(log)), options_(options) {}

  Result<Rehearsal> all(const std::vector<Migration>& migrations) {
    rehearsal_.on = "a copy in SQLite " + sqlite::library_version();
    rehearsal_.has_rows = true;
    // The log then grows by what is written, and nothing is carried over to the file meanwhile.
    Status ready = connection_.execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    if (!ready) return fail(ready);
    auto before = size();
    if (!before) return fail(before);
    for (const Migration& migration : migrations) {
      if (options_.progress)
        options_.progress("rehearsing " + migration.version, rehearsal_.pending.size(),
                          migrations.size());
      rehearsal_.pending.push_back(migration.version + ' ' + migration.name);
      for (const Step& step : migration.up.steps)
        if (!run(migration, step)) {
          (void)connection_.execute("ROLLBACK");
          return std::move(rehearsal_);
        }
    }
    auto after = size();
    if (!after) return fail(after);
    rehearsal_.disk_bytes = *after - *before;
    return std::move(rehearsal_);
  }

 private:
  Result<std::int64_t> size() {
    auto pages = connection_.number("PRAGMA page_count");
    if (!pages) return pages;
    auto bytes = connection_.number("PRAGMA page_size");
    if (!bytes) return bytes;
    return *pages * *bytes;
  }
  std::int64_t written() const {
    std::error_code none;
    const std::uintmax_t bytes = std::filesystem::file_size(log_, none);
    return none ? 0 : static_cast<std::int64_t>(bytes);
  }

  bool run(const Migration& migration, const Step& step) {
    const bool transaction = step.kind == Step::Kind::transaction;
    const std::int64_t before = written();
    const double begun = monotonic_seconds();
    if (transaction && !execute(migration, "BEGIN IMMEDIATE", {})) return false;
    for (const Statement& each : step.statements) {
      const double since = monotonic_seconds();
      if (!execute(migration, each.text, each)) return false;
      rehearsal_.statements.push_back({.version = migration.version,
                                       .file = migration.up.file.filename().string(),
                                       .line = each.line,
                                       .sql = each.text,
                                       .locks = {},
                                       .rewritten = {},
                                       .seconds = monotonic_seconds() - since,
                                       .estimate = {},
                                       .reckoned_from = {},
                                       .wal_bytes = 0});
    }
    if (transaction && !execute(migration, "COMMIT", step.statements.back())) return false;
    // What it has changed is written at its end.
    if (!step.statements.empty()) rehearsal_.statements.back().wal_bytes = written() - before;
    rehearsal_.longest_write = std::max(rehearsal_.longest_write, monotonic_seconds() - begun);
    return true;
  }

  bool execute(const Migration& migration, const std::string& sql, const Statement& at) {
    const Status ran = connection_.execute(sql);
    if (ran) return true;
    rehearsal_.failed = ran.error();
    locate(*rehearsal_.failed, migration.up.file, at);
    return false;
  }

  sqlite::Connection& connection_;
  std::filesystem::path log_;
  const RehearseOptions& options_;
  Rehearsal rehearsal_;
};

}  // namespace

Result<Rehearsal> rehearse_sqlite(const std::vector<Migration>& migrations,
                                  const std::filesystem::path& file,
                                  const RehearseOptions& options) {
  auto folder = sqlite::PrivateFolder::make();
  if (!folder) return fail(folder);
  auto production = sqlite::Connection::open_file(file);
  if (!production) return fail(production);
  const std::filesystem::path copy = folder->path() / "copy.db";
  auto connection = sqlite::Connection::create_file(copy);
  if (!connection) return fail(connection);
  if (Status copied = production->copy_to(*connection); !copied) return fail(copied);
  connection->confine();
  return Run(*connection, copy.string() + "-wal", options).all(migrations);
}

}  // namespace architrave::migration

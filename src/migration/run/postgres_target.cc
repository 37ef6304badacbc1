// Migrations run on PostgreSQL.
#include <fmt/format.h>

#include "migration/run/executor.h"
#include "migration/run/foreign.h"
#include "migration/run/target.h"
#include "migration/run/waiting.h"
#include "migration/syntax.h"

namespace architrave::migration {

namespace {

Result<postgres::Connection> connect(const RunOptions& options, bool to_look) {
  postgres::ConnectOptions session;
  session.statement_timeout = 0;
  session.lock_timeout = 0;
  auto connection = postgres::Connection::open(options.database, session);
  if (!connection) return fail(connection);
  if (to_look) return connection;
  auto closed = connection->query(
      "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')");
  if (!closed) return fail(closed);
  if (closed->cell(0, 0) == "t")
    return fail("migration.server", "this server is a standby, which takes no changes", {},
                "name its primary, or target_session_attrs=read-write");
  if (closed->cell(0, 1) == "on")
    return fail("migration.server",
                "this session takes no changes: default_transaction_read_only is on", {},
                "somebody has set it for the server, the database or the role (\\drds in psql); "
                "PGOPTIONS='-c default_transaction_read_only=off' overrules it for one command");
  if (Status lifted = lift_limits(*connection); !lifted) return fail(lifted);
  return connection;
}

class PostgresTarget : public Target {
 public:
  PostgresTarget(postgres::Connection connection, const RunOptions& options)
      : connection_(std::move(connection)), options_(options), blockers_(connection_, options) {}

  Dialect dialect() const override { return Dialect::postgresql; }
  std::string history_name() const override { return "the table architrave.migrations"; }
  Status lock() override { return lock_runner(connection_, options_); }
  std::string runner_at_work() override { return migration::runner_at_work(connection_); }
  Result<std::optional<std::vector<Entry>>> history() override { return read_history(connection_); }
  Status make_history() override {
    keeps_downs_ = true;
    return create_history(connection_);
  }
  Status extend_history() override {
    auto extended = migration::extend_history(connection_);
    if (!extended) return fail(extended);
    keeps_downs_ = *extended;
    return {};
  }

  Status take_over(const std::vector<Entry>& entries) override {
    if (auto begun = connection_.query("BEGIN"); !begun) return fail(begun);
    for (const Entry& each : entries)
      if (auto written = connection_.query(insert_entry(each, keeps_downs_)); !written)
        return std::unexpected(of_history(written.error(), connection_));
    if (auto ended = connection_.query("COMMIT"); !ended) return fail(ended);
    return {};
  }

  Status accept_change(const Entry& entry, const Migration& migration) override {
    auto changed = connection_.query(
        record_change(entry.version, migration.up.checksum, migration.up.steps.size()));
    if (!changed) return std::unexpected(of_history(changed.error(), connection_));
    return {};
  }

  Status accept_down(const Migration& migration) override {
    if (!keeps_downs_) return {};
    auto changed = connection_.query(
        record_down(migration.version, migration.down ? migration.down->checksum : ""));
    if (!changed) return std::unexpected(of_history(changed.error(), connection_));
    return {};
  }

  Result<std::vector<std::string>> foreign() override { return foreign_histories(asked()); }
  Result<std::vector<Entry>> read_foreign(const std::string& tool, const Folder& folder) override {
    return migration::read_foreign(asked(), tool, folder);
  }

  Status check(const Script& script) override { return check_syntax(connection_, script); }
  Status run(const Migration& migration, Direction direction, const Entry* entry) override {
    return Executor(connection_, blockers_, options_, keeps_downs_)
        .run(migration, direction, entry);
  }

 private:
  Asked asked() {
    const auto ask =
        [this](const std::string& query) -> Result<std::vector<std::vector<std::string>>> {
      auto rows = connection_.query(query);
      if (!rows) return fail(rows);
      std::vector<std::vector<std::string>> all;
      for (int row = 0; row < rows->size(); ++row) {
        auto& cells = all.emplace_back();
        for (int column = 0; column < rows->columns(); ++column)
          cells.emplace_back(rows->cell(row, column));
      }
      return all;
    };
    return {Dialect::postgresql, ask};
  }

  postgres::Connection connection_;
  const RunOptions& options_;
  Blockers blockers_;
  bool keeps_downs_ = false;  // the history has their checksums
};

}  // namespace

Result<std::unique_ptr<Target>> open_postgres_target(const RunOptions& options, bool to_look) {
  auto connection = connect(options, to_look);
  if (!connection) return fail(connection);
  return std::make_unique<PostgresTarget>(std::move(*connection), options);
}

}  // namespace architrave::migration

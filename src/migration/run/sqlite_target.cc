// Migrations run on SQLite. A version is one transaction together with its row of the history, so
// that it is there or is not, whatever ends the runner; statements that act on the connection or
// the file (PRAGMA, VACUUM) run before and after it.
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "engine/sqlite/sqlite.h"
#include "migration/run/foreign.h"
#include "migration/run/target.h"

namespace architrave::migration {

namespace {

constexpr const char* now = "strftime('%Y-%m-%d %H:%M:%S+00', 'now')";
constexpr const char* make_table =
    "CREATE TABLE IF NOT EXISTS architrave_migrations (\n"
    "  version TEXT NOT NULL PRIMARY KEY,\n"
    "  name TEXT NOT NULL,\n"
    "  phase TEXT NOT NULL,\n"
    "  checksum TEXT NOT NULL,\n"
    "  state TEXT NOT NULL CHECK (state IN ('applied', 'baseline')),\n"
    "  started TEXT NOT NULL,\n"
    "  finished TEXT NOT NULL,\n"
    "  applied_by TEXT NOT NULL,\n"
    "  down_checksum TEXT\n)";

std::string who() {
  const char* name = std::getenv("USER");
  return name != nullptr && *name != '\0' ? name : "uid " + std::to_string(::getuid());
}

class SqliteTarget : public Target {
 public:
  SqliteTarget(std::optional<sqlite::Connection> connection, std::filesystem::path file)
      : connection_(std::move(connection)), file_(std::move(file)) {}

  Dialect dialect() const override { return Dialect::sqlite; }
  std::string history_name() const override {
    return (connection_ ? "" : "the database " + file_.string() + " and in it ") +
           std::string("the table architrave_migrations");
  }

  // Each version's transaction is the lock: the row that it writes can be there but once.
  Status lock() override { return {}; }
  std::string runner_at_work() override { return {}; }

  Result<std::optional<std::vector<Entry>>> history() override {
    std::optional<std::vector<Entry>> none;
    if (!connection_) return none;
    auto there = connection_->number(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = "
        "'architrave_migrations'");
    if (!there) {
      there.error().where = file_.string();
      return fail(there);
    }
    if (*there == 0) return none;
    auto downs = downs_there();
    if (!downs) return fail(downs);
    std::vector<Entry> entries;
    Status read = connection_->query(
        std::string(
            "SELECT version, name, phase, checksum, state, started, finished, applied_by, ") +
            (*downs > 0 ? "down_checksum" : "NULL") + " FROM architrave_migrations ORDER BY rowid",
        {}, [&](const sqlite::Row& row) {
          Entry& entry = entries.emplace_back();
          entry.version = row.text(0);
          entry.name = row.text(1);
          entry.phase = row.text(2);
          entry.checksum = row.text(3);
          entry.state = row.text(4) == word(State::baseline) ? State::baseline : State::applied;
          entry.started = row.text(5);
          entry.finished = row.text(6);
          entry.by = row.text(7);
          entry.down_checksum = row.text(8);
        });
    if (!read) return fail(read);
    return entries;
  }

  Status make_history() override {
    if (Status opened = open(); !opened) return opened;
    return connection_->execute(make_table);
  }
  Status extend_history() override {
    auto downs = downs_there();
    if (!downs) return fail(downs);
    return *downs > 0 ? Status()
                      : connection_->execute(
                            "ALTER TABLE architrave_migrations ADD COLUMN down_checksum TEXT");
  }

  Status take_over(const std::vector<Entry>& entries) override {
    if (Status begun = connection_->execute("BEGIN IMMEDIATE"); !begun) return begun;
    for (const Entry& each : entries)
      if (Status written = insert(each); !written) return rolled_back(written);
    return connection_->execute("COMMIT");
  }

  Status accept_change(const Entry&, const Migration&) override { return {}; }
  Status accept_down(const Migration& migration) override {
    return connection_->query(
        "UPDATE architrave_migrations SET down_checksum = nullif(?, '') WHERE version = ?",
        {migration.down ? migration.down->checksum : "", migration.version},
        [](const sqlite::Row&) {});
  }

  Result<std::vector<std::string>> foreign() override {
    return connection_ ? foreign_histories(asked()) : std::vector<std::string>();
  }
  Result<std::vector<Entry>> read_foreign(const std::string& tool, const Folder& folder) override {
    if (Status opened = open(); !opened) return fail(opened);
    return migration::read_foreign(asked(), tool, folder);
  }

  // SQLite has no parser to ask; its transaction takes everything back.
  Status check(const Script& script) override {
    const auto [first, last] = around(script.steps);
    for (std::size_t i = first; i < last; ++i)
      if (script.steps[i].kind != Step::Kind::transaction)
        return fail("migration.file", "this would divide the migration into two transactions",
                    place(script, script.steps[i].statements.front()),
                    "put it at the beginning or at the end, or into a migration of its own");
    return {};
  }

  Status run(const Migration& migration, Direction direction, const Entry*) override {
    const Script& script = direction == Direction::up ? migration.up : *migration.down;
    const auto [first, last] = around(script.steps);
    const auto alone = [&](std::size_t begin, std::size_t end) -> Status {
      for (std::size_t i = begin; i < end; ++i)
        if (Status ran = execute(script, script.steps[i].statements.front()); !ran) return ran;
      return {};
    };
    if (Status ran = alone(0, first); !ran) return ran;
    if (Status ran = in_transaction(migration, script, direction, first, last); !ran) return ran;
    return alone(last, script.steps.size());
  }

 private:
  Asked asked() {
    const auto ask =
        [this](const std::string& query) -> Result<std::vector<std::vector<std::string>>> {
      std::vector<std::vector<std::string>> all;
      const Status read = connection_->query(query, {}, [&](const sqlite::Row& row) {
        auto& cells = all.emplace_back();
        for (int column = 0; column < row.columns(); ++column) cells.push_back(row.text(column));
      });
      if (!read) return std::unexpected(read.error());
      return all;
    };
    return {Dialect::sqlite, ask};
  }

  Result<std::int64_t> downs_there() {
    return connection_->number(
        "SELECT count(*) FROM pragma_table_info('architrave_migrations') WHERE name = "
        "'down_checksum'");
  }

  Status open() {
    if (connection_) return {};
    auto made = sqlite::Connection::create_file(file_);
    if (!made) return fail(made);
    connection_ = std::move(*made);
    return {};
  }

  // The first step that is a transaction, and the one behind the last.
  static std::pair<std::size_t, std::size_t> around(const std::vector<Step>& steps) {
    std::size_t first = steps.size();
    std::size_t last = steps.size();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].kind != Step::Kind::transaction) continue;
      first = std::min(first, i);
      last = i + 1;
    }
    return {first, last};
  }

  static std::string place(const Script& script, const Statement& statement) {
    return script.file.string() + ':' + std::to_string(statement.line) + ':' +
           std::to_string(statement.column);
  }

  Status execute(const Script& script, const Statement& statement) {
    Status ran = connection_->execute(statement.text);
    if (!ran) {
      ran.error().where = place(script, statement);
      ran.error().hint =
          "nothing of this migration is there: mend the file, then run the same "
          "command again";
    }
    return ran;
  }

  Status insert(const Entry& entry) {
    return connection_->query(
        std::string("INSERT INTO architrave_migrations (version, name, phase, checksum, state,"
                    " started, finished, applied_by, down_checksum) VALUES (?, ?, ?, ?, ?, ") +
            now + ", " + now + ", ?, nullif(?, ''))",
        {entry.version, entry.name, entry.phase, entry.checksum, std::string(word(entry.state)),
         who(), entry.down_checksum},
        [](const sqlite::Row&) {});
  }

  std::unexpected<Error> rolled_back(const Status& failed) {
    Error error = failed.error();
    (void)connection_->execute("ROLLBACK");
    return std::unexpected(std::move(error));
  }

  // How many rows refer to what is not there; absent where that can't be asked.
  std::optional<std::int64_t> orphans() {
    auto count = connection_->number("SELECT count(*) FROM pragma_foreign_key_check");
    return count ? std::optional(*count) : std::nullopt;
  }

  Status in_transaction(const Migration& migration, const Script& script, Direction direction,
                        std::size_t first, std::size_t last) {
    if (Status begun = connection_->execute("BEGIN IMMEDIATE"); !begun) return begun;
    const std::optional<std::int64_t> before = orphans();
    for (std::size_t i = first; i < last; ++i)
      for (const Statement& statement : script.steps[i].statements)
        if (Status ran = execute(script, statement); !ran) return rolled_back(ran);
    if (const auto after = orphans(); before && after && *after > *before)
      return rolled_back(
          fail("migration.keys",
               plural(*after - *before, "row") + " would refer to what is no longer there",
               script.file.string(), "PRAGMA foreign_key_check names them; nothing was changed"));
    Status written = direction == Direction::up ? insert(entry_of(migration, State::applied))
                                                : forget(migration);
    if (!written) return rolled_back(written);
    if (Status ended = connection_->execute("COMMIT"); !ended) return rolled_back(ended);
    return {};
  }

  Status forget(const Migration& migration) {
    if (Status done = connection_->query("DELETE FROM architrave_migrations WHERE version = ?",
                                         {migration.version}, [](const sqlite::Row&) {});
        !done)
      return done;
    auto changed = connection_->number("SELECT changes()");
    if (!changed) return fail(changed);
    if (*changed == 1) return {};
    return fail("migration.locked", "another runner has undone " + migration.version + " meanwhile",
                file_.string(), "architrave migrate status says how it stands");
  }

  std::optional<sqlite::Connection> connection_;  // none: there is no such file yet
  std::filesystem::path file_;
};

}  // namespace

Result<std::unique_ptr<Target>> open_sqlite_target(const RunOptions& options,
                                                   const std::filesystem::path& file,
                                                   bool to_look) {
  std::optional<sqlite::Connection> connection;
  std::error_code unknown;
  if (std::filesystem::exists(file, unknown)) {
    auto opened =
        to_look ? sqlite::Connection::open_file(file) : sqlite::Connection::create_file(file);
    if (!opened) return fail(opened);
    sqlite3_busy_timeout(opened->handle(), static_cast<int>(options.lock_wait * 1000));
    connection = std::move(*opened);
  } else if (!std::filesystem::is_directory(std::filesystem::absolute(file).parent_path(),
                                            unknown)) {
    return fail("sqlite.open", "there is no such folder", file.string(), "check the path");
  }
  return std::make_unique<SqliteTarget>(std::move(connection), file);
}

}  // namespace architrave::migration

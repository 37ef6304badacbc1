#include "migration/run/history.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/quoting.h"
#include "base/text.h"

namespace architrave::migration {

namespace {

constexpr std::array<std::string_view, 4> states = {"applied", "baseline", "applying", "reverting"};

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string of(std::string_view version, std::string_view set, std::string_view condition = {}) {
  return "UPDATE architrave.migrations SET " + std::string(set) +
         " WHERE version = " + quote_literal(version) + std::string(condition) + " RETURNING 1";
}

std::string at_step(std::size_t step) {
  return " AND state IN ('applying', 'reverting') AND step = " + std::to_string(step);
}

std::string down_or_null(const std::string& checksum) {
  return checksum.empty() ? "NULL" : quote_literal(checksum);
}
std::string down_column(bool downs) { return downs ? ", down_checksum" : ""; }
std::string down_value(bool downs, const std::string& checksum) {
  return downs ? ", " + down_or_null(checksum) : "";
}

std::string insert(std::string_view columns, std::string_view values) {
  return "INSERT INTO architrave.migrations (" + std::string(columns) + ") VALUES (" +
         std::string(values) + ") RETURNING 1";
}

}  // namespace

std::string_view word(State state) { return states[static_cast<std::size_t>(state)]; }

Entry entry_of(const Migration& migration, State state) {
  Entry entry;
  entry.version = migration.version;
  entry.name = migration.name;
  entry.phase = word(migration.phase);
  entry.checksum = migration.up.checksum;
  if (migration.down) entry.down_checksum = migration.down->checksum;
  entry.state = state;
  return entry;
}

std::string title(std::string_view version, std::string_view name) {
  std::string text(version);
  if (name != version) text += ' ' + std::string(name);
  return text;
}

std::size_t steps_to_run(const Migration& migration, Direction direction, const Entry* entry) {
  if (direction == Direction::up) return migration.up.steps.size();
  const std::vector<Step>& steps = migration.down->steps;
  const std::vector<Step>& up = migration.up.steps;
  const auto enough = std::ranges::find(steps, true, &Step::is_swap) - steps.begin();
  const auto swap = std::ranges::find(up, true, &Step::is_swap) - up.begin();
  const bool stopped_before_it =
      entry != nullptr && swap < std::ssize(up) &&
      (entry->state == State::applying
           ? entry->step < swap || (entry->step == swap && !entry->begun)
           : entry->state == State::reverting && entry->partial && entry->steps == enough);
  return stopped_before_it ? static_cast<std::size_t>(enough) : steps.size();
}

std::string hash_of_steps(const std::vector<Step>& steps, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count && i < steps.size(); ++i) {
    text += std::to_string(static_cast<int>(steps[i].kind)) + '\n';
    for (const Statement& each : steps[i].statements)
      text += each.text + '\n' + each.copy_data.value_or("");
    if (steps[i].kind == Step::Kind::backfill) text += backfill_statement(steps[i].backfill);
  }
  return stable_hash(text);
}

Result<std::optional<std::vector<Entry>>> read_history(postgres::Connection& connection) {
  auto there =
      connection.query("SELECT pg_catalog.to_regclass('architrave.migrations') IS NOT NULL");
  if (!there) return std::unexpected(of_history(there.error(), connection));
  if (there->cell(0, 0) != "t") return std::optional<std::vector<Entry>>();
  auto rows = connection.query(
      "SELECT version, name, phase, checksum, state, started::text, finished::text, applied_by,"
      " step, steps, begun, done, batch, rows, partial,"
      // Which an older table has not.
      " pg_catalog.to_jsonb(m) ->> 'down_checksum' FROM architrave.migrations m ORDER BY position");
  if (!rows) return std::unexpected(of_history(rows.error(), connection));
  std::vector<Entry> entries;
  for (int row = 0; row < rows->size(); ++row) {
    const auto text = [&](int column) { return std::string(rows->cell(row, column)); };
    Entry entry{text(0), text(1), text(2), text(3)};
    for (const State each : {State::applied, State::baseline, State::applying, State::reverting})
      if (word(each) == rows->cell(row, 4)) entry.state = each;
    entry.started = text(5);
    entry.finished = text(6);
    entry.by = text(7);
    entry.step = static_cast<int>(number(rows->cell(row, 8)));
    entry.steps = static_cast<int>(number(rows->cell(row, 9)));
    entry.begun = rows->cell(row, 10) == "t";
    entry.done = text(11);
    entry.batch = text(12);
    entry.rows = number(rows->cell(row, 13));
    entry.partial = rows->cell(row, 14) == "t";
    entry.down_checksum = text(15);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status create_history(postgres::Connection& connection) {
  Status made = connection.execute(
      "BEGIN; CREATE SCHEMA IF NOT EXISTS architrave;"
      "CREATE TABLE IF NOT EXISTS architrave.migrations ("
      " position bigint GENERATED ALWAYS AS IDENTITY,"
      " version text PRIMARY KEY,"
      " name text NOT NULL,"
      " phase text NOT NULL DEFAULT '',"
      " checksum text NOT NULL,"
      " state text NOT NULL CHECK (state IN ('applied', 'baseline', 'applying', 'reverting')),"
      " started timestamptz NOT NULL DEFAULT clock_timestamp(),"
      " finished timestamptz,"
      " applied_by text NOT NULL DEFAULT session_user,"
      " step integer NOT NULL DEFAULT 0,"
      " steps integer NOT NULL DEFAULT 0,"
      " begun boolean NOT NULL DEFAULT false,"
      " done text NOT NULL DEFAULT '',"
      " batch text,"
      " rows bigint NOT NULL DEFAULT 0,"
      " partial boolean NOT NULL DEFAULT false,"
      " down_checksum text);"
      "COMMENT ON TABLE architrave.migrations IS"
      " 'What architrave migrate has applied to this database';"
      "COMMIT");
  if (!made && made.error().code == "postgres.42501")
    return fail("migration.history", "this role may not make the table architrave.migrations", {},
                "GRANT CREATE ON DATABASE " + quote_identifier(connection.database()) + " TO " +
                    quote_identifier(connection.user()) + ";");
  return made;
}

Result<bool> extend_history(postgres::Connection& connection) {
  auto there = connection.query(
      "SELECT 1 FROM pg_catalog.pg_attribute WHERE attname = 'down_checksum' AND NOT attisdropped"
      " AND attrelid = pg_catalog.to_regclass('architrave.migrations')");
  if (!there) return fail(there);
  if (there->size() > 0) return true;
  const Status added = connection.execute(
      "BEGIN; SET LOCAL lock_timeout = '2s';"
      "ALTER TABLE architrave.migrations ADD down_checksum text; COMMIT");
  if (added) return true;
  if (added.error().code == "postgres.lost") return std::unexpected(added.error());
  if (Status undone = connection.execute("ROLLBACK"); !undone) return fail(undone);
  return false;
}

Error of_history(Error error, const postgres::Connection& connection) {
  if (error.code != "postgres.42501") return error;
  const std::string role = quote_identifier(connection.user());
  return {"migration.history",
          "this role may not use the table architrave.migrations: " + error.message,
          {},
          "GRANT USAGE ON SCHEMA architrave TO " + role +
              "; GRANT SELECT, INSERT, UPDATE, DELETE ON architrave.migrations TO " + role};
}

std::string or_fail(const std::string& record) {
  return "WITH changed AS (" + record + ") SELECT 1 / count(*) FROM changed";
}
bool is_conflict(const Error& error) { return error.code == "postgres.22012"; }
Error conflict() {
  return {"migration.history",
          "somebody else has changed the history meanwhile",
          {},
          "see what architrave migrate status says"};
}

std::string insert_entry(const Migration& migration, State state, std::size_t steps, bool downs) {
  const bool ended = state == State::applied || state == State::baseline;
  std::string text =
      insert("version, name, phase, checksum, state, finished, step, steps" + down_column(downs),
             join({quote_literal(migration.version), quote_literal(migration.name),
                   quote_literal(word(migration.phase)), quote_literal(migration.up.checksum),
                   quote_literal(word(state)), ended ? "clock_timestamp()" : "NULL",
                   ended ? std::to_string(steps) : "0", std::to_string(steps)},
                  ", ") +
                 down_value(downs, migration.down ? migration.down->checksum : ""));
  if (!migration.repeatable) return text;
  return replace_all(text, " RETURNING 1",
                     " ON CONFLICT (version) DO UPDATE SET checksum = excluded.checksum,"
                     " state = excluded.state, started = clock_timestamp(), finished ="
                     " excluded.finished, applied_by = session_user, step = excluded.step, steps ="
                     " excluded.steps RETURNING 1");
}

std::string insert_entry(const Entry& entry, bool downs) {
  const auto time = [](const std::string& text) {
    return text.empty() ? std::string("clock_timestamp()") : quote_literal(text);
  };
  return insert(
      "version, name, phase, checksum, state, started, finished, applied_by" + down_column(downs),
      join({quote_literal(entry.version), quote_literal(entry.name), quote_literal(entry.phase),
            quote_literal(entry.checksum), quote_literal(word(entry.state)), time(entry.started),
            time(entry.finished), entry.by.empty() ? "session_user" : quote_literal(entry.by)},
           ", ") +
          down_value(downs, entry.down_checksum));
}

std::string begin_undo(std::string_view version, std::size_t steps, bool partial) {
  return of(version,
            "state = 'reverting', step = 0, begun = false, done = '', batch = NULL, rows = 0,"
            " steps = " +
                std::to_string(steps) + ", partial = " + (partial ? "true" : "false"));
}

std::string begin_statement(std::string_view version, std::size_t step, const std::string& note) {
  return of(version, "begun = true, batch = " + quote_literal(note), at_step(step));
}

std::string record_step(std::string_view version, std::size_t step, std::size_t next,
                        const std::string& done) {
  return of(version,
            "step = " + std::to_string(next) +
                ", begun = false, batch = NULL, done = " + quote_literal(done),
            at_step(step));
}

std::string record_batch(std::string_view version, std::size_t step, const std::string& batch,
                         std::int64_t rows) {
  return of(version, "batch = " + quote_literal(batch) + ", rows = rows + " + std::to_string(rows),
            at_step(step));
}

std::string record_end(std::string_view version, State was) {
  if (was == State::reverting)
    return "DELETE FROM architrave.migrations WHERE version = " + quote_literal(version) +
           " RETURNING 1";
  return of(version,
            "state = 'applied', finished = clock_timestamp(), step = steps, begun = false, done = "
            "'', batch = NULL");
}

std::string record_change(std::string_view version, const std::string& checksum,
                          std::size_t steps) {
  return of(version, "checksum = " + quote_literal(checksum) +
                         ", begun = false, steps = " + std::to_string(steps));
}

std::string record_down(std::string_view version, const std::string& checksum) {
  return of(version, "down_checksum = " + down_or_null(checksum));
}

}  // namespace architrave::migration

#include "migration/move/state.h"

#include <charconv>

#include "base/quoting.h"

namespace architrave::migration {

namespace {

constexpr const char* tables = R"(
CREATE SCHEMA IF NOT EXISTS architrave;
CREATE TABLE IF NOT EXISTS architrave.moves (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  schema text NOT NULL,
  fingerprint text NOT NULL,
  started timestamptz NOT NULL DEFAULT now(),
  finished timestamptz,
  UNIQUE (source, schema));
CREATE TABLE IF NOT EXISTS architrave.move_parts (
  move bigint NOT NULL REFERENCES architrave.moves ON DELETE CASCADE,
  number integer NOT NULL,
  object text NOT NULL,
  sql text NOT NULL,
  first bigint,
  last bigint,
  done timestamptz,
  rows bigint,
  checksum text,
  problem text,
  PRIMARY KEY (move, number)))";

std::int64_t number_of(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<std::optional<MoveState>> read_state(postgres::Connection& connection,
                                            const std::string& source, const std::string& schema) {
  std::optional<MoveState> none;
  const auto known = connection.query("SELECT to_regclass('architrave.moves') IS NOT NULL");
  if (!known) return std::unexpected(known.error());
  if (known->cell(0, 0) != "t") return none;
  const auto found = connection.query(
      "SELECT id, fingerprint, coalesce(to_char(finished, 'YYYY-MM-DD HH24:MI'), '') "
      "FROM architrave.moves WHERE source = $1 AND schema = $2",
      {source, schema});
  if (!found) return std::unexpected(found.error());
  if (found->size() == 0) return none;
  MoveState state;
  state.id = number_of(found->cell(0, 0));
  state.fingerprint = found->cell(0, 1);
  state.finished = found->cell(0, 2);
  const auto rows = connection.query(
      "SELECT number, object, sql, first, last, done IS NOT NULL, rows, checksum, problem "
      "FROM architrave.move_parts WHERE move = $1 ORDER BY number",
      {std::string(found->cell(0, 0))});
  if (!rows) return std::unexpected(rows.error());
  for (int i = 0; i < rows->size(); ++i) {
    MovePart& part = state.parts.emplace_back();
    part.number = static_cast<int>(number_of(rows->cell(i, 0)));
    part.object = rows->cell(i, 1);
    part.sql = rows->cell(i, 2);
    part.whole = rows->is_null(i, 3);
    part.first = number_of(rows->cell(i, 3));
    part.last = number_of(rows->cell(i, 4));
    part.done = rows->cell(i, 5) == "t";
    part.rows = number_of(rows->cell(i, 6));
    part.checksum = rows->cell(i, 7);
    part.problem = rows->cell(i, 8);
  }
  return state;
}

Result<MoveState> begin_move(postgres::Connection& connection, const std::string& source,
                             const std::string& schema, const std::string& fingerprint,
                             const MoveStatements& statements, std::vector<MovePart> parts) {
  const auto undone = [&](Status& failed) {
    (void)connection.execute("ROLLBACK");
    return fail(failed);
  };
  Status done =
      connection.execute("BEGIN; SET search_path TO " + quote_identifier(schema) + ';' + tables);
  if (!done) return undone(done);
  for (const MoveStatement& each : statements.before) {
    done = connection.execute(each.sql);
    if (!done) {
      done.error().where = each.sql;
      return undone(done);
    }
  }
  const auto made = connection.query(
      "INSERT INTO architrave.moves (source, schema, fingerprint) VALUES ($1, $2, $3) "
      "RETURNING id",
      {source, schema, fingerprint});
  if (!made) {
    done = std::unexpected(made.error());
    return undone(done);
  }
  MoveState state;
  state.id = number_of(made->cell(0, 0));
  state.fingerprint = fingerprint;
  for (MovePart& part : parts) {
    using Cell = std::optional<std::string>;
    const auto put = connection.query(
        "INSERT INTO architrave.move_parts (move, number, object, sql, first, last) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {std::to_string(state.id), std::to_string(part.number), part.object, part.sql,
         part.whole ? Cell() : Cell(std::to_string(part.first)),
         part.whole ? Cell() : Cell(std::to_string(part.last))});
    if (!put) {
      done = std::unexpected(put.error());
      return undone(done);
    }
  }
  state.parts = std::move(parts);
  done = connection.execute("COMMIT");
  if (!done) return undone(done);
  return state;
}

Status set_done(postgres::Connection& connection, std::int64_t move, const MovePart& part) {
  const auto set = connection.query(
      "UPDATE architrave.move_parts SET done = now(), rows = $3, checksum = $4, problem = $5 "
      "WHERE move = $1 AND number = $2",
      {std::to_string(move), std::to_string(part.number), std::to_string(part.rows), part.checksum,
       part.problem});
  if (!set) return std::unexpected(set.error());
  return {};
}

Status set_finished(postgres::Connection& connection, std::int64_t move) {
  const auto set = connection.query("UPDATE architrave.moves SET finished = now() WHERE id = $1",
                                    {std::to_string(move)});
  if (!set) return std::unexpected(set.error());
  return {};
}

}  // namespace architrave::migration

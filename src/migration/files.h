// A folder of migrations as values, read and written. The files of Architrave's own layout,
//
//   0007_add_price_cents.expand.up.sql   0007_add_price_cents.expand.down.sql
//
// are plain SQL that applies in the order of the names with `psql -f` (and is undone in the
// opposite order). Every pair has a number of its own: a change in three phases is three pairs. A
// file begins with comments
//
//   -- architrave:migration add_price_cents
//   -- architrave:phase expand
//   -- architrave:transaction one        (or none: the file holds what no transaction can)
//   -- architrave:proof up and down tried on PostgreSQL 15.20: the catalog was equal
//
// and is then a list of steps: a transaction, BEGIN to COMMIT; a single statement outside of one; a
// backfill. A file without BEGIN is one transaction, unless it says `none` or holds a statement
// that can't be in one. Flyway, golang-migrate, dbmate, sqitch, Prisma and plain folders are read
// into the same values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/object.h"
#include "migration/backfill.h"

namespace architrave::migration {

enum class Phase { none, expand, migrate, contract };
std::string_view word(Phase phase);  // "expand"; "" for none

// What a plan's statement makes, where a way back has to know it though the phase has stopped
// before it. No file says so.
struct Made {
  enum class What { nothing, index, key_index, constraint, validation, not_null };
  What what = What::nothing;
  catalog::ObjectName table;
  std::string name;   // the index's or constraint's; of not_null the column's
  std::string again;  // of an index: the statement that makes it if it is not there
};
// What takes away what a statement makes for a while only, if it is there.
struct Leftover {
  std::string gone_by;
  catalog::ObjectName table;  // of an index
  std::string index;
};

struct Statement {
  std::string text;  // without its semicolon
  int line = 0;      // where it begins in its file, from 1; 0 where it has none
  int column = 0;
  std::optional<std::string> copy_data;  // what a COPY … FROM STDIN is given
  std::string accepted;  // "drop-column: …": the rule of lint that it is not held against, and why
  Made made;
  Leftover leftover;

  Statement() = default;
  Statement(std::string sql, Made its, Leftover left = {})
      : text(std::move(sql)), made(std::move(its)), leftover(std::move(left)) {}
  Statement(std::string sql) : text(std::move(sql)) {}  // NOLINT: a statement is its text
  Statement(const char* sql) : text(sql) {}             // NOLINT
};

// What is done as a whole or not at all, but for a backfill, which knows how far it came.
struct Step {
  enum class Kind { transaction, statement, setting, backfill };
  Kind kind = Kind::transaction;
  // Without BEGIN, COMMIT and the two settings below. One statement, but for a transaction. A
  // `setting` (SET search_path …) holds for the steps after it and is repeated on a resume.
  std::vector<Statement> statements;
  Backfill backfill;
  // As the server writes them: "100ms", "0" for none. Absent: the runner's own. In a file a
  // transaction opens with SET LOCAL, and SET stands before a single statement.
  std::optional<std::string> lock_timeout;
  std::optional<std::string> statement_timeout;
  // Of the way there: all before this only makes what stands beside, and this puts it in its place.
  // Of the way back: what stands before this is enough for a phase that stopped before that. In a
  // file, "-- architrave:swap" above it.
  bool is_swap = false;
  int line = 0;

  static Step transaction(std::vector<Statement> statements);
  static Step single(Statement statement);
  static Step fill(Backfill backfill);
};

// One direction of a migration.
struct Script {
  std::filesystem::path file;  // empty before it is written
  std::string text;            // the whole file (of dbmate: of its half)
  std::string checksum;        // of the text; line ends do not count
  std::vector<Step> steps;
};

struct Migration {
  std::string version;  // "0007", "1.2", "20240102030405"; unique in its folder
  std::string name;
  Phase phase = Phase::none;
  std::vector<std::string> proof;  // a line each
  Script up;
  std::optional<Script> down;          // absent: there is no way back
  std::optional<Script> check;         // sqitch's verify: fails where the migration is not there
  std::vector<std::string> tags = {};  // of a sqitch.plan, directly behind it: "@v1.0"
  bool repeatable = false;  // Flyway's R__: run again whenever it changes, after the others
};

enum class Layout { architrave, flyway, golang_migrate, dbmate, sqitch, prisma, folders, plain };
std::string_view word(Layout layout);  // "golang-migrate"

struct Folder {
  std::filesystem::path path;
  Layout layout = Layout::architrave;
  std::vector<Migration> migrations;  // in the order in which they are applied
};

// Whose SQL the files hold: where a statement ends and what no transaction holds is for each to
// say.
enum class Dialect { postgresql, sqlite };

// An empty folder has no migrations and Architrave's layout. Errors, with file:line:column:
// "migration.folder" (not there, two of one version, names that are no migration's),
// "migration.file" (a COMMIT that is missing, what psql alone can do, …).
Result<Folder> read_folder(const std::filesystem::path& folder,
                           Dialect dialect = Dialect::postgresql);

// A script's steps from its text, and its header into `header` if that is given (up, down and
// check apart). `file` is for messages. `transaction` false: its layout says that the script is not
// to be one transaction.
Result<Script> parse_script(std::string_view text, const std::filesystem::path& file,
                            Migration* header = nullptr, bool transaction = true,
                            Dialect dialect = Dialect::postgresql);
// The steps of a script for SQLite. Outside of BEGIN and COMMIT stand by themselves what acts on
// the connection or the file (PRAGMA, VACUUM, ATTACH); all else is in a transaction.
Result<std::vector<Step>> parse_sqlite_steps(std::string_view text,
                                             const std::filesystem::path& file);

// The text of a file in Architrave's layout. parse_script gives the same steps again, but for
// lines and columns.
std::string render(const Migration& migration, const std::vector<Step>& steps);

// "0008": one more than the highest number in the folder, as wide as what is there; "0001" in a
// folder that is empty or not there.
Result<std::string> next_number(const std::filesystem::path& folder);
// The number after that, as wide.
std::string next_number(std::string_view number);

// Writes 0007_name.phase.up.sql and, where there is a way back, .down.sql into the folder, which is
// made; texts, checksums and paths are filled in. Nothing is overwritten: error "migration.exists".
Status write_migration(Migration& migration, const std::filesystem::path& folder);

// By the numbers in them: "2" before "10", "1.9" before "1.10".
bool version_less(std::string_view a, std::string_view b);
// Of a script's text, line ends aside.
std::string checksum(std::string_view text);

// Whether the server takes the statement inside of a transaction (CREATE INDEX CONCURRENTLY,
// VACUUM, CREATE DATABASE, a DO that commits, … it does not).
bool runs_in_transaction(std::string_view statement);
// Whether it does nothing but set something for the session: SET, RESET, set_config(…, false).
bool is_session_setting(std::string_view statement);

}  // namespace architrave::migration

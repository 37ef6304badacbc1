// What every engine offers to the floors above it: open a source, read its catalog, write a
// catalog as SQL, and hold one in a private, disposable server.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/attempt.h"

namespace architrave::engine {

// What a SOURCE turned out to be. `kind`: "live", "file", "folder", "twin".
struct SourceInfo {
  std::string kind;
  std::string engine;          // "postgresql", "sqlite"
  std::string server_version;  // of what was read; for a file that of the sandbox
  std::string name;            // for people: without a password
  std::string language = {};   // of a model file: "Prisma", "DBML"
};

// Statements that belong together. In a transaction, they all happen or none does.
struct Unit {
  std::vector<std::string> statements;
  bool transactional = true;
};
struct Outcome {
  bool ok = true;
  std::string error;      // the server's message
  std::string code;       // of the error: "postgres.23505"
  std::string statement;  // the one that failed
};

// A private, disposable server that holds one database. Destroying it stops the server and
// removes its folder; it never outlives its process.
class Sandbox {
 public:
  virtual ~Sandbox() = default;
  virtual std::string description() const = 0;  // "PostgreSQL 15.20 sandbox"
  // True where relations have the original's statistics and lengths, so that costs mean something.
  virtual bool has_statistics() const = 0;
  // Turns it into a twin, if what was read of the source allows; else has_statistics() stays false.
  virtual Status take_statistics() { return {}; }
  virtual Result<catalog::Catalog> read() = 0;
  // Another that holds the same, rows included, and goes its own way from here.
  virtual Result<std::unique_ptr<Sandbox>> copy() {
    return fail("sandbox.copy", "this engine's sandbox can't be copied");
  }
  // Runs each unit on its own; one that fails changes nothing and does not stop the next. The
  // error is for a server that can no longer be reached.
  virtual Result<std::vector<Outcome>> run(const std::vector<Unit>& units) = 0;
  // The planner's total cost of each query; absent for one that can't be planned.
  virtual Result<std::vector<std::optional<double>>> costs(
      const std::vector<std::string>& queries) = 0;
  // The same, as if these CREATE INDEX statements had been run (by HypoPG, or in a twin by indexes
  // without rows); all absent where that can't be asked.
  virtual Result<std::vector<std::optional<double>>> costs_with(
      const std::vector<std::string>& queries, const std::vector<std::string>&) {
    return std::vector<std::optional<double>>(queries.size());
  }
  // Tries statements in one transaction, each for so many seconds at most, and rolls it back: what
  // each has returned. After one that failed, those behind it fail as well.
  virtual Result<std::vector<Attempt>> attempt(const std::vector<std::string>&,
                                               double /*seconds*/) {
    return fail("sandbox.attempt", "this engine's sandbox does not try statements");
  }
  // What a command needs to reach it: {"PGHOST", …}, {"PGPORT", …}, …
  virtual std::vector<std::pair<std::string, std::string>> environment() const = 0;
};

// A statement of a source file that did not load, and what to do about it.
struct LoadProblem {
  std::string file;
  int line = 0;
  std::string statement;  // its first line
  std::string message;
  std::string hint;
  int column = 0;  // where the server says so, and then `line` is that of the place; else 0

  std::string where() const;  // file:line, file:line:column
};

// What a new sandbox holds: the definitions, or also the statistics and lengths of a twin, or also
// the rows where a source can be copied as it stands (a SQLite file that is not large).
enum class Fill { definitions, twin, rows };

class Planner;  // engine/planner.h

// What a sandbox was given of a live database's rows.
struct RowsTaken {
  std::int64_t rows = 0;
  bool all = true;                 // else a sample
  std::vector<std::string> notes;  // "without the rows of app.audit (permission denied …)"
};

struct Opened {
  SourceInfo source;
  catalog::Catalog catalog;
  // For a source that had to be loaded to be read (files, twins): the sandbox that holds it.
  std::unique_ptr<Sandbox> sandbox;
  std::vector<LoadProblem> problems;
  std::vector<std::string> notes;  // "there is no PostgreSQL 14 here; read with 15"
  // Tries queries on the source itself, as a sandbox's attempt() would; empty where it is no live
  // database. Nothing is written there.
  std::function<Result<std::vector<Attempt>>(const std::vector<std::string>&, double seconds)> ask;
  // Puts rows of a live database, all or a sample, into a sandbox that holds its definitions; those
  // of a sample find the rows that the foreign keys of either catalog name. Nothing is written
  // there. Empty where rows are not at hand, or in the sandbox already.
  std::function<Result<RowsTaken>(Opened&, Sandbox&, const catalog::Catalog& wanted)> take_rows;
  // Makes another sandbox of it; set by the engine that opened it.
  std::function<Result<std::unique_ptr<Sandbox>>(Opened&, Fill)> start_sandbox;
  // Asks its planner what if; empty where the engine has no such thing. See make_planner.
  std::function<Result<std::unique_ptr<Planner>>(Opened&)> start_planner;
};

struct OpenOptions {
  std::string engine;             // force "postgresql" or "sqlite" for a .sql file
  int server_version = 15;        // major version of the PostgreSQL that a .sql file is loaded into
  double statement_timeout = 60;  // seconds, of each question to a live server
  bool may_be_empty = false;      // a .sql file or folder with nothing in it is an empty schema
  std::function<void(std::string_view)> progress;  // "reading 142 tables"; may be empty
};

// Errors: "source.missing", "source.unknown", "postgres.connect", "postgres.no_server", "sql.load",
// "twin.corrupt", "interrupted".
Result<Opened> open(const std::string& source, const OpenOptions& options);

// A sandbox that holds the same: the one that `opened` already has, else a new server of the
// source's own major version where one is found (else the nearest newer, which `opened.notes` then
// says), with the catalog written into it.
Result<std::unique_ptr<Sandbox>> make_sandbox(Opened& opened, Fill fill = Fill::definitions);

// A twin file's bytes for a live PostgreSQL database or another twin. Without values it holds none
// of the rows that the planner's statistics have sampled.
struct TwinFile {
  std::string bytes;
  std::vector<std::string> notes;  // what could not be read
};
Result<TwinFile> make_twin(const std::string& source, bool without_values,
                           const OpenOptions& options);

// The catalog as SQL that makes it, in dependency order, in its own engine's dialect.
std::string to_sql(const catalog::Catalog& catalog);

}  // namespace architrave::engine

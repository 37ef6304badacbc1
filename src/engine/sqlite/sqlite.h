// A connection to a SQLite database, with errors as values.
//
// What is only looked at stays as it is: a file is opened read-only, and nothing is made beside it.
// Three states of a file would make SQLite write: one in WAL mode without a log (opened as
// immutable), a log whose shared memory is gone, and a journal that waits to be rolled back (both
// are copied to a private folder and read there).
//
// Errors: "sqlite.open", "sqlite.query", "sqlite.timeout", "sqlite.not_a_database",
// "sqlite.corrupt", "sqlite.locked", "interrupted".
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace architrave::sqlite {

// What a value is stored as, whatever its column was declared to be.
enum class Storage { integer, real, text, blob, null };

// One row of a result; valid until the next.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  int columns() const;
  bool is_null(int column) const;
  std::string text(int column) const;  // "" for NULL
  std::int64_t integer(int column) const;
  double real(int column) const;
  Storage storage(int column) const;
  std::string_view bytes(int column) const;  // of a text (as UTF-8) or a blob

 private:
  sqlite3_stmt* statement_;
};

class Connection {
 public:
  // An existing file, read-only; waits this long for a lock that another process holds.
  static Result<Connection> open_file(const std::filesystem::path& path, double wait_seconds = 5);
  static Result<Connection> create_file(const std::filesystem::path& path);  // read and write
  static Result<Connection> open_memory();
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  using EachRow = std::function<void(const Row&)>;
  // One statement with its parameters.
  Status query(const std::string& sql, const std::vector<std::string>& parameters,
               const EachRow& each);
  // Any number of statements, to the first that fails; rows are thrown away.
  Status execute(const std::string& sql);
  // The first column of the first row; "" and 0 where there is none.
  Result<std::string> text(const std::string& sql);
  Result<std::int64_t> number(const std::string& sql);

  // Tables and views that a query reads, directly or through a view, sorted.
  Result<std::vector<std::string>> tables_read_by(const std::string& query);

  // From here on, statements may touch no other file: ATTACH, VACUUM INTO and extensions fail.
  void confine();
  // While set, statements may not begin or end transactions (savepoints apart).
  void forbid_transactions(bool forbid);
  // Whatever runs longer than this from now on ends with "sqlite.timeout"; 0 for no limit.
  void limit_time(double seconds);

  // Makes `target` the same as this database, page by page.
  Status copy_to(Connection& target);

  // The C library's handle, for what has no method here.
  sqlite3* handle() const;
  // True where the file was opened as one that nobody changes.
  bool is_immutable() const;
  // The last error of the handle as a value.
  Error last_error(const std::string& where = {}) const;

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  static Result<Connection> open(const std::string& name, int flags, const std::string& shown);
  std::unique_ptr<State> state_;  // at a fixed address: the library's callbacks point to it
};

// The SQLite library's own version: "3.40.1" and 3040001.
std::string library_version();
std::int32_t library_version_number();

// True if SQLite takes them for one name: it folds ASCII letters alone.
bool same_name(const std::string& a, const std::string& b);

}  // namespace architrave::sqlite

#include "engine/sqlite/sqlite.h"

#include <sqlite3.h>

#include <array>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/sqlite/private_folder.h"

namespace architrave::sqlite {

namespace fs = std::filesystem;

struct Connection::State {
  // Declared first, so that a private copy outlives the handle on it.
  std::optional<PrivateFolder> folder;
  sqlite3* handle = nullptr;
  double deadline = 0;  // monotonic; 0: none
  bool timed_out = false;
  bool immutable = false;
  bool confined = false;
  bool no_transactions = false;
  std::set<std::string>* tables_read = nullptr;  // where tables_read_by collects

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { sqlite3_close_v2(handle); }

  static int on_progress(void* self);
  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* database, const char* view);
};

int Connection::State::on_progress(void* self) {
  auto* state = static_cast<State*>(self);
  if (interrupted()) return 1;
  if (state->deadline == 0 || monotonic_seconds() < state->deadline) return 0;
  state->timed_out = true;
  return 1;
}

int Connection::State::authorize(void* self, int action, const char* first, const char* second,
                                 const char*, const char*) {
  auto* state = static_cast<State*>(self);
  if (state->tables_read != nullptr && action == SQLITE_READ && first != nullptr) {
    state->tables_read->insert(first);
  }
  if (state->no_transactions && action == SQLITE_TRANSACTION) return SQLITE_DENY;
  if (!state->confined) return SQLITE_OK;
  switch (action) {
    case SQLITE_ATTACH:
      // VACUUM attaches a nameless temporary database, which is no file of anyone's.
      return first != nullptr && *first == '\0' ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
      return second != nullptr && lower(second) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA: {
      std::string name = lower(first == nullptr ? "" : first);
      return name == "temp_store_directory" || name == "data_store_directory" ? SQLITE_DENY
                                                                              : SQLITE_OK;
    }
    default:
      return SQLITE_OK;
  }
}

int Row::columns() const { return sqlite3_column_count(statement_); }
bool Row::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::string Row::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Row::real(int column) const { return sqlite3_column_double(statement_, column); }

Storage Row::storage(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return Storage::integer;
    case SQLITE_FLOAT:
      return Storage::real;
    case SQLITE_TEXT:
      return Storage::text;
    case SQLITE_BLOB:
      return Storage::blob;
    default:
      return Storage::null;
  }
}

std::string_view Row::bytes(int column) const {
  const void* bytes = storage(column) == Storage::blob
                          ? sqlite3_column_blob(statement_, column)
                          : static_cast<const void*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Error error_of(int code, std::string message, const std::string& where) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return {"sqlite.not_a_database", "this is not a SQLite database", where,
              "an encrypted database looks the same: decrypt it first"};
    case SQLITE_CORRUPT:
      return {"sqlite.corrupt", "the database is damaged: " + message, where,
              "sqlite3 FILE .recover writes out what can still be read"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"sqlite.locked", "another process holds a lock on the database", where,
              "wait until it has finished writing, or look at a copy made by sqlite3 FILE "
              "'.backup COPY'"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return {(code & 0xff) == SQLITE_CANTOPEN ? "sqlite.open" : "sqlite.query",
              std::move(message),
              where,
              {}};
    default:
      return {"sqlite.query", std::move(message), where, {}};
  }
}

bool has_bytes(const fs::path& path) {
  std::error_code problem;
  auto size = fs::file_size(path, problem);
  return !problem && size > 0;
}

fs::path beside(const fs::path& path, const char* suffix) {
  fs::path result = path;
  result += suffix;
  return result;
}

bool in_wal_mode(const fs::path& path) {
  std::array<char, 20> header{};
  std::ifstream file(path, std::ios::binary);
  // Bytes 18 and 19: the format's write and read version; 2 is WAL.
  return file.read(header.data(), header.size()) && header[18] == 2 && header[19] == 2;
}

// "file:///a%20b?mode=ro&…"
std::string uri(const fs::path& path, std::string_view parameters) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string result = "file://";
  for (char c : fs::absolute(path).string()) {
    if (c == '%' || c == '?' || c == '#' || static_cast<unsigned char>(c) <= ' ') {
      auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 15];
    } else {
      result += c;
    }
  }
  return result + "?" + std::string(parameters);
}

}  // namespace

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const std::string& name, int flags, const std::string& shown) {
  auto state = std::make_unique<State>();
  int code = sqlite3_open_v2(name.c_str(), &state->handle, flags | SQLITE_OPEN_URI, nullptr);
  if (state->handle == nullptr) return fail("sqlite.open", "out of memory", shown);
  Connection connection(std::move(state));
  if (code != SQLITE_OK) {
    Error error = connection.last_error(shown);
    error.code = "sqlite.open";
    return std::unexpected(std::move(error));
  }
  sqlite3_extended_result_codes(connection.handle(), 1);
  sqlite3_progress_handler(connection.handle(), 1000, State::on_progress, connection.state_.get());
  sqlite3_set_authorizer(connection.handle(), State::authorize, connection.state_.get());
  return connection;
}

Result<Connection> Connection::open_file(const fs::path& path, double wait_seconds) {
  const std::string shown = path.string();
  std::error_code problem;
  if (!fs::is_regular_file(path, problem)) {
    return fail("sqlite.open", "there is no such file: " + shown, shown,
                "name the file of a SQLite database");
  }
  fs::path file = fs::canonical(path, problem);
  if (problem) file = path;
  const bool has_log = has_bytes(beside(file, "-wal"));
  const bool needs_recovery = (has_log && !fs::exists(beside(file, "-shm"), problem)) ||
                              (!in_wal_mode(file) && has_bytes(beside(file, "-journal")));
  const bool immutable = !has_log && in_wal_mode(file);

  auto connect = [&]() -> Result<Connection> {
    if (!immutable) return open(uri(file, "mode=ro"), SQLITE_OPEN_READONLY, shown);
    return open(uri(file, "mode=ro&immutable=1"), SQLITE_OPEN_READONLY, shown);
  };
  // A journal beside it may also be that of a transaction which is under way: then there is
  // nothing to recover, and reading it in place waits its turn.
  auto connection = connect();
  if (!connection) return connection;
  connection->state_->immutable = immutable;
  sqlite3_busy_timeout(connection->handle(), static_cast<int>(wait_seconds * 1000));
  auto readable = [&]() -> Status {
    // The library opens lazily: only a question shows whether it is a database.
    auto tables = connection->number("SELECT count(*) FROM sqlite_schema");
    if (tables) return {};
    tables.error().where = shown;
    return fail(tables);
  };
  if (has_log && needs_recovery) {
    // Not even looked at in place: that would make the shared memory file.
  } else if (Status status = readable(); status) {
    return connection;
  } else if (!needs_recovery || status.error().code == "sqlite.locked") {
    return fail(status);
  }

  auto folder = PrivateFolder::make();
  if (!folder) return fail(folder);
  fs::path copy = folder->path() / "copy.db";
  for (const char* suffix : {"", "-wal", "-journal"}) {
    if (!fs::exists(beside(file, suffix), problem)) continue;
    fs::copy_file(beside(file, suffix), beside(copy, suffix), problem);
    if (problem) {
      return fail("sqlite.open",
                  "cannot copy the database to where its log can be replayed: " + problem.message(),
                  shown, "set TMPDIR to a folder with enough room");
    }
  }
  connection = create_file(copy);
  if (!connection) return connection;
  connection->state_->folder.emplace(std::move(*folder));
  if (Status status = readable(); !status) return fail(status);
  return connection;
}

Result<Connection> Connection::create_file(const fs::path& path) {
  auto connection = open(path.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, path.string());
  if (connection) sqlite3_busy_timeout(connection->handle(), 5000);
  return connection;
}

Result<Connection> Connection::open_memory() {
  return open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, {});
}

sqlite3* Connection::handle() const { return state_->handle; }
bool Connection::is_immutable() const { return state_->immutable; }
void Connection::confine() { state_->confined = true; }
void Connection::forbid_transactions(bool forbid) {
  state_->no_transactions = forbid;
  // Statements that were prepared before must ask again; the library does so on a new authorizer.
  sqlite3_set_authorizer(handle(), State::authorize, state_.get());
}
void Connection::limit_time(double seconds) {
  state_->timed_out = false;
  state_->deadline = seconds > 0 ? monotonic_seconds() + seconds : 0;
}

Error Connection::last_error(const std::string& where) const {
  int code = sqlite3_extended_errcode(handle());
  if (code == SQLITE_INTERRUPT) {
    if (interrupted()) return {"interrupted", "interrupted", where, {}};
    if (state_->timed_out) return {"sqlite.timeout", "the time for it is over", where, {}};
  }
  return error_of(code, sqlite3_errmsg(handle()), where);
}

Status Connection::query(const std::string& sql, const std::vector<std::string>& parameters,
                         const EachRow& each) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(handle(), sql.c_str(), -1, &raw, nullptr);
  Statement statement(raw);
  if (code != SQLITE_OK) return std::unexpected(last_error());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    sqlite3_bind_text(raw, static_cast<int>(i) + 1, parameters[i].data(),
                      static_cast<int>(parameters[i].size()), SQLITE_TRANSIENT);
  }
  while ((code = sqlite3_step(raw)) == SQLITE_ROW) each(Row(raw));
  if (code != SQLITE_DONE) return std::unexpected(last_error());
  return {};
}

Status Connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(last_error());
  }
  return {};
}

Result<std::string> Connection::text(const std::string& sql) {
  std::optional<std::string> result;
  Status status = query(sql, {}, [&](const Row& row) {
    if (!result) result = row.text(0);
  });
  if (!status) return fail(status);
  return result.value_or("");
}

Result<std::int64_t> Connection::number(const std::string& sql) {
  std::optional<std::int64_t> result;
  Status status = query(sql, {}, [&](const Row& row) {
    if (!result) result = row.integer(0);
  });
  if (!status) return fail(status);
  return result.value_or(0);
}

Result<std::vector<std::string>> Connection::tables_read_by(const std::string& query) {
  std::set<std::string> names;
  state_->tables_read = &names;
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(handle(), query.c_str(), -1, &raw, nullptr);
  state_->tables_read = nullptr;
  Statement statement(raw);
  if (code != SQLITE_OK) return std::unexpected(last_error());
  return std::vector<std::string>(names.begin(), names.end());
}

Status Connection::copy_to(Connection& target) {
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", handle(), "main");
  if (backup == nullptr) return std::unexpected(target.last_error());
  sqlite3_backup_step(backup, -1);
  if (sqlite3_backup_finish(backup) != SQLITE_OK) return std::unexpected(target.last_error());
  return {};
}

std::string library_version() { return sqlite3_libversion(); }
std::int32_t library_version_number() { return sqlite3_libversion_number(); }

bool same_name(const std::string& a, const std::string& b) {
  return sqlite3_stricmp(a.c_str(), b.c_str()) == 0;
}

}  // namespace architrave::sqlite

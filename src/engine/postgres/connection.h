// A connection to a PostgreSQL server: libpq with lifetimes, pipelines, COPY, cancelling and
// errors as values.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct pg_conn;
struct pg_result;

namespace architrave::postgres {

// The rows of one statement. Cells are valid as long as the Rows.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);
  int size() const;
  int columns() const;
  std::string_view column_name(int column) const;
  std::string column_type(int column) const;  // its OID and modifier
  int column(std::string_view name) const;    // -1 if there is none
  bool is_null(int row, int column) const;
  std::string_view cell(int row, int column) const;  // "" for null

 private:
  std::shared_ptr<pg_result> result_;
};

struct ConnectOptions {
  // All settings are applied at the start of the session.
  double statement_timeout = 60;  // seconds; 0: none
  double lock_timeout = 2;        // seconds; 0: none
  double connect_timeout = 10;    // seconds
  bool read_only = false;         // default_transaction_read_only=on
};

// What is done now and then while an answer takes its time.
struct WhileWaiting {
  double after = 0;  // seconds; the next times after twice as many each, one at most
  std::function<void()> look;
};

using Parameters = std::vector<std::optional<std::string>>;

class Connection {
 public:
  // `source` is handed to libpq whole: a URL, a keyword string, or "" for libpq's environment.
  // Errors "postgres.connect" with libpq's words, without a password, and a hint; and
  // "postgres.version" of a server that is too old.
  static Result<Connection> open(const std::string& source, const ConnectOptions& options = {});
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  int server_version() const;                     // 150020
  std::string parameter(const char* name) const;  // PQparameterStatus; "" if unknown
  std::string database() const;
  std::string user() const;
  std::string host() const;  // "" for a socket of this machine

  // One statement by the extended protocol. All functions below may return, besides
  // "postgres.query" (message, SQLSTATE in code as "postgres.42P01", position in `where`):
  // "postgres.lost" (the server went away) and "interrupted" (the query was cancelled on Ctrl-C).
  Result<Rows> query(const std::string& sql, const Parameters& parameters = {});
  // Statements separated by semicolons, by the simple protocol; rows are thrown away.
  Status execute(const std::string& script);
  // Many statements in one pipeline; each is its own transaction unless it opens one, and a
  // failure does not stop those after it. Results in order.
  Result<std::vector<Result<Rows>>> pipeline(const std::vector<std::string>& statements);
  // The same, giving each statement's number and result as soon as it is there, while the server
  // works on the next.
  Status pipeline_each(const std::vector<std::string>& statements,
                       const std::function<void(std::size_t, Result<Rows>)>& take_result);
  // Many statements in one message: the server runs them without waiting for us in between, and
  // leaves out those behind one that fails (a COMMIT too), so that locks are held no longer than it
  // takes to do the work. The rows of those that ran, and the error of the one behind them.
  struct Together {
    std::vector<Rows> rows;
    std::optional<Error> error;
  };
  Result<Together> together(const std::vector<std::string>& statements);
  // COPY … FROM STDIN with this data.
  Status copy_in(const std::string& statement, std::string_view data);
  // The same for data that comes in pieces: begin, any number of puts, end. A reason given to the
  // end gives it up, and no row of it is there.
  Status copy_begin(const std::string& statement);
  Status copy_put(std::string_view data);
  Status copy_end(const std::string& reason = {});
  // COPY … TO STDOUT: each line as it arrives, with its line feed.
  Status copy_out(const std::string& statement, const std::function<void(std::string_view)>& each);

  // A question in a fresh READ ONLY transaction that can't be made writable (BEGIN READ ONLY;
  // SELECT 1), at REPEATABLE READ: all statements see the same database. Pipelined: one round trip.
  // `session`, if not empty, is a statement that sets what holds for all of them.
  Result<std::vector<Result<Rows>>> read_only(const std::vector<std::string>& statements,
                                              const std::string& session = {});

  // From now on, while query, execute, together and the beginning of a COPY wait; empty: nothing.
  // It may not use this connection.
  void while_waiting(WhileWaiting meanwhile);

  pg_conn* raw() const;

 private:
  explicit Connection(pg_conn* connection);
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Close> connection_;
  WhileWaiting meanwhile_;
};

}  // namespace architrave::postgres

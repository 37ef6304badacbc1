#include "engine/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/postgres/connect_error.h"

namespace architrave::postgres {

namespace {

constexpr double longest_wait_between_looks = 1;

std::unexpected<Error> interrupted_error() { return fail("interrupted", "interrupted"); }

std::unexpected<Error> lost(PGconn* connection) {
  std::string message(trim(PQerrorMessage(connection)));
  message = message.substr(0, message.find('\n'));
  return fail("postgres.lost",
              "the connection to the server was lost" + (message.empty() ? "" : ": " + message), {},
              "see whether the server still runs, and what its log says; then try again");
}

// Asks the server to stop what it is doing, over a connection of libpq's own.
void cancel(PGconn* connection) {
  if (PGcancel* request = PQgetCancel(connection)) {
    std::array<char, 256> reason{};
    PQcancel(request, reason.data(), static_cast<int>(reason.size()));
    PQfreeCancel(request);
  }
}

// Waits until the socket is readable (or, if asked, writable), an interrupt arrives, or the
// deadline (monotonic_seconds; 0: none) has passed. After an interrupt the connection is only good
// for being closed: what was under way has been cancelled and its answer is not read.
enum class Woken { ready, interrupted, late };
Woken wait_for_socket(PGconn* connection, short events, double deadline = 0) {
  while (true) {
    if (interrupted()) return Woken::interrupted;
    int milliseconds = -1;
    if (deadline > 0) {
      const double left = deadline - monotonic_seconds();
      if (left <= 0) return Woken::late;
      milliseconds = static_cast<int>(std::ceil(left * 1000));
    }
    std::array<pollfd, 2> waits = {pollfd{PQsocket(connection), events, 0},
                                   pollfd{interrupt_descriptor(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), milliseconds) < 0 && errno != EINTR) return Woken::ready;
    if (waits[0].revents != 0) return Woken::ready;
  }
}

// Sends what is in the way out and reads what is there. Without a result until one is complete.
Status wait_for_result(PGconn* connection, const WhileWaiting& meanwhile = {}) {
  int unsent = PQflush(connection);
  double wait = meanwhile.after;
  double look_at = meanwhile.look ? monotonic_seconds() + wait : 0;
  while (PQisBusy(connection) != 0 || unsent != 0) {
    if (unsent < 0) return lost(connection);
    if (PQisBusy(connection) == 0) return {};
    const short events = static_cast<short>(unsent != 0 ? POLLIN | POLLOUT : POLLIN);
    const Woken woken = wait_for_socket(connection, events, look_at);
    if (woken == Woken::interrupted) {
      cancel(connection);
      return interrupted_error();
    }
    if (woken == Woken::late) {
      meanwhile.look();
      wait = std::min(2 * wait, longest_wait_between_looks);
      look_at = monotonic_seconds() + wait;
      continue;
    }
    if (PQconsumeInput(connection) == 0) return lost(connection);
    unsent = PQflush(connection);
  }
  return {};
}

Error query_error(const PGresult* result) {
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text != nullptr ? text : "");
  };
  Error error;
  const std::string state = field(PG_DIAG_SQLSTATE);
  error.code = "postgres." + (state.empty() ? "query" : state);
  error.message = field(PG_DIAG_MESSAGE_PRIMARY);
  if (error.message.empty()) error.message = trim(PQresultErrorMessage(result));
  if (const std::string detail = field(PG_DIAG_MESSAGE_DETAIL); !detail.empty())
    error.message += " (" + detail + ")";
  if (const std::string position = field(PG_DIAG_STATEMENT_POSITION); !position.empty())
    error.where = "character " + position;
  error.hint = field(PG_DIAG_MESSAGE_HINT);
  if (state == "57014" && error.message.find("statement timeout") != std::string::npos)
    error.hint = "allow it more time, or look when the server is less busy";
  return error;
}

// One result as rows or an error. COPY has no place where this is asked.
Result<Rows> take(PGresult* result) {
  Rows rows(result);
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return rows;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      return fail("postgres.query", "COPY to or from the client cannot run here");
    default:
      return std::unexpected(query_error(result));
  }
}

// The answer to one command outside a pipeline: its last rows, or its first error.
Result<Rows> finish(PGconn* connection, const WhileWaiting& meanwhile = {}) {
  Result<Rows> answer = Rows();
  while (true) {
    if (Status ready = wait_for_result(connection, meanwhile); !ready) return fail(ready);
    PGresult* result = PQgetResult(connection);
    if (result == nullptr) break;
    const ExecStatusType status = PQresultStatus(result);
    Result<Rows> rows = take(result);
    if (status == PGRES_COPY_IN) PQputCopyEnd(connection, "no data is given here");
    if (status == PGRES_COPY_OUT) {
      char* line = nullptr;
      while (PQgetCopyData(connection, &line, 0) > 0) PQfreemem(line);
    }
    if (PQstatus(connection) == CONNECTION_BAD) return lost(connection);
    if (answer) answer = std::move(rows);
  }
  return answer;
}

// COMMIT and its like, behind white space and comments.
bool controls_transaction(std::string_view sql) {
  while (true) {
    sql = trim(sql);
    if (sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.size(), sql.find('\n')));
    } else if (sql.starts_with("/*")) {
      int depth = 0;
      std::size_t i = 0;
      do {
        const std::string_view two = sql.substr(i, 2);
        depth += two == "/*" ? 1 : two == "*/" ? -1 : 0;
        i += two == "/*" || two == "*/" ? 2 : 1;
      } while (depth > 0 && i < sql.size());
      sql.remove_prefix(std::min(i, sql.size()));
    } else {
      break;
    }
  }
  const std::string word = lower(sql.substr(0, sql.find_first_of(" \t\r\n\f;/-(")));
  constexpr std::array words = {"abort",   "begin",    "commit",    "end",  "prepare",
                                "release", "rollback", "savepoint", "start"};
  return std::ranges::find(words, word) != words.end();
}

// The session's settings as `-c` options of the start-up packet. Dates and intervals are set too,
// because the server prints definitions in whatever style the session has.
std::string startup_options(const ConnectOptions& options) {
  const auto milliseconds = [](double seconds) {
    return std::to_string(std::llround(seconds * 1000));
  };
  std::string text =
      "-c datestyle=ISO -c intervalstyle=postgres -c timezone=UTC -c bytea_output=hex"
      " -c statement_timeout=" +
      milliseconds(options.statement_timeout) +
      " -c lock_timeout=" + milliseconds(options.lock_timeout);
  if (options.read_only) text += " -c default_transaction_read_only=on";
  return text;
}

// Keeps the `options` that the user has set: ours come after them.
std::string users_options(const std::string& source) {
  std::string text;
  char* complaint = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(source.c_str(), &complaint);
  PQfreemem(complaint);
  for (PQconninfoOption* each = parsed; each != nullptr && each->keyword != nullptr; ++each)
    if (std::strcmp(each->keyword, "options") == 0 && each->val != nullptr) text = each->val;
  PQconninfoFree(parsed);
  if (const char* environment = std::getenv("PGOPTIONS"); text.empty() && environment != nullptr)
    text = environment;
  return text;
}

double users_timeout(PGconn* connection, double otherwise) {
  double seconds = otherwise;
  PQconninfoOption* list = PQconninfo(connection);
  for (PQconninfoOption* each = list; each != nullptr && each->keyword != nullptr; ++each)
    if (std::strcmp(each->keyword, "connect_timeout") == 0 && each->val != nullptr)
      seconds = std::max(2.0, std::strtod(each->val, nullptr));
  PQconninfoFree(list);
  return seconds;
}

// Older ones lack columns of the system catalog.
constexpr int oldest_version = 120000;

// Connects without ever blocking in libpq, so that an interrupt is heard.
Status connect(PGconn* connection, double timeout) {
  const double deadline = timeout > 0 ? monotonic_seconds() + timeout : 0;
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (PQstatus(connection) != CONNECTION_BAD && wanted != PGRES_POLLING_OK) {
    const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    const Woken woken = wait_for_socket(connection, events, deadline);
    if (woken == Woken::interrupted) return interrupted_error();
    if (woken == Woken::late) return fail("postgres.connect", "timeout expired");
    wanted = PQconnectPoll(connection);
    if (wanted == PGRES_POLLING_FAILED) break;
  }
  if (PQstatus(connection) == CONNECTION_OK) return {};
  return fail("postgres.connect", std::string(trim(PQerrorMessage(connection))));
}

}  // namespace

Rows::Rows(pg_result* result) : result_(result, PQclear) {}
int Rows::size() const { return PQntuples(result_.get()); }
int Rows::columns() const { return PQnfields(result_.get()); }
std::string_view Rows::column_name(int column) const { return PQfname(result_.get(), column); }

std::string Rows::column_type(int column) const {
  return std::to_string(PQftype(result_.get(), column)) + ':' +
         std::to_string(PQfmod(result_.get(), column));
}
int Rows::column(std::string_view name) const {
  for (int each = 0; each < columns(); ++each)
    if (column_name(each) == name) return each;
  return -1;
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Rows::cell(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }
Connection::Connection(pg_conn* connection) : connection_(connection) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const std::string& source, const ConnectOptions& options) {
  std::string session = users_options(source);
  session += (session.empty() ? "" : " ") + startup_options(options);
  for (const bool with_options : {true, false}) {
    // What stands after `dbname` wins over what the source says.
    std::vector<const char*> keys = {"dbname", "application_name", "client_encoding"};
    std::vector<const char*> values = {source.c_str(), "architrave", "UTF8"};
    if (with_options) {
      keys.push_back("options");
      values.push_back(session.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    Connection connection(PQconnectStartParams(keys.data(), values.data(), /*expand_dbname=*/1));
    PGconn* raw = connection.raw();
    if (raw == nullptr) return fail("postgres.connect", "out of memory");
    PQsetNoticeProcessor(raw, [](void*, const char*) {}, nullptr);
    Status connected = connect(raw, users_timeout(raw, options.connect_timeout));
    if (connected && connection.server_version() < oldest_version)
      return fail("postgres.version",
                  "this server is too old: PostgreSQL " + connection.parameter("server_version"),
                  {}, "Architrave works with PostgreSQL 12 and newer");
    if (connected) {
      PQsetnonblocking(raw, 1);
      return connection;
    }
    // A pooler knows no such start-up options. Its sessions are shared, so nothing is SET either:
    // read_only() makes its own transactions READ ONLY.
    if (with_options && connected.error().message.find("startup parameter") != std::string::npos)
      continue;
    if (connected.error().code == "interrupted") return fail(connected);
    const char* password = PQpass(raw);
    return std::unexpected(
        connect_error(connected.error().message, source, password != nullptr ? password : ""));
  }
  return fail("postgres.connect", "the server takes none of the session's settings");
}

void Connection::while_waiting(WhileWaiting meanwhile) { meanwhile_ = std::move(meanwhile); }

pg_conn* Connection::raw() const { return connection_.get(); }
int Connection::server_version() const { return PQserverVersion(raw()); }
std::string Connection::database() const { return PQdb(raw()); }
std::string Connection::user() const { return PQuser(raw()); }

std::string Connection::host() const {
  const char* name = PQhost(raw());
  return name != nullptr && *name != '/' ? name : "";
}

std::string Connection::parameter(const char* name) const {
  const char* value = PQparameterStatus(raw(), name);
  return value != nullptr ? value : "";
}

Result<Rows> Connection::query(const std::string& sql, const Parameters& parameters) {
  if (interrupted()) return interrupted_error();
  std::vector<const char*> values;
  for (const auto& each : parameters) values.push_back(each ? each->c_str() : nullptr);
  if (PQsendQueryParams(raw(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, /*resultFormat=*/0) == 0)
    return lost(raw());
  return finish(raw(), meanwhile_);
}

Status Connection::execute(const std::string& script) {
  if (interrupted()) return interrupted_error();
  if (PQsendQuery(raw(), script.c_str()) == 0) return lost(raw());
  if (Result<Rows> done = finish(raw(), meanwhile_); !done) return fail(done);
  return {};
}

Status Connection::pipeline_each(
    const std::vector<std::string>& statements,
    const std::function<void(std::size_t, Result<Rows>)>& take_result) {
  if (interrupted()) return interrupted_error();
  if (PQenterPipelineMode(raw()) == 0) return lost(raw());

  // Both sides' buffers are finite: while ours does not empty, the server may be waiting for us to
  // read, so nothing more is sent until it does, and everything that comes is read at once.
  // Not too many are under way, so that a result is taken when the server is done with it.
  constexpr std::size_t under_way = 64;
  std::size_t sent = 0;
  std::size_t received = 0;
  std::optional<Result<Rows>> current;
  while (received < statements.size()) {
    int unsent = PQflush(raw());
    while (unsent == 0 && sent < statements.size() && sent - received < under_way) {
      if (PQsendQueryParams(raw(), statements[sent].c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                            /*resultFormat=*/0) == 0 ||
          PQpipelineSync(raw()) == 0)
        return lost(raw());
      ++sent;
      unsent = PQflush(raw());
    }
    if (unsent < 0) return lost(raw());
    int nulls = 0;  // one ends each statement; more in a row mean that nothing is to come
    while (received < sent && PQisBusy(raw()) == 0) {
      PGresult* result = PQgetResult(raw());
      if (result == nullptr) {
        if (++nulls > 2 || PQstatus(raw()) == CONNECTION_BAD) return lost(raw());
        continue;
      }
      nulls = 0;
      if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        take_result(received++, current ? std::move(*current) : Result<Rows>(Rows()));
        current.reset();
        continue;
      }
      const ExecStatusType status = PQresultStatus(result);
      Result<Rows> rows = take(result);
      if (PQstatus(raw()) == CONNECTION_BAD) return lost(raw());
      // libpq can't leave a pipeline in which a COPY has begun.
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
        return fail(rows);
      if (!current || *current) current = std::move(rows);
    }
    if (received == statements.size()) break;
    // There is room to send again; what is under way may be nothing, which no socket would report.
    if (unsent == 0 && sent < statements.size() && sent - received < under_way) continue;
    const short events = static_cast<short>(unsent != 0 ? POLLIN | POLLOUT : POLLIN);
    if (wait_for_socket(raw(), events) == Woken::interrupted) {
      cancel(raw());
      return interrupted_error();
    }
    if (PQconsumeInput(raw()) == 0) return lost(raw());
  }
  if (PQexitPipelineMode(raw()) == 0) return lost(raw());
  return {};
}

Result<std::vector<Result<Rows>>> Connection::pipeline(const std::vector<std::string>& statements) {
  std::vector<Result<Rows>> results;
  results.reserve(statements.size());
  Status done = pipeline_each(
      statements, [&](std::size_t, Result<Rows> result) { results.push_back(std::move(result)); });
  if (!done) return fail(done);
  return results;
}

Result<Connection::Together> Connection::together(const std::vector<std::string>& statements) {
  if (interrupted()) return interrupted_error();
  if (PQenterPipelineMode(raw()) == 0) return lost(raw());
  for (const std::string& each : statements)
    if (PQsendQueryParams(raw(), each.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                          /*resultFormat=*/0) == 0)
      return lost(raw());
  if (PQpipelineSync(raw()) == 0) return lost(raw());
  Together answer;
  for (int nulls = 0;;) {
    if (Status ready = wait_for_result(raw(), meanwhile_); !ready) return fail(ready);
    PGresult* result = PQgetResult(raw());
    if (result == nullptr) {  // one ends each statement
      if (++nulls > 2 || PQstatus(raw()) == CONNECTION_BAD) return lost(raw());
      continue;
    }
    nulls = 0;
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC || status == PGRES_PIPELINE_ABORTED) {
      PQclear(result);
      if (status == PGRES_PIPELINE_SYNC) break;
      continue;
    }
    Result<Rows> rows = take(result);
    if (PQstatus(raw()) == CONNECTION_BAD) return lost(raw());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
      return fail(rows);
    if (rows) {
      answer.rows.push_back(std::move(*rows));
    } else {
      answer.error = std::move(rows.error());
    }
  }
  if (PQexitPipelineMode(raw()) == 0) return lost(raw());
  return answer;
}

namespace {

// Sends what waits to be sent.
Status flush(PGconn* connection) {
  int unsent = PQflush(connection);
  for (; unsent == 1; unsent = PQflush(connection)) {
    if (wait_for_socket(connection, POLLIN | POLLOUT) == Woken::interrupted) {
      cancel(connection);
      return interrupted_error();
    }
    if (PQconsumeInput(connection) == 0) return lost(connection);
  }
  return unsent < 0 ? Status(lost(connection)) : Status();
}

// Sends a COPY and waits until its data may flow.
Status begin_copy(PGconn* connection, const std::string& statement, ExecStatusType wanted,
                  const WhileWaiting& meanwhile) {
  if (interrupted()) return interrupted_error();
  if (PQsendQuery(connection, statement.c_str()) == 0) return lost(connection);
  if (Status ready = wait_for_result(connection, meanwhile); !ready) return ready;
  PGresult* answer = PQgetResult(connection);
  const bool copies = PQresultStatus(answer) == wanted;
  Result<Rows> rows = take(answer);
  if (copies) return {};
  Result<Rows> rest = finish(connection);
  if (!rows) return fail(rows);
  if (!rest) return fail(rest);
  return fail("postgres.query",
              "this is no COPY between server and client: " + statement.substr(0, 200));
}

}  // namespace

Status Connection::copy_begin(const std::string& statement) {
  return begin_copy(raw(), statement, PGRES_COPY_IN, meanwhile_);
}

Status Connection::copy_put(std::string_view data) {
  constexpr std::size_t piece = 1 << 16;
  while (!data.empty()) {
    const std::string_view next = data.substr(0, piece);
    const int taken = PQputCopyData(raw(), next.data(), static_cast<int>(next.size()));
    if (taken < 0) return lost(raw());
    if (taken > 0) data.remove_prefix(next.size());
    if (Status sent = flush(raw()); !sent) return sent;
  }
  return {};
}

Status Connection::copy_end(const std::string& reason) {
  int taken = 0;
  while (taken == 0) {
    taken = PQputCopyEnd(raw(), reason.empty() ? nullptr : reason.c_str());
    if (taken < 0) return lost(raw());
    if (Status sent = flush(raw()); !sent) return sent;
  }
  if (Result<Rows> done = finish(raw()); !done) return fail(done);
  return {};
}

Status Connection::copy_in(const std::string& statement, std::string_view data) {
  if (Status begun = copy_begin(statement); !begun) return begun;
  if (Status put = copy_put(data); !put) return put;
  return copy_end();
}

Status Connection::copy_out(const std::string& statement,
                            const std::function<void(std::string_view)>& each) {
  if (Status begun = begin_copy(raw(), statement, PGRES_COPY_OUT, meanwhile_); !begun) return begun;
  while (true) {
    char* line = nullptr;
    const int length = PQgetCopyData(raw(), &line, /*async=*/1);
    if (length > 0) {
      each({line, static_cast<std::size_t>(length)});
      PQfreemem(line);
    } else if (length == 0) {
      if (wait_for_socket(raw(), POLLIN) == Woken::interrupted) {
        cancel(raw());
        return interrupted_error();
      }
      if (PQconsumeInput(raw()) == 0) return lost(raw());
    } else {
      break;  // all of it, or an error that the result tells
    }
  }
  if (Result<Rows> done = finish(raw()); !done) return fail(done);
  return {};
}

Result<std::vector<Result<Rows>>> Connection::read_only(const std::vector<std::string>& statements,
                                                        const std::string& session) {
  // After each one back to the savepoint, so that one that fails does not take the others with it.
  // The SELECT takes the snapshot, after which the transaction can no longer be made writable.
  std::vector<std::string> all = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT 1",
                                  session.empty() ? "SELECT 1" : session, "SAVEPOINT question"};
  const std::size_t first = all.size();
  for (const std::string& each : statements) {
    if (controls_transaction(each))
      return fail("postgres.query", "a question may not end its own transaction", {},
                  "leave BEGIN, COMMIT and their like out of it");
    all.insert(all.end(), {each, "ROLLBACK TO question"});
  }
  all.push_back("ROLLBACK");
  auto results = pipeline(all);
  if (!results) return fail(results);
  // A transaction that could not begin must not look like one that did.
  for (std::size_t i = 0; i < first; ++i)
    if (!(*results)[i]) return std::unexpected((*results)[i].error());
  std::vector<Result<Rows>> answers;
  answers.reserve(statements.size());
  for (std::size_t i = 0; i < statements.size(); ++i)
    answers.push_back(std::move((*results)[first + 2 * i]));
  return answers;
}

}  // namespace architrave::postgres

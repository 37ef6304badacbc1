#include "workload/statements_view.h"

#include <charconv>
#include <set>

#include "base/quoting.h"
#include "base/text.h"
#include "engine/postgres/connection.h"
#include "workload/query_table.h"

namespace architrave::workload {

namespace {

using postgres::Rows;

constexpr const char* not_there_hint =
    "in postgresql.conf: shared_preload_libraries = 'pg_stat_statements', restart the server, then "
    "CREATE EXTENSION pg_stat_statements; or give the server's logs instead";

template <class T>
T number(const Rows& rows, int row, const char* column) {
  T value{};
  const std::string_view cell = rows.cell(row, rows.column(column));
  std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return value;
}
std::string text(const Rows& rows, int row, const char* column) {
  return std::string(rows.cell(row, rows.column(column)));
}

// Where the extension is, and which columns its views have here.
struct View {
  std::string schema;  // quoted
  std::set<std::string, std::less<>> columns;
  bool has_info = false;

  // The first of the names that is a column; else `otherwise`.
  std::string either(std::initializer_list<const char*> names, const char* otherwise) const {
    for (const char* name : names)
      if (columns.contains(name)) return std::string("s.") + name;
    return otherwise;
  }
};

Result<View> find_view(postgres::Connection& connection) {
  auto answers = connection.read_only(
      {"SELECT quote_ident(n.nspname) AS schema, a.attname AS column, c.relname AS view"
       " FROM pg_catalog.pg_extension e"
       " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
       " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid"
       "  AND c.relname IN ('pg_stat_statements', 'pg_stat_statements_info')"
       " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
       " WHERE e.extname = 'pg_stat_statements' AND NOT a.attisdropped"});
  if (!answers) return fail(answers);
  if (!answers->front()) return fail(answers->front());
  const Rows& rows = *answers->front();
  View view;
  for (int row = 0; row < rows.size(); ++row) {
    view.schema = text(rows, row, "schema");
    if (rows.cell(row, rows.column("view")) == "pg_stat_statements")
      view.columns.insert(text(rows, row, "column"));
    else
      view.has_info = true;
  }
  if (view.columns.empty())
    return fail("workload.no_statistics",
                "the database " + connection.database() + " has no pg_stat_statements", {},
                not_there_hint);
  return view;
}

std::string question(const View& view, const ReadOptions& options) {
  std::string sql = "SELECT s.query, s.calls, s.rows, " +
                    view.either({"total_exec_time", "total_time"}, "0") + " AS total_ms, " +
                    view.either({"total_plan_time"}, "0") + " AS plan_ms, " +
                    view.either({"max_exec_time", "max_time"}, "0") + " AS max_ms, " +
                    view.either({"toplevel"}, "true") +
                    " AS toplevel, s.shared_blks_hit AS blocks_hit, s.shared_blks_read AS"
                    " blocks_read, s.temp_blks_written AS temp_blocks, r.rolname AS \"user\","
                    " d.datname AS database FROM " +
                    view.schema +
                    ".pg_stat_statements s"
                    " JOIN pg_catalog.pg_database d ON d.oid = s.dbid"
                    " LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.userid WHERE d.datname = ";
  sql += options.database.empty() ? "current_database()" : quote_literal(options.database);
  if (!options.user.empty()) sql += " AND r.rolname = " + quote_literal(options.user);
  // The order decides whose user and text is kept, so that the same rows give the same workload.
  return sql + " ORDER BY total_ms DESC, s.calls DESC, s.queryid, r.rolname";
}

}  // namespace

Result<Workload> read_statements_view(const std::string& source, const ReadOptions& options) {
  auto connection = postgres::Connection::open(
      source, {.statement_timeout = options.statement_timeout, .read_only = true});
  if (!connection) return fail(connection);
  const Result<View> view = find_view(*connection);
  if (!view) return std::unexpected(view.error());

  std::vector<std::string> questions{
      question(*view, options), "SELECT extract(epoch FROM clock_timestamp()) AS now",
      "SELECT current_setting('pg_stat_statements.track', true) AS track"};
  if (view->has_info)
    questions.push_back("SELECT extract(epoch FROM stats_reset) AS reset, dealloc FROM " +
                        view->schema + ".pg_stat_statements_info");
  auto answers = connection->read_only(questions);
  if (!answers) return fail(answers);
  if (!(*answers)[0]) {
    const Error& error = (*answers)[0].error();
    if (error.message.contains("shared_preload_libraries"))
      return fail("workload.no_statistics", "pg_stat_statements is installed, but not loaded", {},
                  not_there_hint);
    return std::unexpected(error);
  }

  Workload workload;
  workload.source = "pg_stat_statements";
  workload.name = options.database.empty() ? connection->database() : options.database;
  const Rows& rows = *(*answers)[0];
  QueryTable table;
  std::int64_t hidden = 0;
  std::int64_t lost = 0;
  std::int64_t nested = 0;
  for (int row = 0; row < rows.size(); ++row) {
    Query query;
    query.calls = number<std::int64_t>(rows, row, "calls");
    query.rows = number<std::int64_t>(rows, row, "rows");
    query.total_ms = number<double>(rows, row, "total_ms");
    query.plan_ms = number<double>(rows, row, "plan_ms");
    query.max_ms = number<double>(rows, row, "max_ms");
    query.blocks_hit = number<std::int64_t>(rows, row, "blocks_hit");
    query.blocks_read = number<std::int64_t>(rows, row, "blocks_read");
    query.temp_blocks = number<std::int64_t>(rows, row, "temp_blocks");
    query.user = text(rows, row, "user");
    query.database = text(rows, row, "database");
    const std::string_view statement = rows.cell(row, rows.column("query"));
    if (statement == "<insufficient privilege>" || statement.empty()) {
      (statement.empty() ? lost : hidden) += query.calls;
      workload.statements += query.calls;
      continue;
    }
    if (rows.cell(row, rows.column("toplevel")) == "f") ++nested;
    table.add(statement, query);
  }
  if (hidden > 0)
    workload.notes.push_back("the text of " + plural(hidden, "call") +
                             " may not be seen: GRANT pg_read_all_stats TO " + connection->user());
  if (lost > 0)
    workload.notes.push_back("the server no longer has the text of " + plural(lost, "call"));
  workload.partial = hidden > 0 || lost > 0;
  if (nested > 0)
    workload.notes.push_back(plural(nested, "query runs", "queries run") +
                             " inside of functions: their time is also in that of their callers");
  table.finish(workload);

  if ((*answers)[1]) workload.to = number<double>(*(*answers)[1], 0, "now");
  if ((*answers)[2] && text(*(*answers)[2], 0, "track") == "none")
    workload.notes.push_back("pg_stat_statements.track is none: nothing new is counted");
  if (view->has_info && (*answers)[3]) {
    const Rows& info = *(*answers)[3];
    if (!info.is_null(0, 0)) workload.from = number<double>(info, 0, "reset");
    if (const auto times = number<std::int64_t>(info, 0, "dealloc"); times > 0)
      workload.notes.push_back("pg_stat_statements was full and dropped its rarest statements " +
                               plural(times, "time") +
                               ": pg_stat_statements.max can be made greater");
  }
  return workload;
}

}  // namespace architrave::workload

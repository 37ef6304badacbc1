#include "engine/postgres/explain.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "base/quoting.h"
#include "sql/tree.h"

namespace architrave::postgres {

namespace {

bool is_fatal(const Error& error) {
  return error.code == "postgres.lost" || error.code == "interrupted";
}

// What the server says of a statement with $1 for which no value is given.
bool wants_parameters(const Error& error) {
  constexpr std::array<std::string_view, 3> codes = {"postgres.42P02", "postgres.42P18",
                                                     "postgres.08P01"};
  return std::ranges::find(codes, error.code) != codes.end();
}

// "character 40" of what was sent is less of what was asked.
Error without_prefix(Error error, std::size_t prefix) {
  constexpr std::string_view word = "character ";
  if (!error.where.starts_with(word)) return error;
  const auto at = std::strtoul(error.where.c_str() + word.size(), nullptr, 10);
  error.where = at > prefix ? std::string(word) + std::to_string(at - prefix) : "";
  return error;
}

bool changes_data(const plan::Node& node) {
  return node.type == "ModifyTable" || node.type == "LockRows" ||
         std::ranges::any_of(node.children, changes_data);
}

// READ ONLY does not stop everything: EXPLAIN ANALYZE of CREATE TABLE AS, and of SELECT INTO, makes
// its table all the same. So what is run is a SELECT that the parser knows, and nothing else.
bool is_select(const std::string& query) {
  const Result<std::vector<sql::Tree>> parsed = sql::parse(query);
  if (!parsed || parsed->size() != 1 || !parsed->front().is("SelectStmt")) return false;
  bool makes_table = false;
  sql::walk(parsed->front(), [&](const sql::Tree& node) {
    makes_table |= node.is("IntoClause");
    return true;
  });
  return !makes_table;
}

class Transaction {
 public:
  Transaction(Connection& connection, const Asking& asking)
      : connection_(connection), asking_(asking) {}

  Status begin() {
    // The SELECT takes the snapshot, after which it can no longer be made writable.
    std::vector<std::string> first = {"BEGIN"};
    if (asking_.read_only) first = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT 1"};
    if (asking_.timeout > 0)
      first.push_back("SET LOCAL statement_timeout = " +
                      std::to_string(std::llround(asking_.timeout * 1000)));
    for (const std::string& each : first)
      if (Result<Rows> done = connection_.query(each); !done) return fail(done);
    for (const std::string& each : asking_.preparations)
      if (Result<Rows> done = connection_.query(each); !done) {
        Error error = done.error();
        if (!is_fatal(error)) error.code = "explain.index";
        return std::unexpected(std::move(error));
      }
    if (Result<Rows> done = connection_.query("SAVEPOINT question"); !done) return fail(done);
    return {};
  }
  Status end() {
    if (Result<Rows> done = connection_.query("ROLLBACK"); !done) return fail(done);
    return {};
  }

  Result<plan::Plan> ask(const std::string& options, const std::string& statement) {
    const std::string explain = "EXPLAIN (" + options + ") ";
    Result<Rows> rows = connection_.query(explain + statement);
    Result<Rows> back = Rows();
    if (rows || !is_fatal(rows.error())) back = connection_.query("ROLLBACK TO question");
    if (!rows) return std::unexpected(without_prefix(rows.error(), explain.size()));
    if (!back) return fail(back);
    if (rows->size() == 0) return fail("plan.format", "the server gave no plan");
    return plan::read_json(rows->cell(0, 0));
  }

  // The plan that serves whatever values there will be, by way of a prepared statement, which
  // every version can explain.
  Result<plan::Plan> ask_generic(const std::string& options, const std::string& query) {
    const std::string prepare = "PREPARE architrave_query AS ";
    for (const std::string& each :
         {std::string("SET LOCAL plan_cache_mode = force_generic_plan"), prepare + query})
      if (Result<Rows> done = connection_.query(each); !done) {
        if (!is_fatal(done.error()))
          if (Result<Rows> back = connection_.query("ROLLBACK TO question"); !back)
            return fail(back);
        return std::unexpected(without_prefix(done.error(), prepare.size()));
      }
    Result<Rows> counted = connection_.query(
        "SELECT cardinality(parameter_types) FROM pg_catalog.pg_prepared_statements"
        " WHERE name = 'architrave_query'");
    if (!counted) return fail(counted);
    int parameters = 0;
    const std::string_view count = counted->size() > 0 ? counted->cell(0, 0) : "0";
    std::from_chars(count.data(), count.data() + count.size(), parameters);
    std::string arguments = parameters > 0 ? "(NULL" : "";
    for (int i = 1; i < parameters; ++i) arguments += ", NULL";
    if (parameters > 0) arguments += ')';
    Result<plan::Plan> plan = ask(options, "EXECUTE architrave_query" + arguments);
    if (!plan && is_fatal(plan.error())) return plan;
    if (Result<Rows> done = connection_.query("DEALLOCATE architrave_query"); !done)
      return fail(done);
    return plan;
  }

 private:
  Connection& connection_;
  const Asking& asking_;
};

Asked ask_one(Transaction& transaction, const std::string& query, const Asking& asking,
              bool has_settings) {
  const std::string options =
      has_settings ? "VERBOSE, SETTINGS, FORMAT JSON" : "VERBOSE, FORMAT JSON";
  Asked asked{.plan = transaction.ask(options, query)};
  if (!asked.plan && wants_parameters(asked.plan.error())) {
    asked.plan = transaction.ask_generic(options, query);
    if (asked.plan)
      asked.notes.emplace_back(
          "it has parameters: this is its generic plan, which serves all values, and it was not "
          "run");
    return asked;
  }
  if (!asked.plan || !asking.run) return asked;
  if (asking.read_only && (!is_select(query) || changes_data(asked.plan->root))) {
    asked.notes.emplace_back(
        "it is no SELECT that only reads, and is never run on a live server: planned only");
    return asked;
  }
  Result<plan::Plan> ran = transaction.ask("ANALYZE, BUFFERS, " + options, query);
  if (ran && asking.twice) {
    Result<plan::Plan> again = transaction.ask("ANALYZE, BUFFERS, " + options, query);
    if (!again || again->execution_ms < ran->execution_ms) ran = std::move(again);
  }
  if (ran || is_fatal(ran.error()))
    asked.plan = std::move(ran);
  else
    asked.notes.push_back("it could not be run: " + ran.error().message);
  return asked;
}

}  // namespace

Result<std::vector<Asked>> explain(Connection& connection, const std::vector<std::string>& queries,
                                   const Asking& asking) {
  const bool has_settings = connection.server_version() >= 120000;
  std::string multiplier;
  if (connection.server_version() >= 130000) {
    Result<Rows> shown = connection.query("SHOW hash_mem_multiplier");
    if (!shown) return fail(shown);
    multiplier = shown->cell(0, 0);
  }
  std::vector<Asked> answers;
  for (const std::string& query : queries) {
    Transaction transaction(connection, asking);
    if (Status begun = transaction.begin(); !begun) {
      if (!is_fatal(begun.error())) (void)transaction.end();
      return fail(begun);
    }
    Asked asked = ask_one(transaction, query, asking, has_settings);
    if (!asked.plan && is_fatal(asked.plan.error())) return fail(asked.plan);
    if (Status ended = transaction.end(); !ended) return fail(ended);
    if (asked.plan && !multiplier.empty())
      asked.plan->settings.try_emplace("hash_mem_multiplier", multiplier);
    answers.push_back(std::move(asked));
  }
  return answers;
}

Result<std::vector<std::string>> hypothetical(Connection& connection,
                                              const std::vector<std::string>& create_indexes) {
  Result<Rows> found = connection.query(
      "SELECT pg_catalog.quote_ident(nspname) FROM pg_catalog.pg_extension e"
      " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'hypopg'");
  if (!found) return fail(found);
  std::vector<std::string> calls;
  if (found->size() == 0) return calls;
  const std::string schema(found->cell(0, 0));
  calls.push_back("SELECT " + schema + ".hypopg_reset()");
  for (const std::string& each : create_indexes)
    calls.push_back("SELECT * FROM " + schema + ".hypopg_create_index(" + quote_literal(each) +
                    ")");
  return calls;
}

namespace {

void collect(const plan::Node& node, std::set<std::string>& tables) {
  if (!node.relation.empty())
    tables.insert("(" + quote_literal(node.schema) + "," + quote_literal(node.relation) + ")");
  for (const plan::Node& child : node.children) collect(child, tables);
}

}  // namespace

Result<plan::Known> known_of(Connection& connection, const std::vector<const plan::Plan*>& plans) {
  plan::Known known{.server_version = connection.server_version()};
  std::set<std::string> tables;
  for (const plan::Plan* plan : plans) collect(plan->root, tables);
  if (tables.empty()) return known;
  std::string list;
  for (const std::string& each : tables) list += (list.empty() ? "" : ",") + each;
  const std::string named =
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE (n.nspname, c.relname) IN (" +
      list + ")";
  Result<Rows> rows =
      connection.query("SELECT n.nspname, c.relname, c.reltuples FROM pg_catalog.pg_class c" +
                       named + " AND c.reltuples > 0 AND c.relkind IN ('r', 'm', 'p')");
  if (!rows) return fail(rows);
  for (int row = 0; row < rows->size(); ++row)
    known.table_rows[std::string(rows->cell(row, 0)) + '.' + std::string(rows->cell(row, 1))] =
        std::strtod(std::string(rows->cell(row, 2)).c_str(), nullptr);
  // A column of an index or of statistics at a time, in their order.
  const auto read = [&](const std::string& query, auto& into) -> Status {
    Result<Rows> found = connection.query(query);
    if (!found) return fail(found);
    for (int row = 0; row < found->size(); ++row) {
      auto& all = into[std::string(found->cell(row, 0)) + '.' + std::string(found->cell(row, 1))];
      const std::string_view name = found->cell(row, 2);
      if (all.empty() || all.back().name != name) all.push_back({.name = std::string(name)});
      all.back().columns.emplace_back(found->cell(row, 3));
    }
    return {};
  };
  Status status = read(
      "SELECT n.nspname, c.relname, i.relname, pg_catalog.quote_ident(a.attname)"
      " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index x ON x.indrelid = c.oid"
      " JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid"
      " JOIN pg_catalog.pg_am m ON m.oid = i.relam AND m.amname = 'btree'"
      " CROSS JOIN LATERAL pg_catalog.unnest(x.indkey::pg_catalog.int2[]) WITH ORDINALITY "
      "k(number, place)"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number" +
          named +
          " AND x.indisvalid AND x.indpred IS NULL AND k.place <= x.indnkeyatts"
          " AND 0 <> ALL (x.indkey::pg_catalog.int2[]) ORDER BY 1, 2, 3, k.place",
      known.indexes);
  if (!status) return fail(status);
  status = read(
      "SELECT n.nspname, c.relname, s.stxname, pg_catalog.quote_ident(a.attname)"
      " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = c.oid"
      " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
      " AND a.attnum = ANY (s.stxkeys::pg_catalog.int2[])" +
          named + " ORDER BY 1, 2, 3",
      known.statistics);
  if (!status) return fail(status);
  return known;
}

}  // namespace architrave::postgres

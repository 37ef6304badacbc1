#include "engine/postgres/sandbox.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "base/text.h"
#include "catalog/object.h"
#include "catalog/postgres/writer.h"
#include "engine/postgres/empty_indexes.h"
#include "engine/postgres/packages.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/twin.h"

namespace architrave::postgres {

namespace {

using catalog::quote_identifier;
using catalog::quote_literal;

// Whatever state a script or an earlier unit has left: settings, roles, temporary objects.
constexpr const char* reset = "DISCARD ALL";

// Units that can be sent without waiting: a transaction, or one statement. Several statements
// outside a transaction must stop at the first failure, and only we can see it.
bool can_be_piped(const engine::Unit& unit) {
  return unit.transactional || unit.statements.size() < 2;
}

std::vector<std::string> script_of(const engine::Unit& unit) {
  std::vector<std::string> statements = unit.statements;
  if (unit.transactional) {
    statements.insert(statements.begin(), "BEGIN");
    statements.push_back("COMMIT");  // which is a ROLLBACK if something has failed
  }
  return statements;
}

Result<std::vector<engine::Outcome>> run_piped(Connection& connection,
                                               std::span<const engine::Unit> units) {
  std::vector<std::string> all;
  std::vector<std::size_t> begins;
  std::vector<std::size_t> ends;
  for (const engine::Unit& unit : units) {
    all.emplace_back(reset);
    begins.push_back(all.size());
    for (std::string& each : script_of(unit)) all.push_back(std::move(each));
    // Should a unit have left a transaction open, it ends here and not in the next one.
    all.push_back("ROLLBACK");
    ends.push_back(all.size());
  }
  auto results = connection.pipeline(all);
  if (!results) return fail(results);
  std::vector<engine::Outcome> outcomes;
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    const std::size_t begin = begins[unit];
    const std::size_t end = ends[unit];
    engine::Outcome outcome;
    for (std::size_t i = begin; i < end && outcome.ok; ++i) {
      if ((*results)[i]) continue;
      outcome.ok = false;
      outcome.error = (*results)[i].error().message;
      outcome.code = (*results)[i].error().code;
      outcome.statement = all[i];
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

bool is_fatal(const Error& error) {
  return error.code == "postgres.lost" || error.code == "interrupted";
}

Result<engine::Outcome> run_stepwise(Connection& connection, const engine::Unit& unit) {
  engine::Outcome outcome;
  for (const std::string& statement : unit.statements) {
    Result<Rows> rows = connection.query(statement);
    if (rows) continue;
    if (is_fatal(rows.error())) return fail(rows);
    outcome = {.ok = false,
               .error = rows.error().message,
               .code = rows.error().code,
               .statement = statement};
    break;
  }
  return outcome;
}

std::optional<double> total_cost(const Rows& plan) {
  const auto parsed =
      nlohmann::json::parse(plan.size() > 0 ? plan.cell(0, 0) : "", nullptr, /*exceptions=*/false);
  if (!parsed.is_array() || parsed.empty() || !parsed[0].is_object()) return {};
  const auto node = parsed[0].find("Plan");
  if (node == parsed[0].end() || !node->is_object()) return {};
  const auto cost = node->find("Total Cost");
  if (cost == node->end() || !cost->is_number()) return {};
  return cost->get<double>();
}

// Plans each query in a transaction that is rolled back, after `preparations`; nothing at all if
// one of those fails.
Result<std::vector<std::optional<double>>> explain(Connection& connection,
                                                   const std::vector<std::string>& queries,
                                                   const std::vector<std::string>& preparations) {
  std::vector<std::optional<double>> costs(queries.size());
  if (queries.empty()) return costs;
  std::vector<std::string> all = {reset, "BEGIN", "SET LOCAL plan_cache_mode = force_generic_plan"};
  all.insert(all.end(), preparations.begin(), preparations.end());
  all.push_back("SAVEPOINT s");
  const std::size_t prepared_from = all.size();
  const auto name = [](std::size_t i) { return "q" + std::to_string(i); };
  for (std::size_t i = 0; i < queries.size(); ++i)
    all.insert(all.end(), {"PREPARE " + name(i) + " AS " + queries[i], "ROLLBACK TO s"});
  // How many parameters the server has found in each.
  all.push_back("SELECT name, cardinality(parameter_types) FROM pg_catalog.pg_prepared_statements");
  auto prepared = connection.pipeline(all);
  if (!prepared) return fail(prepared);
  bool ready = true;
  for (std::size_t i = 0; i < prepared_from; ++i) ready &= (*prepared)[i].has_value();

  std::vector<std::string> explains;
  std::vector<std::size_t> which;
  const Result<Rows>& found = prepared->back();
  for (int row = 0; ready && found && row < found->size(); ++row) {
    std::size_t query = 0;
    int parameters = 0;
    const std::string_view number = found->cell(row, 0).substr(1);
    const std::string_view count = found->cell(row, 1);
    std::from_chars(number.data(), number.data() + number.size(), query);
    std::from_chars(count.data(), count.data() + count.size(), parameters);
    if (query >= queries.size()) continue;
    std::string arguments = parameters > 0 ? "(NULL" : "";
    for (int i = 1; i < parameters; ++i) arguments += ", NULL";
    if (parameters > 0) arguments += ')';
    explains.insert(explains.end(),
                    {"EXPLAIN (FORMAT JSON) EXECUTE " + name(query) + arguments, "ROLLBACK TO s"});
    which.push_back(query);
  }
  explains.insert(explains.end(), {"ROLLBACK", reset});
  auto plans = connection.pipeline(explains);
  if (!plans) return fail(plans);
  for (std::size_t i = 0; i < which.size(); ++i)
    if (const Result<Rows>& plan = (*plans)[2 * i]) costs[which[i]] = total_cost(*plan);
  return costs;
}

// Orders text as the original does, which decides how histograms are read, if this machine knows
// its locale; else the sandbox keeps its own.
Status name_database(Server& server, const std::string& database, const std::string& collation) {
  auto connection = server.connect("template1");
  if (!connection) return fail(connection);
  if (!collation.empty() && collation != "C.UTF-8") {
    const std::string locale = quote_literal(collation);
    const std::string create = "CREATE DATABASE " + quote_identifier(database) +
                               " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE " + locale +
                               " LC_CTYPE " + locale;
    // "postgres" is there already; nothing else is in it.
    if (database == Server::role) {
      if (Status dropped = connection->execute("DROP DATABASE postgres"); !dropped) return dropped;
    }
    if (connection->execute(create)) return {};
    if (database == Server::role)
      return connection->execute("CREATE DATABASE postgres TEMPLATE template0");
  }
  if (database == Server::role || database == "template1") return {};
  return connection->execute("ALTER DATABASE postgres RENAME TO " + quote_identifier(database));
}

Result<std::unique_ptr<PostgresSandbox>> make(const Installation& installation,
                                              const std::vector<std::string>& settings,
                                              const std::string& database,
                                              const std::string& collation) {
  auto server = Server::start(installation, settings);
  if (!server) return fail(server);
  const std::string name = database.empty() || database == "template0" ? "postgres" : database;
  if (Status named = name_database(**server, name, collation); !named) return fail(named);
  auto connection = (*server)->connect(name);
  if (!connection) return fail(connection);
  return std::make_unique<PostgresSandbox>(std::move(*server), std::move(*connection), name);
}

// A catalog may come from a twin that somebody has made to deceive: its definitions are run as a
// superuser, and must be definitions. (One message holds one statement: none hides behind another.)
bool is_definition(std::string_view statement) {
  const auto is_space = [](char each) { return std::strchr(" \t\r\n\f\v", each) != nullptr; };
  const auto next_word = [&] {
    const auto begin = std::ranges::find_if_not(statement, is_space);
    const auto end = std::find_if(begin, statement.end(), is_space);
    statement = {end, statement.end()};
    return lower({begin, end});
  };
  const std::string first = next_word();
  const std::string second = next_word();
  constexpr auto letters = "abcdefghijklmnopqrstuvwxyz";
  if (first == "alter")
    return second != "system" && second.find_first_not_of(letters) == std::string::npos;
  if (first == "drop") return second == "schema";
  if (first == "refresh") return second == "materialized";  // see without_queries
  if (first == "select") return second.starts_with("pg_catalog.setval(");
  constexpr std::array<std::string_view, 6> words = {"comment", "create", "grant",
                                                     "reset",   "revoke", "set"};
  return std::ranges::find(words, first) != words.end();
}

// Marks a materialized view as filled instead of running its query, which may call anything. It has
// no rows here either way.
std::string without_queries(std::string statement) {
  constexpr std::string_view refresh = "REFRESH MATERIALIZED VIEW ";
  if (!statement.starts_with(refresh)) return statement;
  return "UPDATE pg_catalog.pg_class SET relispopulated = true WHERE oid = " +
         quote_literal(statement.substr(refresh.size())) + "::pg_catalog.regclass";
}

}  // namespace

PostgresSandbox::PostgresSandbox(std::shared_ptr<Server> server, Connection connection,
                                 std::string database)
    : server_(std::move(server)),
      connection_(std::move(connection)),
      database_(std::move(database)) {}

std::string PostgresSandbox::description() const {
  return "PostgreSQL " + server_->installation().version + (has_statistics_ ? " twin" : " sandbox");
}

Status PostgresSandbox::take_statistics() {
  if (statistics_ == nullptr || has_statistics_) return {};
  if (Status loaded = load_statistics(*statistics_, *server_, connection_); !loaded) return loaded;
  has_statistics_ = true;
  return {};
}

Result<catalog::Catalog> PostgresSandbox::read() {
  if (Status clean = connection_.execute(reset); !clean) return fail(clean);
  Result<catalog::Catalog> catalog = read_catalog(connection_);
  if (catalog) catalog->server.has_workload = false;
  return catalog;
}

PostgresSandbox::~PostgresSandbox() {
  // The last one takes the whole server along.
  if (!is_copy_ || server_.use_count() == 1) return;
  {
    const Connection closed = std::move(connection_);
  }
  if (auto other = server_->connect("template1"))
    (void)other->execute("DROP DATABASE IF EXISTS " + quote_identifier(database_) +
                         " WITH (FORCE)");
}

Status PostgresSandbox::give_subscriptions(PostgresSandbox& other) {
  auto any = connection_.query(
      "SELECT FROM pg_catalog.pg_subscription WHERE subdbid = "
      "(SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())");
  if (!any) return fail(any);
  if (any->size() == 0) return {};
  auto catalog = read();
  if (!catalog) return fail(catalog);
  for (const catalog::OtherObject& each : catalog->others) {
    if (each.kind != catalog::Kind::subscription) continue;
    std::vector<std::string> statements = each.definition;
    const std::string words = "SUBSCRIPTION " + each.name;
    if (!each.comment.empty())
      statements.push_back("COMMENT ON " + words + " IS " + quote_literal(each.comment));
    statements.push_back("ALTER " + words + " OWNER TO " + quote_identifier(each.owner));
    for (const std::string& statement : statements)
      if (Status made = other.connection_.execute(statement); !made) return made;
  }
  return {};
}

Result<std::unique_ptr<engine::Sandbox>> PostgresSandbox::copy() {
  static std::atomic<int> number = 0;
  const std::string name = "copy_" + std::to_string(++number);
  // Nobody may be in a database while it is copied.
  auto other = server_->connect("template1");
  if (!other) return fail(other);
  connection_ = std::move(*other);
  // By its files, with the caches of its system tables, in half the time that the log takes.
  const char* by_files = connection_.server_version() >= 150000 ? " STRATEGY file_copy" : "";
  Status made = connection_.execute("CREATE DATABASE " + quote_identifier(name) + " TEMPLATE " +
                                    quote_identifier(database_) + by_files);
  auto back = server_->connect(database_);
  if (!back) return fail(back);
  connection_ = std::move(*back);
  if (!made) return fail(made);
  auto connection = server_->connect(name);
  if (!connection) return fail(connection);
  auto sandbox = std::make_unique<PostgresSandbox>(server_, std::move(*connection), name);
  sandbox->is_copy_ = true;
  if (Status given = give_subscriptions(*sandbox); !given) return fail(given);
  return sandbox;
}

Result<std::vector<engine::Outcome>> PostgresSandbox::run(const std::vector<engine::Unit>& units) {
  std::vector<engine::Outcome> outcomes;
  const std::span<const engine::Unit> all = units;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t piped = 0;
    while (i + piped < all.size() && can_be_piped(all[i + piped])) ++piped;
    if (piped > 0) {
      auto some = run_piped(connection_, all.subspan(i, piped));
      if (!some) return some;
      for (engine::Outcome& each : *some) outcomes.push_back(std::move(each));
      i += piped;
      continue;
    }
    if (Status clean = connection_.execute(reset); !clean) return fail(clean);
    auto outcome = run_stepwise(connection_, all[i]);
    if (!outcome) return fail(outcome);
    outcomes.push_back(std::move(*outcome));
    // As above: no transaction outlives its unit.
    if (Status clean = connection_.execute("ROLLBACK"); !clean) return fail(clean);
    ++i;
  }
  return outcomes;
}

Result<std::vector<std::optional<double>>> PostgresSandbox::costs(
    const std::vector<std::string>& queries) {
  // Hypothetical indexes are the session's: those of an earlier question are forgotten first.
  std::vector<std::string> preparations;
  if (has_hypopg_.value_or(false)) preparations.emplace_back("SELECT hypopg_reset()");
  return explain(connection_, queries, preparations);
}

Result<std::vector<std::optional<double>>> PostgresSandbox::costs_with(
    const std::vector<std::string>& queries, const std::vector<std::string>& create_indexes) {
  if (!has_hypopg_) {
    auto made = connection_.pipeline({reset, "CREATE EXTENSION IF NOT EXISTS hypopg"});
    if (!made) return fail(made);
    has_hypopg_ = (*made)[1].has_value();
  }
  if (*has_hypopg_) {
    std::vector<std::string> preparations = {"SELECT hypopg_reset()"};
    for (const std::string& each : create_indexes)
      preparations.push_back("SELECT * FROM hypopg_create_index(" + quote_literal(each) + ")");
    return explain(connection_, queries, preparations);
  }
  std::vector<std::optional<double>> nothing(queries.size());
  if (!has_statistics_) return nothing;
  auto supposed = suppose_empty(*this, create_indexes);
  if (!supposed && supposed.error().code == "explain.index") return nothing;
  if (!supposed) return fail(supposed);
  return explain(connection_, queries, supposed->statements);
}

std::vector<std::pair<std::string, std::string>> PostgresSandbox::environment() const {
  return {{"PGHOST", server_->socket().string()},
          {"PGPORT", "5432"},
          {"PGUSER", Server::role},
          {"PGDATABASE", database_}};
}

Result<std::unique_ptr<PostgresSandbox>> make_empty_sandbox(
    const Installation& installation, const std::vector<std::string>& settings,
    const std::string& database) {
  return make(installation, settings, database, {});
}

Result<std::unique_ptr<PostgresSandbox>> sandbox_with(const catalog::Catalog& catalog,
                                                      std::shared_ptr<const Statistics> statistics,
                                                      const Installation& installation) {
  std::vector<std::string> statements;
  // Inside of the server's own folder; releases before 13.8 and 14.5 have no such.
  for (const std::string& each : tablespaces_named(catalog)) {
    if (statements.empty()) statements.emplace_back("SET allow_in_place_tablespaces = on");
    statements.push_back("CREATE TABLESPACE " + quote_identifier(each) + " LOCATION ''");
  }
  for (const std::string& role : roles_named(catalog))
    if (role != Server::role && !role.starts_with("pg_") && role != "public")
      statements.push_back("CREATE ROLE " + quote_identifier(role));
  for (std::string& each : write(catalog, {.version = installation.major * 10000})) {
    if (!is_definition(each))
      return fail("sandbox.write",
                  "the source holds a statement that is no definition, and is not run",
                  each.substr(0, 200),
                  "it was made by hand: ask whoever gave it to you, and make a twin of your own");
    statements.push_back(without_queries(std::move(each)));
  }
  for (Correction& each : corrections(catalog))
    std::ranges::move(each.statements, std::back_inserter(statements));
  auto sandbox = make(installation, {}, catalog.server.database, catalog.server.collation);
  if (!sandbox) return sandbox;
  (*sandbox)->statistics_ = std::move(statistics);
  auto results = (*sandbox)->connection().pipeline(statements);
  if (!results) return fail(results);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const Result<Rows>& result = (*results)[i];
    if (result) continue;
    std::string hint = install_hint(result.error().message, installation.major);
    if (hint.empty()) hint = result.error().hint;
    return fail("sandbox.write",
                "the sandbox does not take a definition: " + result.error().message,
                statements[i].substr(0, 200), std::move(hint));
  }
  return sandbox;
}

}  // namespace architrave::postgres

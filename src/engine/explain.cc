#include "engine/explain.h"

#include "base/text.h"
#include "engine/postgres/empty_indexes.h"
#include "engine/postgres/explain.h"
#include "engine/postgres/sandbox.h"
#include "engine/source.h"
#include "engine/sqlite/explain.h"
#include "engine/sqlite/sandbox.h"

namespace architrave::engine {

namespace {

// HypoPG calls an index "<13556>btree_orders_day", and one that is empty "<1>public.orders USING
// btree (day)": what it is stands behind the number.
void name_hypothetical(plan::Node& node) {
  if (node.index.starts_with('<'))
    if (const std::size_t end = node.index.find('>'); end != std::string::npos)
      node.index = "hypothetical " + node.index.substr(end + 1);
  for (plan::Node& child : node.children) name_hypothetical(child);
}

// Puts the answers beside each other; the notes of the first are told.
void put(Explained& explained, std::vector<postgres::Asked> plain,
         std::vector<postgres::Asked> with_indexes) {
  for (std::size_t i = 0; i < plain.size(); ++i) {
    ExplainedQuery query{.plan = std::move(plain[i].plan), .notes = std::move(plain[i].notes)};
    if (i < with_indexes.size()) query.with_indexes = std::move(with_indexes[i].plan);
    if (query.with_indexes && *query.with_indexes) name_hypothetical((*query.with_indexes)->root);
    explained.queries.push_back(std::move(query));
  }
}

Status add_known(postgres::Connection& connection, Explained& explained) {
  std::vector<const plan::Plan*> plans;
  for (const ExplainedQuery& each : explained.queries)
    if (each.plan) plans.push_back(&*each.plan);
  auto known = postgres::known_of(connection, plans);
  if (!known) return fail(known);
  explained.known = std::move(*known);
  return {};
}

// Plans without and with `preparations`.
Status ask_twice(postgres::Connection& connection, const ExplainRequest& request,
                 postgres::Asking asking, const std::vector<std::string>& preparations,
                 Explained& explained) {
  auto plain = postgres::explain(connection, request.queries, asking);
  if (!plain) return fail(plain);
  std::vector<postgres::Asked> with_indexes;
  if (!request.indexes.empty()) {
    asking.preparations = preparations;
    auto asked = postgres::explain(connection, request.queries, asking);
    if (!asked) return fail(asked);
    with_indexes = std::move(*asked);
  }
  put(explained, std::move(*plain), std::move(with_indexes));
  return add_known(connection, explained);
}

// In a sandbox of no rows: a twin of a live database or of a twin file.
// `search_path` is the original session's, where that is known.
Status ask_twin(Opened& opened, const ExplainRequest& request, Explained& explained,
                const std::string& search_path = {}) {
  auto sandbox = make_sandbox(opened, Fill::twin);
  if (!sandbox) return fail(sandbox);
  auto* twin = dynamic_cast<postgres::PostgresSandbox*>(sandbox->get());
  if (twin == nullptr) return fail("source.unsupported", "only PostgreSQL has twins");
  postgres::Connection& connection = twin->connection();
  if (!search_path.empty())
    if (Result<postgres::Rows> set = connection.query(
            "SELECT pg_catalog.set_config('search_path', $1, false)", {search_path});
        !set)
      return fail(set);
  postgres::Supposed supposed;
  if (!request.indexes.empty()) {
    Status made = connection.execute("CREATE EXTENSION IF NOT EXISTS hypopg");
    if (!made && made.error().code == "interrupted") return made;
    if (made) {
      auto calls = postgres::hypothetical(connection, request.indexes);
      if (!calls) return fail(calls);
      supposed.statements = std::move(*calls);
    } else {
      auto empty = postgres::suppose_empty(*twin, request.indexes);
      if (!empty) return fail(empty);
      supposed = std::move(*empty);
    }
  }
  for (std::string& note : opened.notes) explained.notes.push_back(std::move(note));
  return ask_twice(connection, request, {.timeout = request.open.statement_timeout},
                   supposed.statements, explained);
}

Result<Explained> explain_live(const std::string& source, const Resolved& resolved,
                               const ExplainRequest& request) {
  auto connection = postgres::Connection::open(
      resolved.connection,
      {.statement_timeout = request.open.statement_timeout, .read_only = true});
  if (!connection) return fail(connection);
  Explained explained;
  const std::string host = connection->host();
  explained.source = {
      "live", "postgresql", connection->parameter("server_version"),
      connection->database() + (host.empty() ? "" : " on " + host) + " as " + connection->user()};
  std::vector<std::string> preparations;
  if (!request.indexes.empty()) {
    auto calls = postgres::hypothetical(*connection, request.indexes);
    if (!calls) return fail(calls);
    preparations = std::move(*calls);
    if (preparations.empty()) {
      Result<postgres::Rows> path = connection->query("SHOW search_path");
      if (!path) return fail(path);
      Result<Opened> opened = open(source, request.open);
      if (!opened) return fail(opened);
      explained.how = "planned on a twin: the server's statistics, none of its rows";
      explained.notes.emplace_back(
          "the server has no HypoPG, so the index was tried on a twin of the database");
      if (Status asked = ask_twin(*opened, request, explained, std::string(path->cell(0, 0)));
          !asked)
        return fail(asked);
      return explained;
    }
  }
  // A hypothetical index can't be run, and only plans of the same kind can be compared.
  const bool run = request.analyze && request.indexes.empty();
  explained.how = run ? "run on the live server, in a READ ONLY transaction that was rolled back"
                      : "planned by the live server, not run";
  if (request.analyze && !run)
    explained.notes.emplace_back("a hypothetical index can't be run: both plans are estimates");
  Status asked =
      ask_twice(*connection, request, {.read_only = true, .run = run, .twice = request.compares},
                preparations, explained);
  if (!asked) return fail(asked);
  return explained;
}

// Built where it stands, which no transaction lets happen concurrently.
std::string built_at_once(const std::string& create_index) {
  const std::string folded = lower(create_index);
  const std::size_t at = folded.find(" concurrently ");
  const std::size_t on = folded.find(" on ");
  if (at == std::string::npos || at > on) return create_index;
  return create_index.substr(0, at) + create_index.substr(at + sizeof(" concurrently") - 1);
}

Result<Explained> explain_loaded(Opened opened, const ExplainRequest& request) {
  Explained explained{.source = opened.source,
                      .problems = std::move(opened.problems),
                      .notes = std::move(opened.notes)};
  auto sandbox = make_sandbox(opened);
  if (!sandbox) return fail(sandbox);
  auto* server = dynamic_cast<postgres::PostgresSandbox*>(sandbox->get());
  if (server == nullptr) return fail("source.unsupported", "this source has no PostgreSQL sandbox");
  postgres::Connection& connection = server->connection();
  if (Status clean = connection.execute("DISCARD ALL"); !clean) return fail(clean);
  // Estimates then mean something, and index-only scans find their pages marked.
  if (Status known = connection.execute("VACUUM (ANALYZE)"); !known) return fail(known);
  std::vector<std::string> preparations;
  for (const std::string& each : request.indexes) preparations.push_back(built_at_once(each));
  explained.how = "run in a " + server->description() + " on the rows of the source";
  const postgres::Asking asking{
      .run = true, .twice = request.compares, .timeout = request.open.statement_timeout};
  Status asked = ask_twice(connection, request, asking, preparations, explained);
  if (!asked) return fail(asked);
  bool reads_a_table = false;
  for (const ExplainedQuery& each : explained.queries)
    if (each.plan && !each.plan->root.children.empty()) reads_a_table = true;
  if (explained.known.table_rows.empty() && reads_a_table)
    explained.notes.emplace_back(
        "its tables hold no rows: plans for an empty database say little; give a live database, a "
        "twin, or a dump with its data");
  return explained;
}

Result<Explained> explain_sqlite(Opened opened, const ExplainRequest& request) {
  Explained explained{.source = opened.source,
                      .problems = std::move(opened.problems),
                      .notes = std::move(opened.notes)};
  explained.how = "planned by SQLite, whose plans have no figures";
  std::filesystem::path file =
      opened.source.name;  // of a database; of a script it is its sandbox's
  std::unique_ptr<Sandbox> sandbox = std::move(opened.sandbox);
  if (sandbox) file = sandbox->environment().front().second;
  const auto ask = [&](bool with_indexes) -> Status {
    auto connection = sqlite::Connection::open_file(file);
    if (!connection) return fail(connection);
    connection->limit_time(request.open.statement_timeout);
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
      auto plan = sqlite::explain(*connection, request.queries[i]);
      if (!plan && plan.error().code == "interrupted") return fail(plan);
      if (with_indexes)
        explained.queries[i].with_indexes = std::move(plan);
      else
        explained.queries.push_back({.plan = std::move(plan)});
    }
    return {};
  };
  if (Status asked = ask(false); !asked) return fail(asked);
  if (request.indexes.empty()) return explained;
  if (!sandbox) {
    auto original = sqlite::Connection::open_file(file);
    if (!original) return fail(original);
    auto copy = sqlite::SqliteSandbox::make(&*original);
    if (!copy) return fail(copy);
    sandbox = std::move(*copy);
    file = sandbox->environment().front().second;
  }
  auto outcomes = sandbox->run({{request.indexes, true}});
  if (!outcomes) return fail(outcomes);
  if (!outcomes->front().ok) return fail("explain.index", outcomes->front().error);
  if (Status asked = ask(true); !asked) return fail(asked);
  return explained;
}

}  // namespace

Result<Explained> explain(const std::string& source, const ExplainRequest& request) {
  // Standard input can be read once, and is never a live server.
  if (source != "-") {
    const Result<Resolved> resolved = resolve(source, request.open.engine);
    if (!resolved) return std::unexpected(resolved.error());
    if (resolved->kind == Resolved::Kind::postgres_live)
      return explain_live(source, *resolved, request);
  }
  Result<Opened> opened = open(source, request.open);
  if (!opened) return fail(opened);
  if (opened->source.engine == "sqlite") return explain_sqlite(std::move(*opened), request);
  if (opened->source.kind != "twin") return explain_loaded(std::move(*opened), request);
  Explained explained{.source = opened->source,
                      .how = "planned on the twin, which has no rows to run it on"};
  if (Status asked = ask_twin(*opened, request, explained); !asked) return fail(asked);
  return explained;
}

}  // namespace architrave::engine

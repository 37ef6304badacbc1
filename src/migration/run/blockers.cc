#include "migration/run/blockers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/quoting.h"
#include "base/text.h"

namespace architrave::migration {

namespace {

// A wait that is over sooner is nobody's trouble; one that is given up after 100 ms is looked at
// twice.
constexpr double first_look = 0.03;
constexpr std::size_t most_told = 3;
constexpr const char* nobody = "0";  // the process of a prepared transaction

// A session may wait for the next, and that one for another: who waits for nobody is the cause.
constexpr const char* sessions_query =
    "WITH RECURSIVE blocker(pid) AS ("
    // To ask who blocks stops the server's lock manager for a moment: not of one that works.
    " SELECT b.pid FROM pg_catalog.pg_stat_get_activity($1::int) own"
    " CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(own.pid)) AS b(pid)"
    " WHERE own.wait_event_type = 'Lock'"
    " UNION SELECT next.pid FROM blocker,"
    " pg_catalog.unnest(pg_catalog.pg_blocking_pids(blocker.pid)) AS next(pid)"
    " WHERE blocker.pid <> 0 AND next.pid <> $1::int)"
    " SELECT b.pid, a.usename, a.application_name, pg_catalog.host(a.client_addr), a.state,"
    " a.xact_start::timestamp(0), extract(epoch FROM clock_timestamp() - a.xact_start),"
    " pg_catalog.regexp_replace(pg_catalog.btrim(a.query, E' \\t\\r\\n'), '[\\r\\n].*', ' …'),"
    " a.backend_type, pg_catalog.array_to_string(w.pids, ', '),"
    " (SELECT relation::pg_catalog.regclass FROM pg_catalog.pg_locks"
    " WHERE pid = $1::int AND NOT granted AND locktype = 'relation')"
    " FROM (SELECT DISTINCT pid FROM blocker) b"
    " LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)"
    " CROSS JOIN LATERAL (SELECT pg_catalog.pg_blocking_pids(b.pid) AS pids) w"
    " ORDER BY pg_catalog.cardinality(w.pids) > 0, a.xact_start, b.pid";
// Those have no process.
constexpr const char* prepared_query =
    "SELECT DISTINCT p.gid, p.owner, p.prepared::timestamp(0),"
    " extract(epoch FROM clock_timestamp() - p.prepared)"
    " FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks l ON l.granted AND l.pid IS NULL"
    " AND l.locktype = w.locktype AND l.database IS NOT DISTINCT FROM w.database"
    " AND l.relation IS NOT DISTINCT FROM w.relation"
    " AND l.transactionid IS NOT DISTINCT FROM w.transactionid"
    " AND l.objid IS NOT DISTINCT FROM w.objid"
    " JOIN pg_catalog.pg_locks own ON own.pid IS NULL AND own.locktype = 'transactionid'"
    " AND own.virtualtransaction = l.virtualtransaction"
    " JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = own.transactionid"
    " WHERE NOT w.granted AND w.pid = $1::int ORDER BY 3";

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string describe(const Blocker& blocker) {
  std::vector<std::string> facts = {blocker.user};
  if (!blocker.prepared.empty()) {
    facts.push_back(
        fmt::format("prepared {} UTC, {} ago", blocker.since, human_seconds(blocker.seconds)));
    return fmt::format("the prepared transaction {} ({})", quote_literal(blocker.prepared),
                       join(facts, ", "));
  }
  std::string program = blocker.application;
  if (!blocker.address.empty()) program += (program.empty() ? "from " : " from ") + blocker.address;
  facts.push_back(program);
  facts.push_back(blocker.is_autovacuum ? "autovacuum" : blocker.state);
  if (!blocker.since.empty())
    facts.push_back(fmt::format("its transaction open since {} UTC, {}", blocker.since,
                                human_seconds(blocker.seconds)));
  if (!blocker.waits_for.empty()) facts.push_back("waiting itself for " + blocker.waits_for);
  std::erase(facts, "");
  std::string text = fmt::format("process {} ({})", blocker.process, join(facts, ", "));
  if (!blocker.query.empty()) text += ": " + blocker.query;
  return text;
}

std::string remedy(const Blocker& blocker) {
  if (!blocker.prepared.empty())
    return fmt::format("end it: COMMIT PREPARED {0} or ROLLBACK PREPARED {0}",
                       quote_literal(blocker.prepared));
  if (blocker.is_autovacuum)
    return fmt::format(
        "wait until it is done, or SELECT pg_cancel_backend({}): it begins again by itself",
        blocker.process);
  if (blocker.state == "active")
    return fmt::format("wait until it is done, or cancel it: SELECT pg_cancel_backend({})",
                       blocker.process);
  std::string text = fmt::format(
      "have that transaction ended, or end its session: SELECT pg_terminate_backend({})",
      blocker.process);
  if (blocker.state.empty())
    text += " (what it does this role may not see: GRANT pg_read_all_stats shows it)";
  return text;
}

Blockers::Blockers(postgres::Connection& waiting, const RunOptions& options)
    : waiting_(waiting), options_(options) {
  waiting_.while_waiting({first_look, [this] { look(); }});
}

Blockers::~Blockers() { waiting_.while_waiting({}); }

void Blockers::forget() {
  if (process_.empty())
    if (auto own = waiting_.query("SELECT pg_catalog.pg_backend_pid()"); own)
      process_ = own->cell(0, 0);
  seen_.clear();
  relation_.clear();
}

std::vector<Blocker> Blockers::prepared() {
  std::vector<Blocker> list;
  auto rows = own_->query(prepared_query, {process_});
  for (int row = 0; rows && row < rows->size(); ++row) {
    Blocker& each = list.emplace_back();
    each.prepared = rows->cell(row, 0);
    each.user = rows->cell(row, 1);
    each.since = rows->cell(row, 2);
    each.seconds = number(rows->cell(row, 3));
  }
  return list;
}

// What can't be had (no connection is left, …) is done without.
void Blockers::look() {
  if (given_up_ || process_.empty()) return;
  if (!own_) {
    auto opened = postgres::Connection::open(
        options_.database, {.statement_timeout = 2, .connect_timeout = 2, .read_only = true});
    given_up_ = !opened;
    if (given_up_) return;
    own_ = std::move(*opened);
  }
  auto sessions = own_->query(sessions_query, {process_});
  given_up_ = !sessions;
  if (given_up_ || sessions->size() == 0) return;
  const auto process = [&](int row) { return std::string(sessions->cell(row, 0)); };
  std::vector<Blocker> now;
  for (int row = 0; row < sessions->size() && now.empty(); ++row)
    if (process(row) == nobody) now = prepared();
  for (int row = 0; row < sessions->size(); ++row) {
    if (process(row) == nobody) continue;
    const auto cell = [&](int column) { return std::string(sessions->cell(row, column)); };
    Blocker each{
        .process = process(row), .user = cell(1), .application = cell(2), .address = cell(3)};
    each.state = cell(4);
    each.since = cell(5);
    each.seconds = number(cell(6));
    // The server says so itself where the role may not see it.
    if (!each.state.empty() || each.user.empty()) each.query = cell(7);
    each.is_autovacuum = cell(8) == "autovacuum worker";
    each.waits_for = cell(9);
    now.push_back(std::move(each));
  }
  if (now.empty()) return;
  seen_ = std::move(now);
  relation_ = sessions->cell(0, 10);
  if (options_.progress) options_.progress("waiting: " + who(), 0, 0);
}

std::string Blockers::who() const {
  std::vector<std::string> list;
  for (const Blocker& each : seen_)
    if (list.size() < most_told) list.push_back(describe(each));
  if (list.empty()) return {};
  if (seen_.size() > most_told)
    list.push_back(fmt::format("and {} more", seen_.size() - most_told));
  return (relation_.empty() ? "the lock" : relation_) + " is held by " + join(list, "; ");
}

std::string Blockers::remedies() const {
  std::vector<std::string> list;
  for (const Blocker& each : seen_)
    if (list.size() < most_told && each.waits_for.empty()) list.push_back(remedy(each));
  return join(list, "; ");
}

}  // namespace architrave::migration

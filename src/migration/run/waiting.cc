#include "migration/run/waiting.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"

namespace architrave::migration {

namespace {

constexpr double first_wait = 0.05;
constexpr double longest_wait = 3;
// Of this program and this purpose; advisory locks are each database's own.
constexpr const char* key = "7021646418431296357";

double by_chance(double around) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return around * std::uniform_real_distribution<double>(0.5, 1.5)(generator);
}

}  // namespace

std::string runner_at_work(postgres::Connection& connection) {
  auto rows = connection.query(
      "SELECT format('process %s, %s%s, since %s: %s', a.pid, a.usename,"
      " coalesce(' from ' || host(a.client_addr), ''), a.backend_start::timestamp(0),"
      " left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80))"
      " FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)"
      " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
      " AND l.database = (SELECT oid FROM pg_catalog.pg_database"
      " WHERE datname = current_database())"
      " AND (l.classid::bigint << 32) | l.objid::bigint = $1::bigint",
      {key});
  return rows && rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
}

Status lift_limits(postgres::Connection& connection) {
  // Not every server knows all of them.
  auto lifted = connection.query(
      "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.unnest(ARRAY["
      "'idle_session_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'])"
      " AS name WHERE pg_catalog.current_setting(name, true) IS NOT NULL");
  if (!lifted) return fail(lifted);
  return {};
}

Status pause(double seconds) {
  const double end = monotonic_seconds() + seconds;
  while (!interrupted()) {
    const double left = end - monotonic_seconds();
    if (left <= 0) return {};
    pollfd wait{interrupt_descriptor(), POLLIN, 0};
    ::poll(&wait, 1, static_cast<int>(std::ceil(left * 1000)));
  }
  return fail("interrupted", "interrupted");
}

Attempts::Attempts(const RunOptions& options, Blockers& blockers)
    : blockers_(blockers),
      most_(options.lock_retries),
      deadline_(monotonic_seconds() + options.lock_wait),
      wait_(first_wait) {
  blockers_.forget();
}

bool passes(const Error& error) {
  constexpr std::array codes = {"postgres.55P03", "postgres.40P01", "postgres.40001"};
  return std::ranges::find(codes, error.code) != codes.end();
}

Status Attempts::again(const Error& error) {
  if (!passes(error)) return std::unexpected(error);
  if (count_ >= most_ || monotonic_seconds() >= deadline_) {
    Error last = error;
    last.message += fmt::format(" (tried {})", plural(count_ + 1, "time"));
    if (const std::string who = blockers_.who(); !who.empty()) {
      last.message += ": " + who;
      last.hint = blockers_.remedies();
    }
    return std::unexpected(std::move(last));
  }
  ++count_;
  Status waited = pause(std::min(by_chance(wait_), deadline_ - monotonic_seconds()));
  wait_ = std::min(2 * wait_, longest_wait);
  return waited;
}

Status lock_runner(postgres::Connection& connection, const RunOptions& options) {
  const double deadline = monotonic_seconds() + options.runner_wait;
  double wait = first_wait;
  while (true) {
    auto got = connection.query("SELECT pg_catalog.pg_try_advisory_lock(" + std::string(key) + ")");
    if (!got) return fail(got);
    if (got->cell(0, 0) == "t") return {};
    const std::string who = runner_at_work(connection);
    if (monotonic_seconds() >= deadline)
      return fail(
          "migration.locked",
          "another runner is at work on this database" + (who.empty() ? std::string() : ": " + who),
          {}, "wait until it has ended, or give --wait SECONDS");
    if (options.progress) options.progress("waiting for another runner: " + who, 0, 0);
    if (Status waited = pause(by_chance(wait)); !waited) return waited;
    wait = std::min(2 * wait, 1.0);
  }
}

}  // namespace architrave::migration

#include "migration/run/throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/clock.h"
#include "base/text.h"
#include "migration/run/waiting.h"

namespace architrave::migration {

namespace {

constexpr double interval = 1;      // seconds between questions
constexpr double worth_saying = 5;  // seconds of a rest

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

void Lag::written(double now, double bytes) {
  if (samples_.empty() || bytes > samples_.back().bytes) samples_.push_back({now, bytes});
}

double Lag::behind(double now, double replayed) const {
  const auto first = std::ranges::upper_bound(samples_, replayed, {}, &Sample::bytes);
  return first == samples_.end() ? 0 : now - first->at;
}

void Lag::forget(double replayed) {
  while (!samples_.empty() && samples_.front().bytes <= replayed) samples_.pop_front();
}

Result<std::string> Watch::reason() {
  auto rows = connection_.query(
      "SELECT now.wal, now.waits, r.application_name, r.state,"
      " pg_catalog.pg_wal_lsn_diff(r.replay_lsn, '0/0'),"
      " CASE WHEN r.replay_lsn < pg_catalog.pg_current_wal_lsn()"
      " THEN extract(epoch FROM r.replay_lag) END, r.pid"
      " FROM (SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0') AS wal,"
      " (SELECT count(DISTINCT pid) FROM pg_catalog.pg_locks"
      " WHERE NOT granted AND pid <> pg_backend_pid()) AS waits) now"
      " LEFT JOIN pg_catalog.pg_stat_replication r"
      " ON r.state IS NULL OR r.state IN ('streaming', 'catchup')");
  if (!rows) return fail(rows);
  const double wal = number(rows->cell(0, 0));
  const double waits = number(rows->cell(0, 1));
  const double now = monotonic_seconds();
  const double rate = wal_ < 0 ? 0 : (wal - wal_) / std::max(now - asked_, 0.001);
  wal_ = wal;
  asked_ = now;
  lag_.written(now, wal);
  double least = wal;
  double lag = 0;
  std::string standby;
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->is_null(row, 6)) continue;  // there is none
    if (rows->is_null(row, 3)) {
      if (!warned_ && throttle_.max_lag > 0 && options_.say)
        options_.say(
            "this role may not see how far standbys are behind, so the backfill does not rest for "
            "them: GRANT pg_read_all_stats TO it");
      warned_ = true;
      continue;
    }
    if (rows->is_null(row, 4)) continue;
    const double replayed = number(rows->cell(row, 4));
    least = std::min(least, replayed);
    const double behind = std::max(number(rows->cell(row, 5)), lag_.behind(now, replayed));
    if (behind <= lag) continue;
    lag = behind;
    standby = rows->cell(row, 2);
  }
  lag_.forget(least);
  if (throttle_.max_lag > 0 && lag > throttle_.max_lag)
    return fmt::format("the standby {} is {} behind", standby, human_seconds(lag));
  if (throttle_.max_wal_per_second > 0 && rate > static_cast<double>(throttle_.max_wal_per_second))
    return fmt::format("the server writes {} of WAL a second",
                       human_bytes(static_cast<std::int64_t>(rate)));
  if (throttle_.max_lock_waits > 0 && waits > throttle_.max_lock_waits)
    return fmt::format("{} sessions wait for locks", waits);
  return std::string();
}

Status Watch::between(double batch_seconds) {
  if (throttle_.share < 1 && throttle_.share > 0)
    if (Status rested = pause(batch_seconds * (1 / throttle_.share - 1)); !rested) return rested;
  if (monotonic_seconds() - asked_ < interval) return {};
  const double begun = monotonic_seconds();
  bool said = false;
  while (true) {
    const Result<std::string> why = reason();
    if (!why) return std::unexpected(why.error());
    if (why->empty()) {
      if (said) options_.say("the backfill goes on");
      return {};
    }
    if (options_.progress) options_.progress("resting: " + *why, 0, 0);
    // Where there is no terminal, a log should tell why nothing happens.
    if (!said && options_.say && monotonic_seconds() - begun > worth_saying) {
      options_.say("the backfill rests: " + *why);
      said = true;
    }
    if (Status rested = pause(interval); !rested) return rested;
  }
}

}  // namespace architrave::migration

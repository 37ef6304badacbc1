#include "migration/run/throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/clock.h"
#include "base/text.h"
#include "migration/run/waiting.h"

namespace architrave::migration {

namespace {

constexpr double interval = 1;  // seconds between questions

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<std::string> Watch::reason() {
  // A standby that answers nothing has no replay_lag; then its distance in bytes tells nothing of
  // time, and a standby that is caught up has none either.
  auto rows = connection_.query(
      "SELECT (SELECT coalesce(max(extract(epoch FROM replay_lag)), 0)"
      " FROM pg_catalog.pg_stat_replication WHERE state = 'streaming'),"
      " pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0'),"
      " (SELECT count(DISTINCT pid) FROM pg_catalog.pg_locks"
      " WHERE NOT granted AND pid <> pg_backend_pid())");
  if (!rows) return fail(rows);
  const double lag = number(rows->cell(0, 0));
  const double wal = number(rows->cell(0, 1));
  const double waits = number(rows->cell(0, 2));
  const double now = monotonic_seconds();
  const double rate = wal_ < 0 ? 0 : (wal - wal_) / std::max(now - asked_, 0.001);
  wal_ = wal;
  asked_ = now;
  if (throttle_.max_lag > 0 && lag > throttle_.max_lag)
    return fmt::format("a standby is {} behind", human_seconds(lag));
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
  while (true) {
    const Result<std::string> why = reason();
    if (!why) return std::unexpected(why.error());
    if (why->empty()) return {};
    if (options_.progress) options_.progress("resting: " + *why, 0, 0);
    if (Status rested = pause(interval); !rested) return rested;
  }
}

}  // namespace architrave::migration

#include "migration/run/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/clock.h"
#include "base/quoting.h"
#include "base/text.h"
#include "migration/run/history.h"
#include "migration/run/pace.h"
#include "migration/run/throttle.h"
#include "migration/run/waiting.h"

namespace architrave::migration {

namespace {

using Key = std::vector<std::string>;  // values as text, one for each column

constexpr std::int64_t first_batch = 500;
constexpr std::int64_t smallest_batch = 10;
constexpr std::int64_t largest_batch = 500'000;
// New rows at the end are followed so many times; by then something adds them faster than we look.
constexpr int most_passes = 4;
constexpr double lock_timeout = 0.1;
// A batch that takes so much longer than it is meant to is given up.
constexpr double too_long = 1.5;
// How much larger a batch may be than the one before: until one took half the time that it is meant
// to, after that where it took less, and where it took more. A batch that comes quickly by chance
// would make the next one too large, and what that one did would be thrown away.
constexpr double first_growth = 4;
constexpr double later_growth = 1.5;
constexpr double careful_growth = 1.1;

std::string tuple(const Key& key) {
  std::vector<std::string> values;
  for (const std::string& each : key) values.push_back(quote_literal(each));
  return '(' + join(values, ", ") + ')';
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class Run {
 public:
  Run(postgres::Connection& connection, Blockers& blockers, const Backfill& backfill,
      const RunOptions& options,
      const std::function<std::string(const std::string&, std::int64_t)>& record)
      : connection_(connection),
        blockers_(blockers),
        backfill_(backfill),
        options_(options),
        record_(record),
        watch_(connection, options.throttle, options) {
    std::vector<std::string> columns;
    for (const std::string& each : backfill.key) columns.push_back(quote_identifier(each));
    columns_ = join(columns, ", ");
    descending_ = join(columns, " DESC, ") + " DESC";
  }

  Status run(const Position& from) {
    // One that rests for most of the time works in short turns: what others wait for at once, such
    // as the WAL of a batch to be flushed with their own commit, is less.
    const Throttle& throttle = options_.throttle;
    goal_ = throttle.batch_seconds * std::clamp(throttle.share, 0.01, 1.0);
    rows_ = begun_rows_ = from.rows;
    begun_ = monotonic_seconds();
    if (Status estimated = estimate(); !estimated) return estimated;
    if (Status asked = ask_past_triggers(); !asked) return asked;
    if (Status done = backfill_.key.empty() ? by_block(from) : by_key(from); !done) return done;
    say_pace();
    return {};
  }

 private:
  Status estimate() {
    auto rows = connection_.query(
        "SELECT greatest(c.reltuples, 0)::bigint, pg_catalog.pg_relation_size(c.oid)"
        " / current_setting('block_size')::bigint FROM pg_catalog.pg_class c"
        " WHERE c.oid = pg_catalog.to_regclass($1)",
        {backfill_.table});
    if (!rows) return fail(rows);
    if (rows->size() == 0)
      return fail("migration.backfill", "there is no table " + backfill_.table, {},
                  "check the backfill's table, and what stands before it");
    estimated_ = number(rows->cell(0, 0));
    blocks_ = number(rows->cell(0, 1));
    return {};
  }

  Status ask_past_triggers() {
    if (!backfill_.past_triggers) return {};
    const std::string by_grant =
        connection_.server_version() < 150000
            ? ""
            : " OR has_parameter_privilege('session_replication_role', 'SET')";
    auto rows = connection_.query(
        "SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)" +
        by_grant);
    if (!rows) return fail(rows);
    past_triggers_ = rows->cell(0, 0) == "t";
    if (!past_triggers_ && options_.say)
      options_.say("the triggers of " + backfill_.table +
                   " fire for each row that is filled: this role may not set"
                   " session_replication_role");
    return {};
  }

  // The first row of a query as a key; absent if there is none.
  Result<std::optional<Key>> ask_key(const std::string& query) {
    auto rows = connection_.query(query);
    if (!rows) return fail(rows);
    if (rows->size() == 0) return std::optional<Key>();
    Key key;
    for (int column = 0; column < rows->columns(); ++column)
      key.emplace_back(rows->cell(0, column));
    return key;
  }

  Result<std::optional<Key>> last_key() {
    return ask_key(fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", columns_, backfill_.table,
                               descending_));
  }

  // "(a, b) > ('1', '2') AND (a, b) <= ('7', '8')", whatever of the two is there.
  std::string range(const std::optional<Key>& after, const std::optional<Key>& to) const {
    std::vector<std::string> parts;
    if (after) parts.push_back(fmt::format("({}) > {}", columns_, tuple(*after)));
    if (to) parts.push_back(fmt::format("({}) <= {}", columns_, tuple(*to)));
    return parts.empty() ? "true" : join(parts, " AND ");
  }

  Status by_key(const Position& from) {
    std::optional<Key> after;
    const auto json = nlohmann::json::parse(from.at, nullptr, /*allow_exceptions=*/false);
    if (json.is_array()) after = json.get<Key>();
    for (int pass = 0; pass < most_passes; ++pass) {
      const Result<std::optional<Key>> end = last_key();
      if (!end) return std::unexpected(end.error());
      if (!*end || (pass > 0 && after == *end)) return {};
      while (true) {
        const double begun = monotonic_seconds();
        // The batch's last key; the end itself where fewer rows are left.
        Result<std::optional<Key>> to =
            ask_key(fmt::format("SELECT {0} FROM {1} WHERE {2} ORDER BY {0} OFFSET {3} LIMIT 1",
                                columns_, backfill_.table, range(after, *end), size_ - 1));
        if (!to) return std::unexpected(to.error());
        const bool last = !*to;
        const Key upto = last ? **end : **to;
        std::int64_t looked_at = size_;
        if (last) {
          const Result<std::int64_t> left = count(range(after, *end));
          if (!left) return std::unexpected(left.error());
          looked_at = *left;
        }
        if (looked_at > 0) {
          const Result<bool> done =
              batch(range(after, upto), nlohmann::json(upto).dump(), looked_at);
          if (!done) return std::unexpected(done.error());
          if (!*done) continue;
        }
        after = upto;
        const double took = monotonic_seconds() - begun;
        show();
        if (last) break;
        if (Status rested = rest(took); !rested) return rested;
      }
    }
    return {};
  }

  Result<std::int64_t> count(const std::string& condition) {
    auto rows = connection_.query(
        fmt::format("SELECT count(*) FROM {} WHERE {}", backfill_.table, condition));
    if (!rows) return fail(rows);
    return number(rows->cell(0, 0));
  }

  // Rows are where their blocks are. What an UPDATE of ours or of somebody else's has moved to
  // another block is met again, there or in the next pass, which is why `where` must tell what is
  // done.
  Status by_block(const Position& from) {
    size_ = 16;
    std::int64_t block = number(from.at);
    for (int pass = 0; pass < most_passes; ++pass) {
      if (Status done = blocks_from(block); !done) return done;
      auto left = connection_.query(
          fmt::format("SELECT FROM {} WHERE {} LIMIT 1", backfill_.table, backfill_.where));
      if (!left) return fail(left);
      if (left->size() == 0) return {};
      if (Status estimated = estimate(); !estimated) return estimated;
      block = 0;
    }
    return {};
  }

  Status blocks_from(std::int64_t block) {
    const double rows_of_block = static_cast<double>(std::max<std::int64_t>(estimated_, 1)) /
                                 static_cast<double>(std::max<std::int64_t>(blocks_, 1));
    while (block < blocks_) {
      const double begun = monotonic_seconds();
      const std::int64_t to = std::min(block + size_, blocks_);
      const std::string range =
          fmt::format("ctid >= '({},0)'::tid AND ctid < '({},0)'::tid", block, to);
      const auto rows = static_cast<std::int64_t>(static_cast<double>(to - block) * rows_of_block);
      const Result<bool> done = batch(range, std::to_string(to), rows);
      if (!done) return std::unexpected(done.error());
      if (!*done) continue;
      block = to;
      const double took = monotonic_seconds() - begun;
      show();
      if (Status rested = rest(took); !rested) return rested;
    }
    return {};
  }

  // False if it was given up because it took too long: whoever writes to its rows waits for it. The
  // next is to be smaller.
  Result<bool> batch(const std::string& range, const std::string& at, std::int64_t looked_at) {
    Attempts attempts(options_, blockers_);
    while (true) {
      const Status done = attempt(range, at, looked_at);
      if (done) break;
      const bool gave_up = done.error().code == "postgres.57014" && size_ > smallest();
      if (gave_up || passes(done.error())) {
        size_ = std::max(size_ / 2, smallest());
        growth_ = later_growth;
      }
      if (gave_up) return false;
      const double begun = monotonic_seconds();
      if (Status again = attempts.again(done.error()); !again) return fail(again);
      rested_ += monotonic_seconds() - begun;
    }
    rows_ += looked_at;
    return true;
  }

  Status attempt(const std::string& range, const std::string& at, std::int64_t looked_at) {
    const double seconds = options_.lock_timeout.value_or(lock_timeout);
    std::vector<std::string> statements = {
        "BEGIN", fmt::format("SET LOCAL lock_timeout = {}", std::llround(seconds * 1000)),
        // A server that crashes loses a batch and where it was recorded together, so that nobody
        // need wait for the disk; the commit that ends the step keeps all of them.
        "SET LOCAL synchronous_commit = off",
        // A range of a key of several columns counts as a good part of the table, so that the
        // server would compile what then runs for less time than that takes.
        "SET LOCAL jit = off",
        fmt::format("SET LOCAL statement_timeout = {}",
                    size_ > smallest()
                        ? std::llround(options_.throttle.batch_seconds * too_long * 1000)
                        : 0),
        fmt::format("UPDATE {} SET {} WHERE {}{}", backfill_.table, backfill_.set, range,
                    backfill_.where.empty() ? "" : " AND (" + backfill_.where + ")"),
        "SET LOCAL SESSION AUTHORIZATION DEFAULT", or_fail(record_(at, looked_at)), "COMMIT"};
    if (past_triggers_)
      statements.insert(statements.begin() + 1, "SET LOCAL session_replication_role = replica");
    auto done = connection_.together(statements);
    if (!done) return fail(done);
    if (!done->error) return {};
    if (auto undone = connection_.query("ROLLBACK"); !undone) return fail(undone);
    const bool recording = done->rows.size() + 2 == statements.size();
    return std::unexpected(recording && is_conflict(*done->error) ? conflict() : *done->error);
  }

  Status rest(double after) {
    adapt(after);
    const double begun = monotonic_seconds();
    const Status rested = watch_.between(after);
    rested_ += monotonic_seconds() - begun;
    return rested;
  }

  // Towards the size that takes the time that a batch is meant to; at once when it is less, by
  // steps when it is more.
  void adapt(double seconds) {
    const bool near = seconds > goal_ / 2;
    if (near) growth_ = later_growth;
    const double factor =
        std::clamp(goal_ / std::max(seconds, 1e-4), 0.1, near ? careful_growth : growth_);
    size_ = std::clamp(static_cast<std::int64_t>(static_cast<double>(size_) * factor), smallest(),
                       largest_batch);
  }

  std::int64_t smallest() const { return backfill_.key.empty() ? 1 : smallest_batch; }

  Pace pace() const { return {rows_ - begun_rows_, monotonic_seconds() - begun_, rested_}; }

  void show() {
    if (!options_.progress) return;
    const std::int64_t total = std::max(estimated_, rows_);
    std::string text =
        fmt::format("{}: {}, {}", backfill_.table, plural(rows_, "row"), describe(pace()));
    if (total > rows_ && rows_ > begun_rows_)
      text += ", " + human_seconds(seconds_left(pace(), total - rows_)) + " left";
    options_.progress(text, static_cast<std::size_t>(rows_), static_cast<std::size_t>(total));
  }

  // Where there is no terminal, this is all that is told.
  void say_pace() {
    constexpr double worth_saying = 5;  // seconds
    const Pace all = pace();
    if (!options_.say || all.seconds < worth_saying) return;
    options_.say(
        fmt::format("filled {}: {}, {}", backfill_.table, plural(all.rows, "row"), describe(all)));
  }

  postgres::Connection& connection_;
  Blockers& blockers_;
  const Backfill& backfill_;
  const RunOptions& options_;
  const std::function<std::string(const std::string&, std::int64_t)>& record_;
  Watch watch_;
  std::string columns_;
  std::string descending_;
  bool past_triggers_ = false;
  double goal_ = 0;  // seconds that a batch is meant to take
  std::int64_t size_ = first_batch;
  double growth_ = first_growth;
  std::int64_t estimated_ = 0;
  std::int64_t blocks_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t begun_rows_ = 0;
  double begun_ = 0;
  double rested_ = 0;
};

}  // namespace

Status run_backfill(postgres::Connection& connection, Blockers& blockers, const Backfill& backfill,
                    const Position& from, const RunOptions& options,
                    const std::function<std::string(const std::string&, std::int64_t)>& record) {
  return Run(connection, blockers, backfill, options, record).run(from);
}

}  // namespace architrave::migration

#include "migration/rehearse/rehearse.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "catalog/object.h"
#include "migration/effects.h"
#include "migration/schema.h"
#include "sql/node.h"

namespace architrave::migration {

namespace {

using postgres::Connection;
using postgres::Rows;

// What others can use and would wait for, by its OID and file, without the server's own. (A view
// or a partitioned table has no file.)
constexpr const char* files_query =
    "SELECT c.oid, c.relfilenode, c.oid::regclass::text"
    " FROM pg_class c WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.oid >= 16384"
    " AND c.relpersistence <> 't'";
constexpr const char* locks_query =
    "SELECT relation, mode FROM pg_locks"
    " WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted";
constexpr const char* written_query =
    "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,"
    " pg_database_size(current_database())";

struct File {
  std::string node;
  std::string name;
};
using Files = std::map<std::string, File>;  // by OID

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Lock lock_of(std::string_view mode) {
  static const std::map<std::string_view, Lock> modes = {
      {"AccessShareLock", Lock::access_share},
      {"RowShareLock", Lock::row_share},
      {"RowExclusiveLock", Lock::row_exclusive},
      {"ShareUpdateExclusiveLock", Lock::share_update_exclusive},
      {"ShareLock", Lock::share},
      {"ShareRowExclusiveLock", Lock::share_row_exclusive},
      {"ExclusiveLock", Lock::exclusive},
      {"AccessExclusiveLock", Lock::access_exclusive}};
  const auto found = modes.find(mode);
  return found == modes.end() ? Lock::none : found->second;
}

class Run {
 public:
  Run(Connection& connection, const RehearseOptions& options)
      : connection_(connection),
        options_(options),
        schema_(options.measured != nullptr ? Schema(*options.measured) : Schema()) {}

  Result<Rehearsal> all(const std::vector<Migration>& migrations) {
    auto begun = written();
    if (!begun) return fail(begun);
    std::size_t done = 0;
    for (const Migration& migration : migrations) {
      rehearsal_.pending.push_back(migration.version + ' ' + migration.name);
      if (options_.progress)
        options_.progress("rehearsing " + migration.version, done++, migrations.size());
      for (const Step& step : migration.up.steps) {
        const Status ran = run(migration, step);
        if (ran) continue;
        if (ran.error().code == "postgres.lost" || ran.error().code == "interrupted")
          return std::unexpected(ran.error());
        rehearsal_.failed = ran.error();
        (void)connection_.execute("ROLLBACK");
        return std::move(rehearsal_);
      }
    }
    auto ended = written();
    if (!ended) return fail(ended);
    rehearsal_.disk_bytes = ended->second - begun->second;
    return std::move(rehearsal_);
  }

 private:
  Result<std::pair<std::int64_t, std::int64_t>> written() {
    auto rows = connection_.query(written_query);
    if (!rows) return fail(rows);
    return std::pair{number(rows->cell(0, 0)), number(rows->cell(0, 1))};
  }

  Result<Files> files() {
    auto rows = connection_.query(files_query);
    if (!rows) return fail(rows);
    Files files;
    for (int i = 0; i < rows->size(); ++i)
      files[std::string(rows->cell(i, 0))] = {std::string(rows->cell(i, 1)),
                                              std::string(rows->cell(i, 2))};
    return files;
  }

  Status run(const Migration& migration, const Step& step) {
    const bool transaction = step.kind == Step::Kind::transaction;
    auto before = files();
    if (!before) return fail(before);
    known_ = std::move(*before);
    held_.clear();
    if (transaction)
      if (Status begun = connection_.execute("BEGIN"); !begun) return begun;
    if (step.kind == Step::Kind::backfill) {
      if (Status ran =
              statement(migration, Statement(backfill_block(step.backfill)), step.line, false);
          !ran)
        return ran;
    }
    for (const Statement& each : step.statements)
      if (Status ran = statement(migration, each, each.line, transaction); !ran) return ran;
    return transaction ? connection_.execute("COMMIT") : Status();
  }

  Status statement(const Migration& migration, const Statement& each, int line, bool held) {
    RehearsedStatement seen;
    seen.version = migration.version;
    seen.file = migration.up.file.filename().string();
    seen.line = line;
    seen.sql = each.text;
    sql::TreeReader reader;
    Effects effects;
    if (reader.parse(each.text) && !reader.statements().empty()) {
      const sql::Node node = reader.statements().front().node;
      effects = effects_of(node, connection_.server_version(), &schema_);
      schema_.apply(node, 0);
    }
    auto wal = written();
    if (!wal) return fail(wal);
    const double begun = monotonic_seconds();
    if (each.copy_data) {
      if (Status copied = connection_.copy_in(each.text, *each.copy_data); !copied)
        return at(copied.error(), migration, line);
    } else {
      auto rows = connection_.query(each.text);
      if (!rows) return at(rows.error(), migration, line);
    }
    seen.seconds = monotonic_seconds() - begun;
    auto wal_now = written();
    if (!wal_now) return fail(wal_now);
    seen.wal_bytes = wal_now->first - wal->first;
    auto now = files();
    if (!now) return fail(now);
    for (const auto& [oid, file] : *now)
      if (const auto was = known_.find(oid); was != known_.end() && was->second.node != file.node)
        seen.rewritten.push_back(was->second.name);
    if (held) {
      if (Status locks = look_at_locks(seen); !locks) return locks;
    } else {
      // It is over and has let go: what the table of effects says of it.
      for (const Effect& effect : effects.relations)
        if (effect.lock != Lock::none) seen.locks.push_back({effect.relation, effect.lock});
    }
    // The next statement's rewrites are its own.
    for (auto& [oid, file] : known_)
      if (const auto found = now->find(oid); found != now->end()) file.node = found->second.node;
    estimate(seen, effects);
    rehearsal_.statements.push_back(std::move(seen));
    return {};
  }

  static std::unexpected<Error> at(Error error, const Migration& migration, int line) {
    error.where = fmt::format("{}:{}", migration.up.file.string(), line);
    return std::unexpected<Error>(std::move(error));
  }

  Status look_at_locks(RehearsedStatement& seen) {
    auto rows = connection_.query(locks_query);
    if (!rows) return fail(rows);
    std::map<std::string, Lock> strongest;
    for (int i = 0; i < rows->size(); ++i) {
      const auto known = known_.find(std::string(rows->cell(i, 0)));
      if (known == known_.end()) continue;  // it is new, and nobody waits for it
      Lock& lock = strongest[known->second.name];
      lock = std::max(lock, lock_of(rows->cell(i, 1)));
    }
    // What it has taken; what the transaction held before, an earlier statement has said.
    for (const auto& [relation, lock] : strongest) {
      Lock& had = held_[relation];
      if (lock > Lock::access_share && lock > had) seen.locks.push_back({relation, lock});
      had = std::max(had, lock);
    }
    std::ranges::stable_sort(seen.locks,
                             [](const HeldLock& a, const HeldLock& b) { return a.lock > b.lock; });
    return {};
  }

  // How long production's rows would take, by what the statement reads or writes anew.
  void estimate(RehearsedStatement& seen, const Effects& effects) const {
    if (options_.measured == nullptr) return;
    double bytes = 0;
    for (const catalog::Relation& relation : options_.measured->relations) {
      if (!relation.stats) continue;
      const std::string name = catalog::qualified(relation.schema, relation.name);
      const Effect* effect = effects.on(name);
      if (effect == nullptr && relation.schema == "public")
        effect = effects.on(catalog::quote_identifier(relation.name));
      const bool rewritten =
          std::ranges::find(seen.rewritten, name) != seen.rewritten.end() ||
          (relation.schema == "public" &&
           std::ranges::find(seen.rewritten, catalog::quote_identifier(relation.name)) !=
               seen.rewritten.end());
      if (rewritten)
        bytes += 2.0 * static_cast<double>(relation.stats->total_bytes);
      else if (effect != nullptr && (effect->scans || effect->rewrites))
        bytes += static_cast<double>(relation.stats->bytes);
    }
    if (bytes > 0) seen.estimate = bytes / options_.bytes_per_second;
  }

  Connection& connection_;
  const RehearseOptions& options_;
  Schema schema_;
  Files known_;                       // before the step
  std::map<std::string, Lock> held_;  // in its transaction
  Rehearsal rehearsal_;
};

}  // namespace

Result<Rehearsal> rehearse(const std::vector<Migration>& migrations, Connection& connection,
                           const RehearseOptions& options) {
  return Run(connection, options).all(migrations);
}

}  // namespace architrave::migration

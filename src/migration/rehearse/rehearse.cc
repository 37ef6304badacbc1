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
#include "migration/place.h"
#include "migration/rehearse/changes.h"
#include "migration/rehearse/pieces.h"
#include "migration/schema.h"
#include "migration/syntax.h"
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
constexpr const char* indexes_query =
    "SELECT c.oid, c.relfilenode, c.oid::regclass::text, format('%I.%I', n.nspname, t.relname),"
    " m.amname, (SELECT bool_and(a.attlen > 0) FROM pg_attribute a"
    " WHERE a.attrelid = i.indexrelid AND a.attnum <= i.indnkeyatts)"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
    " JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE c.oid >= 16384 AND c.relkind = 'i'";
constexpr const char* sizes_query =
    "SELECT format('%I.%I', n.nspname, c.relname), pg_table_size(c.oid) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384";
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

struct Index {
  std::string node;
  std::string name;
  std::string table;  // with its schema
  std::string method;
  bool is_fixed = false;  // its keys have one length
};
using Indexes = std::map<std::string, Index>;  // by OID

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
        schema_(options.measured != nullptr ? Schema(*options.measured) : Schema()) {
    if (options.measured == nullptr) return;
    for (const catalog::Relation& each : options.measured->relations) {
      if (!each.stats) continue;
      production_[catalog::qualified(each.schema, each.name)] = &each;
      // As a regclass has it, and Schema.
      if (each.schema == "public") production_[catalog::quote_identifier(each.name)] = &each;
      production_[schema_.name_of(each.schema, each.name)] = &each;
    }
  }

  Result<Rehearsal> all(const std::vector<Migration>& migrations) {
    auto begun = written();
    if (!begun) return fail(begun);
    if (options_.has_rows)
      if (Status measured = measure(); !measured) return fail(measured);
    for (const Migration& migration : migrations)
      if (Status fine = check_syntax(connection_, migration.up); !fine) return fail(fine);
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

  Status measure() {
    auto rows = connection_.query(sizes_query);
    if (!rows) return fail(rows);
    for (int i = 0; i < rows->size(); ++i)
      sizes_[std::string(rows->cell(i, 0))] = number(rows->cell(i, 1));
    return {};
  }

  Result<Indexes> indexes() {
    auto rows = connection_.query(indexes_query);
    if (!rows) return fail(rows);
    Indexes indexes;
    for (int i = 0; i < rows->size(); ++i) {
      const auto cell = [&](int column) { return std::string(rows->cell(i, column)); };
      indexes[cell(0)] = {cell(1), cell(2), cell(3), cell(4), cell(5) == "t"};
    }
    return indexes;
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
    auto built = indexes();
    if (!built) return fail(built);
    indexes_ = std::move(*built);
    held_.clear();
    if (transaction)
      if (Status begun = connection_.execute("BEGIN"); !begun) return begun;
    if (step.kind == Step::Kind::backfill) {
      if (Status ran = statement(migration, Statement(backfill_block(step.backfill)), step.line,
                                 false, step.backfill.table);
          !ran)
        return ran;
    }
    for (const Statement& each : step.statements)
      if (Status ran = statement(migration, each, each.line, transaction); !ran) return ran;
    return transaction ? connection_.execute("COMMIT") : Status();
  }

  // `backfilled`: the table of which it changes all rows.
  Status statement(const Migration& migration, const Statement& each, int line, bool held,
                   const std::string& backfilled = {}) {
    RehearsedStatement seen;
    seen.version = migration.version;
    seen.file = migration.up.file.filename().string();
    seen.line = line;
    seen.sql = each.text;
    sql::TreeReader reader;
    Effects effects;
    std::optional<RowChange> change;
    bool empties = false;
    if (reader.parse(each.text) && !reader.statements().empty()) {
      const sql::Node node = reader.statements().front().node;
      empties = node.is("TruncateStmt");
      effects = effects_of(node, connection_.server_version() / 10000, &schema_);
      change = row_change_of(node, schema_);
      schema_.apply(node, 0);
    }
    if (change && !change->all && options_.explain) {
      // What the migrations before it have made is not there: then it says nothing.
      if (const Result<std::string> plan = options_.explain(question_of(each.text)))
        take_plan(*plan, *change);
      else if (plan.error().code == "interrupted")
        return std::unexpected(plan.error());
    }
    if (!backfilled.empty())
      change = RowChange{.work = WorkKind::fill_rows, .table = backfilled, .all = true};
    auto wal = written();
    if (!wal) return fail(wal);
    const double begun = monotonic_seconds();
    if (each.copy_data) {
      if (Status copied = connection_.copy_in(each.text, *each.copy_data); !copied)
        return at(copied.error(), migration, each, line);
    } else {
      auto rows = connection_.query(each.text);
      if (!rows) return at(rows.error(), migration, each, line);
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
    auto built = indexes();
    if (!built) return fail(built);
    // New files without a row in them are nobody's work.
    if (!empties) estimate(seen, pieces_of(seen, effects, *built, change));
    indexes_ = std::move(*built);
    rehearsal_.statements.push_back(std::move(seen));
    return {};
  }

  static std::unexpected<Error> at(Error error, const Migration& migration,
                                   const Statement& statement, int line) {
    if (statement.line > 0)
      locate(error, migration.up.file, statement);
    else  // a backfill's, which the file has as a comment
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

  const catalog::Relation* production(std::string_view name) const {
    const auto found = production_.find(name);
    return found == production_.end() ? nullptr : found->second;
  }

  // Of a table that has partitions or heirs, the parts that hold rows.
  void add_change(const RowChange& change, std::vector<Piece>& pieces) const {
    std::vector<const catalog::Relation*> tables;
    std::vector<std::string_view> names = {change.table};
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (const auto* table = production(names[i]); table != nullptr && has_rows(*table))
        tables.push_back(table);
      if (change.only) continue;
      const auto children = schema_.children(names[i]);
      names.insert(names.end(), children.begin(), children.end());
    }
    double all = 0;
    for (const catalog::Relation* each : tables) all += extent_of(*each).rows;
    for (const catalog::Relation* each : tables) {
      Piece piece{.work = change.work, .table = each, .at_most = !change.all && !change.rows};
      if (!change.all && change.rows)
        piece.rows = *change.rows * extent_of(*each).rows / std::max(all, 1.0);
      pieces.push_back(std::move(piece));
    }
  }

  // What the statement did to tables that production has: what was written anew and built is seen,
  // what was only read is from the table of effects.
  std::vector<Piece> pieces_of(const RehearsedStatement& seen, const Effects& effects,
                               const Indexes& now, const std::optional<RowChange>& change) const {
    std::vector<Piece> pieces;
    std::set<const catalog::Relation*> told;
    const auto add = [&](WorkKind work, const catalog::Relation* table, const std::string& index) {
      if (table == nullptr) return;
      told.insert(table);
      pieces.push_back({.work = work, .table = table, .index = index});
    };
    for (const std::string& each : seen.rewritten) add(WorkKind::rewrite, production(each), {});
    const std::set<const catalog::Relation*> written = told;  // and looked at meanwhile
    for (const auto& [oid, index] : now) {
      const auto was = indexes_.find(oid);
      if (was != indexes_.end() && was->second.node == index.node) continue;
      const catalog::Relation* const table = production(index.table);
      add(work_of_index(index.method, index.is_fixed), table, index.name);
      // Without holding writers up it looks at the table twice.
      if (!effects.transactional) add(WorkKind::read, table, {});
    }
    if (change) {
      for (const std::string& each : change->reads) add(WorkKind::read, production(each), {});
      add_change(*change, pieces);
    }
    for (const Effect& each : effects.relations)
      if (const auto* table = production(each.relation);
          (each.looks && !written.contains(table)) ||
          ((each.scans || each.rewrites) && !told.contains(table)))
        add(WorkKind::read, table, {});
    std::erase_if(pieces, [](const Piece& each) { return !has_rows(*each.table); });
    return pieces;
  }

  // How long production's rows would take: as long as those of the copy, by its size, or by what
  // such work usually takes.
  void estimate(RehearsedStatement& seen, const std::vector<Piece>& pieces) const {
    constexpr double measurable = 0.05;  // seconds; less is not the rows' doing
    constexpr double as_large = 1.1;
    constexpr double felt = 0.001;
    if (pieces.empty()) return;
    std::int64_t there = 0;
    std::int64_t here = 0;
    std::set<const catalog::Relation*> counted;
    for (const Piece& each : pieces) {
      if (!counted.insert(each.table).second) continue;
      there += each.table->stats->bytes;
      if (const auto size = sizes_.find(catalog::qualified(each.table->schema, each.table->name));
          size != sizes_.end())
        here += size->second;
    }
    const bool is_unknown = std::ranges::any_of(pieces, &Piece::at_most);
    const double ratio = static_cast<double>(there) / std::max(static_cast<double>(here), 1.0);
    if (options_.has_rows && here > 0 && ratio < as_large && ratio * as_large > 1) return;
    if (options_.has_rows && here > 0 && (seen.seconds >= measurable || is_unknown)) {
      seen.estimate = seen.seconds * ratio;
      seen.reckoned_from =
          fmt::format("took {} on {} here, and there are {}", human_seconds(seen.seconds),
                      human_bytes(here), human_bytes(there));
      return;
    }
    double seconds = 0;
    for (const Piece& each : pieces) seconds += seconds_of(each);
    if (seconds < felt) return;
    seen.estimate = seconds;
    seen.reckoned_from = describe(pieces);
  }

  Connection& connection_;
  const RehearseOptions& options_;
  Schema schema_;
  // Production's tables, by their names with and, in public, without the schema.
  std::map<std::string, const catalog::Relation*, std::less<>> production_;
  std::map<std::string, std::int64_t> sizes_;  // of the copy's tables, at first
  Files known_;                                // before the step
  Indexes indexes_;                            // before the statement
  std::map<std::string, Lock> held_;           // in its transaction
  Rehearsal rehearsal_;
};

}  // namespace

Result<Rehearsal> rehearse(const std::vector<Migration>& migrations, Connection& connection,
                           const RehearseOptions& options) {
  return Run(connection, options).all(migrations);
}

}  // namespace architrave::migration

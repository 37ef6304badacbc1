#include "migration/move/move.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <thread>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "engine/sqlite/reader.h"
#include "migration/move/rows.h"
#include "migration/move/state.h"
#include "migration/move/trial.h"

namespace architrave::migration {

namespace {

using Kind = Decision::Kind;

// What changes when someone writes to the database: its header with the change counter, and the
// head of its log.
std::string marks_of(const std::filesystem::path& source) {
  std::string marks;
  for (const char* suffix : {"", "-wal"}) {
    const std::string file = source.string() + suffix;
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) continue;
    std::string head(100, '\0');
    std::ifstream(file, std::ios::binary).read(head.data(), static_cast<long>(head.size()));
    marks +=
        fmt::format("{}.{} {} ", status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size) +
        head;
  }
  return stable_hash(marks);
}

class Mover {
 public:
  explicit Mover(const MoveOptions& options) : options_(options) {
    ends_.source = options.source;
    ends_.target = options.target;
    ends_.schema = options.map.schema;
    const int processors = static_cast<int>(std::thread::hardware_concurrency());
    ends_.jobs = options.jobs > 0 ? options.jobs : std::clamp(processors, 1, 4);
    ends_.progress = options.progress_of;
  }

  Result<Move> run() {
    std::error_code ignored;
    move_.source = std::filesystem::weakly_canonical(options_.source, ignored).string();
    move_.schema = options_.map.schema;
    auto target = connect_to(ends_);
    if (!target) return fail(target);
    auto source = sqlite::Connection::open_file(options_.source);
    if (!source) return fail(source);
    const std::string marks = marks_of(options_.source);
    // Held to the end: without a log nobody can write meanwhile.
    if (Status begun = source->execute("BEGIN"); !begun) return fail(begun);
    if (Status planned = plan(*source, target->server_version()); !planned) return fail(planned);
    if (mapping_.refused()) return std::move(move_);

    if (Status alone = be_alone(*target); !alone) return fail(alone);
    auto state = read_state(*target, move_.source, move_.schema);
    if (!state) return fail(state);
    fingerprint_ = stable_hash(marks + all_sql());
    if (*state && (*state)->fingerprint != fingerprint_)
      return fail("move.changed",
                  "this database was begun to be moved, and has been written to since, or is to be "
                  "moved otherwise now",
                  move_.source,
                  fmt::format("drop what is in the schema {}, and DELETE FROM architrave.moves "
                              "WHERE id = {}; then it begins anew",
                              move_.schema, (*state)->id));
    if (*state && !(*state)->finished.empty()) {
      move_.earlier = (*state)->finished;
      move_.done = true;
      return std::move(move_);
    }
    if (!*state)
      if (Status clear = refuse_taken(*target); !clear) return fail(clear);
    if (options_.dry_run) return std::move(move_);
    if (options_.confirm && !options_.confirm(what_will_be_done(state->has_value())))
      return fail("move.declined", "nothing was changed", {}, "--yes goes on without asking");
    if (!*state) {
      say("making the tables");
      auto begun =
          begin_move(*target, move_.source, move_.schema, fingerprint_, move_.statements, parts());
      if (!begun) return fail(begun);
      *state = std::move(*begun);
    }
    if (Status copied = copy_rows(ends_, mapping_.tables, **state); !copied) return fail(copied);
    if (Status finished = finish(*target, **state); !finished) return fail(finished);
    if (marks_of(options_.source) != marks)
      return fail("move.changed", "the database was written to while it was moved", move_.source,
                  "stop what writes to it, drop what was made, and move it again");
    if (Status compared = compare(**state); !compared) return fail(compared);
    move_.done = true;
    if (move_.holds())
      if (Status set = set_finished(*target, (*state)->id); !set) return fail(set);
    return std::move(move_);
  }

 private:
  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what);
  }

  Status plan(sqlite::Connection& source, int version) {
    say("reading " + options_.source.string());
    auto catalog = sqlite::read_catalog(source);
    if (!catalog) return fail(catalog);
    auto profile = read_profile(source, *catalog, options_.progress);
    if (!profile) return fail(profile);
    mapping_ = map_catalog(*catalog, *profile, options_.map);
    if (!mapping_.refused()) {
      say("trying it in a sandbox");
      auto tried = try_mapping(mapping_, version / 10000);
      if (!tried) return fail(tried);
      move_.tried_on = std::move(*tried);
    }
    move_.decisions = mapping_.decisions;
    move_.statements = statements_of(mapping_, version);
    return {};
  }

  std::string all_sql() const {
    std::string sql;
    for (const auto* list : {&move_.statements.before, &move_.statements.after})
      for (const MoveStatement& each : *list) sql += each.sql + ";\n";
    return sql;
  }

  static Status be_alone(postgres::Connection& target) {
    const auto got = target.query("SELECT pg_try_advisory_lock(hashtext('architrave.moves'))");
    if (!got) return std::unexpected(got.error());
    if (got->cell(0, 0) == "t") return {};
    return fail("move.busy", "another move into this database is under way", {},
                "wait until it has ended");
  }

  Status refuse_taken(postgres::Connection& target) {
    const auto there = target.query(
        "SELECT relname FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE nspname = $1",
        {move_.schema});
    if (!there) return std::unexpected(there.error());
    std::vector<std::string> taken;
    for (int i = 0; i < there->size(); ++i)
      if (mapping_.catalog.relation(move_.schema, there->cell(i, 0)) != nullptr ||
          std::ranges::find(mapping_.tables, there->cell(i, 0), &MovedTable::target) !=
              mapping_.tables.end())
        taken.emplace_back(there->cell(i, 0));
    if (taken.empty()) return {};
    return fail("move.taken",
                fmt::format("the target has {} already: {}",
                            plural(static_cast<std::int64_t>(taken.size()), "relation of its name",
                                   "relations of these names"),
                            join(taken, ", ")),
                move_.schema, "move it into a schema of its own: --schema NAME");
  }

  std::vector<std::string> what_will_be_done(bool goes_on) const {
    std::int64_t rows = 0;
    for (const MovedTable& table : mapping_.tables) rows += table.rows;
    return {fmt::format("{} {} with {} into the schema {}", goes_on ? "go on moving" : "move",
                        plural(static_cast<std::int64_t>(mapping_.tables.size()), "table"),
                        plural(rows, "row"), move_.schema)};
  }

  std::vector<MovePart> parts() const {
    std::vector<MovePart> parts = parts_of(mapping_.tables);
    for (const MoveStatement& each : move_.statements.after) {
      MovePart& part = parts.emplace_back();
      part.number = static_cast<int>(parts.size()) - 1;
      part.object = each.object;
      part.sql = each.sql;
    }
    return parts;
  }

  // What comes behind the rows: keys, indexes, foreign keys, the numbers of sequences.
  Status finish(postgres::Connection& target, MoveState& state) {
    std::size_t done = 0;
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(state.parts, [](const MovePart& each) { return !each.sql.empty(); }));
    for (MovePart& part : state.parts) {
      if (part.sql.empty()) continue;
      if (options_.progress_of) options_.progress_of("keys and indexes", done, count);
      ++done;
      if (!part.done)
        if (Status ran = run(target, state.id, part); !ran) return ran;
      if (!part.problem.empty())
        move_.failed.push_back({Kind::left_out, part.object, part.problem});
    }
    for (const MovedSequence& each : mapping_.sequences) {
      if (each.last <= 0) continue;
      const auto set = target.query(
          "SELECT setval(pg_get_serial_sequence($1, $2), $3::bigint)",
          {qualified(move_.schema, each.table), each.column, std::to_string(each.last)});
      if (!set) return std::unexpected(set.error());
    }
    say("analyzing");
    for (const MovedTable& table : mapping_.tables)
      if (Status ran = target.execute("ANALYZE " + qualified(move_.schema, table.target)); !ran)
        return ran;
    return {};
  }

  Status run(postgres::Connection& target, std::int64_t move, MovePart& part) {
    const auto attempt = [&](const std::string& sql) {
      Status ran = target.execute("BEGIN");
      if (ran) ran = target.execute(sql);
      if (ran) ran = set_done(target, move, part);
      if (ran) ran = target.execute("COMMIT");
      if (!ran) (void)target.execute("ROLLBACK");
      return ran;
    };
    Status ran = attempt(part.sql);
    if (!ran && (ran.error().code == "postgres.23503" || ran.error().code == "postgres.23514") &&
        !part.sql.ends_with("NOT VALID")) {
      part.problem = "NOT VALID, since rows break it: " + ran.error().message;
      ran = attempt(part.sql + " NOT VALID");
    }
    if (!ran && ran.error().code.starts_with("postgres.") && ran.error().code != "postgres.lost" &&
        ran.error().code != "postgres.connect") {
      part.problem = ran.error().message + ": " + part.sql;
      ran = set_done(target, move, part);
    }
    part.done = ran.has_value();
    return ran;
  }

  Status compare(const MoveState& state) {
    auto there = read_back(ends_, mapping_.tables);
    if (!there) return fail(there);
    for (std::size_t i = 0; i < mapping_.tables.size(); ++i) {
      const MovedTable& table = mapping_.tables[i];
      Checksum sent;
      for (const MovePart& part : state.parts)
        if (part.sql.empty() && part.object == table.target)
          sent.add(Checksum::of(part.rows, part.checksum));
      const Checksum& found = (*there)[i];
      move_.tables.push_back({table.target, sent.rows(), found.rows(), sent.text(), found.text()});
      // Rows that no range held would be missing on both sides.
      if (sent.rows() != table.rows)
        move_.failed.push_back({Kind::lost, "table " + qualified(move_.schema, table.target),
                                fmt::format("{} of {} rows were sent", sent.rows(), table.rows)});
    }
    return {};
  }

  const MoveOptions& options_;
  MoveEnds ends_;
  Mapping mapping_;
  Move move_;
  std::string fingerprint_;
};

}  // namespace

bool Move::holds() const {
  return std::ranges::all_of(tables, &MovedRows::equal) && failed.empty() &&
         std::ranges::none_of(decisions,
                              [](const Decision& each) { return each.kind == Kind::refused; });
}

Result<Move> move(const MoveOptions& options) { return Mover(options).run(); }

}  // namespace architrave::migration

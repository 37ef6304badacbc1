#include "migration/run/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/quoting.h"
#include "base/text.h"
#include "migration/place.h"
#include "migration/run/alone.h"
#include "migration/run/batches.h"
#include "migration/run/waiting.h"

namespace architrave::migration {

namespace {

constexpr double usual_lock_timeout = 0.1;

// What a session is before any migration has set anything. (DISCARD ALL would give the runner's
// lock away.)
constexpr const char* fresh =
    "RESET SESSION AUTHORIZATION; RESET ALL; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *; DISCARD PLANS;"
    " DISCARD SEQUENCES; DISCARD TEMP";

// Takes locks that nobody queues behind but changes of the same table: waiting for them hurts
// nobody, and giving up costs all that was done.
bool may_wait(const Step& step) {
  return std::ranges::all_of(step.statements, [](const Statement& statement) {
    const std::string text = lower(statement.text);
    return contains_word(text, "concurrently") ||
           (contains_word(text, "validate") && contains_word(text, "constraint"));
  });
}

// Building an index concurrently, the server sorts what it finds in the index while it keeps a page
// of it locked: as long as it takes to sort what fits into maintenance_work_mem, and so long a
// writer to that page waits. 64 MB are about 300 ms, 16 MB below 100, and the build takes no
// longer.
constexpr const char* sort_in_small_pieces =
    "SELECT pg_catalog.set_config('maintenance_work_mem', least(pg_catalog.pg_size_bytes("
    "pg_catalog.current_setting('maintenance_work_mem')), 16 * 1024 * 1024) / 1024 || 'kB', false)";
bool builds_index(const Statement& statement) {
  const std::string text = lower(statement.text);
  return contains_word(text, "concurrently") && contains_word(text, "index") &&
         !text.starts_with("drop");
}
bool sets_memory(const Script& script) {
  return lower(script.text).find("maintenance_work_mem") != std::string::npos;
}

bool can_be_recorded_with(const Step& step) {
  return step.kind == Step::Kind::transaction ||
         (step.kind == Step::Kind::statement && runs_in_transaction(step.statements[0].text));
}

// Some statements (ALTER DOMAIN … DROP CONSTRAINT) leave messages to the server's caches that wait
// for the next one to write, and no savepoint's statement may run before: something that does, and
// leaves nothing.
constexpr const char* settle = "SELECT pg_catalog.lo_unlink(pg_catalog.lo_create(0))";

// What an undo meets where the thing was never done: it is not there, or it is there still.
bool was_never_done(const Error& error, std::string_view statement = {}) {
  // A table has one primary key, an index one constraint, a column one identity: those that were
  // never dropped.
  const auto says = [&](std::string_view words) {
    return statement.find(words) != std::string_view::npos;
  };
  if (error.code == "postgres.42P16" && says(" ADD CONSTRAINT ")) return true;
  if (error.code == "postgres.55000" &&
      (says(" ADD CONSTRAINT ") || says(" ADD GENERATED ") || says(" DROP IDENTITY")))
    return true;
  // "… is already a partition"
  if (error.code == "postgres.42809" && says(" ATTACH PARTITION ")) return true;
  // "column … is an identity column", and has no default that could be dropped.
  if (error.code == "postgres.42601" && says(" DROP DEFAULT")) return true;
  constexpr std::array codes = {
      "postgres.42P01", "postgres.42703", "postgres.42704", "postgres.42883", "postgres.3F000",
      "postgres.42P07", "postgres.42701", "postgres.42710", "postgres.42723", "postgres.42P06"};
  return std::ranges::find(codes, error.code) != codes.end();
}

}  // namespace

struct Executor::Task {
  const Migration& migration;
  const Script& script;
  Direction direction;
  std::size_t steps;      // so many of the script's
  bool lenient = false;   // an undo of what was done only in part
  bool recorded = false;  // there is a row that says how far it is
  std::size_t step = 0;   // as that row says
  bool begun = false;
  Position position = {};

  State state() const { return direction == Direction::up ? State::applying : State::reverting; }
  std::string name() const { return title(migration.version, migration.name); }
};

Status Executor::record(const std::string& statement) {
  auto rows = connection_.query(statement);
  if (!rows) return std::unexpected(of_history(rows.error(), connection_));
  if (rows->size() == 1) return {};
  return std::unexpected(conflict());
}

Status Executor::run(const Migration& migration, Direction direction, const Entry* entry) {
  const bool up = direction == Direction::up;
  const Script& script = up ? migration.up : *migration.down;
  Task task{migration, script, direction, steps_to_run(migration, direction, entry)};
  if (entry != nullptr && entry->is_under_way()) {
    task.lenient = !up && (entry->state == State::applying || entry->partial);
    if (entry->state == task.state()) {
      task.recorded = true;
      task.step = static_cast<std::size_t>(entry->step);
      task.begun = entry->begun;
      task.position = {entry->batch, entry->rows};
    }
  }
  Status done = connection_.execute(fresh);
  if (done) done = lift_limits(connection_);
  // Ends what a runner that was killed has begun, and with it the runner's lock, before its time.
  if (done && connection_.server_version() >= 140000)
    static_cast<void>(connection_.execute("SET client_connection_check_interval = '1s'"));
  if (done) done = run_steps(task);
  if (done) return {};
  Error error = done.error();
  const std::string again = up ? "architrave migrate up" : "architrave migrate down";
  const std::string cause =
      error.code == "interrupted" || error.code == "postgres.lost" ? "" : "mend the cause, then ";
  std::string hint = error.code == "postgres.lost" ? "" : error.hint;
  if (hint.ends_with('.')) hint.pop_back();  // the server's are sentences
  if (!hint.empty()) hint += "; ";
  if (!task.recorded) {
    hint += fmt::format("nothing of {} was {}: {}run {} again", migration.version,
                        up ? "kept" : "undone", cause, again);
  } else {
    hint +=
        fmt::format("{} stopped at step {} of {}: {}architrave migrate resume goes on from there",
                    migration.version, task.step + 1, task.steps, cause);
    if (up && migration.down) hint += ", architrave migrate down undoes it";
  }
  error.hint = std::move(hint);
  return std::unexpected(std::move(error));
}

Status Executor::run_steps(Task& task) {
  const std::span<const Step> steps(task.script.steps.begin(), task.steps);
  const auto counts = [](const Step& each) { return each.kind != Step::Kind::setting; };
  const auto work = std::ranges::count_if(steps, counts);
  std::size_t last = 0;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (counts(steps[i])) last = i;
  if (work == 0) {
    return record(task.direction == Direction::up
                      ? insert_entry(task.migration, State::applied, steps.size(), downs_)
                      : record_end(task.migration.version, State::reverting));
  }
  // One transaction is never half done and needs no row that says how far it is.
  if (!task.recorded && !(work == 1 && can_be_recorded_with(steps[last]))) {
    Status begun = record(task.direction == Direction::up
                              ? insert_entry(task.migration, State::applying, steps.size(), downs_)
                              : begin_undo(task.migration.version, steps.size(), task.lenient));
    if (!begun) return begun;
    task.recorded = true;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i >= task.step && counts(steps[i])) {
      if (Status done = run_step(task, i, i == last); !done) return done;
      continue;
    }
    // What a resumed one has set before for what comes.
    for (const Statement& statement : steps[i].statements) {
      if (!is_session_setting(statement.text)) continue;
      auto set = connection_.query(statement.text);
      if (set) continue;
      Error error = set.error();
      locate(error, task.script.file, statement);
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

Status Executor::run_step(Task& task, std::size_t step, bool last) {
  const Step& what = task.script.steps[step];
  const std::string& version = task.migration.version;
  if (options_.progress) options_.progress(task.name(), step, task.steps);
  std::string statement;
  if (!task.recorded) {
    statement = task.direction == Direction::up
                    ? insert_entry(task.migration, State::applied, task.script.steps.size(), downs_)
                    : record_end(version, State::reverting);
  } else {
    statement = last ? record_end(version, task.state())
                     : record_step(version, task.step, step + 1,
                                   hash_of_steps(task.script.steps, step + 1));
  }
  Status done;
  if (can_be_recorded_with(what)) {
    done = run_transaction(task, step, statement);
  } else {
    if (what.kind == Step::Kind::backfill) {
      done = run_backfill(connection_, blockers_, what.backfill, task.position, options_,
                          [&](const std::string& at, std::int64_t rows) {
                            return record_batch(version, task.step, at, rows);
                          });
      if (!done) {
        const bool never = task.lenient && was_never_done(done.error());
        Error error = done.error();
        error.where = fmt::format("{}:{}:1", task.script.file.string(), what.line);
        done = never ? Status() : Status(std::unexpected(std::move(error)));
      }
    } else {
      done = run_alone(task, step);
    }
    if (done) done = connection_.execute("RESET SESSION AUTHORIZATION");
    if (done) done = record(statement);
  }
  if (!done) return done;
  task.step = step + 1;
  task.begun = false;
  task.position = {};
  return {};
}

std::vector<std::string> Executor::timeouts(const Step& step, bool in_transaction) const {
  std::string lock;
  if (step.lock_timeout && !(options_.lock_timeout && !may_wait(step))) {
    lock = *step.lock_timeout;
  } else {
    lock = may_wait(step) || !in_transaction
               ? "0"
               : std::to_string(
                     std::llround(options_.lock_timeout.value_or(usual_lock_timeout) * 1000));
  }
  const std::string statement =
      in_transaction && options_.statement_timeout
          ? std::to_string(std::llround(*options_.statement_timeout * 1000))
          : step.statement_timeout.value_or("0");
  // Not by set_config: a SELECT would take the snapshot that SET TRANSACTION must come before.
  const std::string set = in_transaction ? "SET LOCAL " : "SET ";
  return {set + "lock_timeout = " + quote_literal(lock),
          set + "statement_timeout = " + quote_literal(statement)};
}

// All in one message, COMMIT included: what is locked stays so no longer than the work takes,
// however far away the server and however busy this machine.
Result<Executor::Attempt> Executor::attempt_at_once(Task& task, std::size_t step,
                                                    const std::string& record_it) {
  const Step& what = task.script.steps[step];
  std::vector<std::string> all = {"BEGIN"};
  for (std::string& each : timeouts(what, /*in_transaction=*/true)) all.push_back(std::move(each));
  const std::size_t before = all.size();
  for (const Statement& each : what.statements) all.push_back(each.text);
  // Whoever the script has become, the history is ours.
  all.insert(all.end(), {"SET LOCAL SESSION AUTHORIZATION DEFAULT", or_fail(record_it), "COMMIT"});
  auto done = connection_.together(all);
  if (!done) return fail(done);
  if (!done->error) return Attempt{what.statements.size(), {}};
  const std::size_t failed = done->rows.size();
  if (failed + 2 == all.size())
    return std::unexpected(
        is_conflict(*done->error) ? conflict() : of_history(std::move(*done->error), connection_));
  // COMMIT fails for a constraint that is deferred to the end.
  const std::size_t last = what.statements.empty() ? 0 : what.statements.size() - 1;
  return Attempt{failed < before ? 0 : std::min(failed - before, last), std::move(done->error)};
}

Result<Executor::Attempt> Executor::attempt_one_by_one(Task& task, std::size_t step,
                                                       const std::string& record_it) {
  const Step& what = task.script.steps[step];
  if (auto begun = connection_.query("BEGIN"); !begun) return fail(begun);
  for (const std::string& each : timeouts(what, /*in_transaction=*/true))
    if (auto set = connection_.query(each); !set) return fail(set);
  for (std::size_t i = 0; i < what.statements.size(); ++i) {
    const Statement& statement = what.statements[i];
    if (task.lenient)
      for (const char* each : {settle, "SAVEPOINT architrave"})
        if (auto saved = connection_.query(each); !saved) return fail(saved);
    Status ran;
    if (statement.copy_data) {
      ran = connection_.copy_in(statement.text, *statement.copy_data);
    } else if (auto rows = connection_.query(statement.text); !rows) {
      ran = fail(rows);
    }
    if (ran) continue;
    if (!task.lenient || !was_never_done(ran.error(), statement.text))
      return Attempt{i, ran.error()};
    if (options_.say) options_.say("left out, for it was never done: " + ran.error().message);
    if (Status back = connection_.execute("ROLLBACK TO SAVEPOINT architrave"); !back)
      return fail(back);
  }
  if (auto ours = connection_.query("SET LOCAL SESSION AUTHORIZATION DEFAULT"); !ours)
    return fail(ours);
  if (Status recorded = record(record_it); !recorded) return fail(recorded);
  const std::size_t last = what.statements.empty() ? 0 : what.statements.size() - 1;
  if (auto ended = connection_.query("COMMIT"); !ended) return Attempt{last, ended.error()};
  return Attempt{what.statements.size(), {}};
}

Status Executor::run_transaction(Task& task, std::size_t step, const std::string& record_it) {
  const Step& what = task.script.steps[step];
  Attempts attempts(options_, blockers_);
  const bool one_by_one =
      task.lenient || std::ranges::any_of(what.statements, [](const auto& each) {
        return each.copy_data.has_value();
      });
  while (true) {
    const Result<Attempt> done = one_by_one ? attempt_one_by_one(task, step, record_it)
                                            : attempt_at_once(task, step, record_it);
    if (done && !done->error) return {};
    Error error = done ? *done->error : done.error();
    if (error.code == "postgres.lost" || error.code == "interrupted")
      return std::unexpected(std::move(error));
    if (Status undone = connection_.execute("ROLLBACK"); !undone) return undone;
    if (done && !what.statements.empty())
      locate(error, task.script.file, what.statements[done->statement]);
    if (Status again = attempts.again(error); !again) return again;
    if (options_.progress)
      options_.progress(
          fmt::format("{}: waiting for a lock, attempt {}", task.name(), attempts.count() + 1), 0,
          0);
  }
}

Status Executor::run_alone(Task& task, std::size_t step) {
  const Step& what = task.script.steps[step];
  const Statement& statement = what.statements.front();
  Attempts attempts(options_, blockers_);
  while (true) {
    auto before = look_before(connection_, statement.text, task.begun, task.position.at);
    if (!before) return fail(before);
    if (before->is_done) return {};
    if (!task.begun) {
      task.position.at = before->note;
      Status begun = record(begin_statement(task.migration.version, task.step, task.position.at));
      if (!begun) return begun;
    }
    for (const std::string& each : timeouts(what, /*in_transaction=*/false))
      if (auto set = connection_.query(each); !set) return fail(set);
    Status done;
    for (const std::string& each : before->first)
      if (auto cleared = connection_.query(each); !cleared && done) done = fail(cleared);
    const bool small = builds_index(statement) && !sets_memory(task.script);
    if (done && small)
      if (auto set = connection_.query(sort_in_small_pieces); !set) done = fail(set);
    if (done) {
      if (auto ran = connection_.query(before->statement); !ran) done = fail(ran);
    }
    if (done && small) done = connection_.execute("RESET maintenance_work_mem");
    if (done || (task.begun && !before->is_known && says_done(done.error())) ||
        (task.lenient && was_never_done(done.error())))
      return {};
    Error error = done.error();
    if (error.code == "postgres.lost" || error.code == "interrupted")
      return std::unexpected(std::move(error));
    task.begun = true;
    if (auto left = leftovers(connection_, statement.text, task.position.at))
      for (const std::string& each : *left) static_cast<void>(connection_.query(each));
    locate(error, task.script.file, statement);
    if (Status again = attempts.again(error); !again) {
      // What failed for good was not done: a thing of its name that is there is somebody else's.
      static_cast<void>(record(record_step(task.migration.version, task.step, task.step,
                                           hash_of_steps(task.script.steps, task.step))));
      return again;
    }
  }
}

}  // namespace architrave::migration

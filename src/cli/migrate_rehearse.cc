#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/sandbox.h"
#include "engine/source.h"
#include "migration/rehearse/rehearse.h"
#include "migration/run/runner.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::string database;
  std::string copy;
  std::string folder = "migrations";
  std::string format = "text";
  std::string output;
  bool yes = false;
  bool no_input = false;
  bool quiet = false;
};

// The migrations that the database has not yet; of one that stopped half way, the rest.
Result<std::vector<migration::Migration>> pending(const Arguments& arguments) {
  migration::RunOptions options;
  options.database = arguments.database;
  options.folder = arguments.folder;
  options.allow_gaps = true;
  auto situation = migration::status(options);
  if (!situation) return fail(situation);
  if (!situation->problems.empty())
    return fail("migration.history", join(situation->problems, "; "), {}, situation->next);
  std::vector<migration::Migration> list;
  for (const migration::Standing& each : situation->list) {
    if (each.state == "undoing" || each.state == "running")
      return fail("migration.stopped",
                  migration::title(each.version, each.name) +
                      (each.state == "running" ? " is being run now"
                                               : " was being undone, and has stopped"),
                  {}, situation->next);
    if (each.state != "pending" && each.state != "stopped") continue;
    migration::Migration& next = list.emplace_back(situation->folder.migrations[*each.migration]);
    if (each.state == "stopped")
      next.up.steps.erase(
          next.up.steps.begin(),
          next.up.steps.begin() + std::min<long>(each.entry->step, std::ssize(next.up.steps)));
  }
  return list;
}

// What no other database has: its server's start and its own number there.
Result<std::string> identity(postgres::Connection& connection) {
  auto rows = connection.query(
      "SELECT pg_postmaster_start_time() || ' ' || oid FROM pg_database"
      " WHERE datname = current_database()");
  if (!rows) return fail(rows);
  return std::string(rows->cell(0, 0));
}

bool may_change(const Arguments& arguments) {
  if (arguments.yes) return true;
  if (arguments.no_input || ::isatty(STDIN_FILENO) == 0) return false;
  return ask({"the migrations are applied to the copy for good"});
}

// On the copy that is named, or on a sandbox.
Result<migration::Rehearsal> rehearse_postgres(const Arguments& arguments,
                                               engine::Opened& production,
                                               const std::vector<migration::Migration>& migrations,
                                               const migration::RehearseOptions& options) {
  if (arguments.copy.empty()) {
    auto sandbox = engine::make_sandbox(production);
    if (!sandbox) return fail(sandbox);
    auto& postgres = dynamic_cast<postgres::PostgresSandbox&>(**sandbox);
    auto rehearsal = migration::rehearse(migrations, postgres.connection(), options);
    if (rehearsal) rehearsal->on = postgres.description();
    return rehearsal;
  }
  auto connection =
      postgres::Connection::open(arguments.copy, {.statement_timeout = 0, .lock_timeout = 10});
  if (!connection) return fail(connection);
  auto original = postgres::Connection::open(arguments.database, {.read_only = true});
  if (!original) return fail(original);
  auto of_copy = identity(*connection);
  if (!of_copy) return fail(of_copy);
  auto of_original = identity(*original);
  if (!of_original) return fail(of_original);
  if (*of_copy == *of_original)
    return fail("migration.copy", "this is the database itself, and no copy of it", "--copy",
                "restore a backup of it elsewhere, or leave --copy out");
  if (!may_change(arguments))
    return fail("migration.declined", "nothing was changed", {},
                "--yes applies the migrations to the copy without asking");
  migration::RehearseOptions measuring = options;
  measuring.has_rows = true;
  auto rehearsal = migration::rehearse(migrations, *connection, measuring);
  if (rehearsal) {
    rehearsal->on = connection->database();
    rehearsal->has_rows = true;
  }
  return rehearsal;
}

Result<migration::Rehearsal> rehearse_sqlite(const Arguments& arguments,
                                             const std::vector<migration::Migration>& migrations,
                                             const migration::RehearseOptions& options) {
  if (!arguments.copy.empty())
    return fail("migration.engine", "a SQLite database is copied for the rehearsal anyway",
                arguments.copy, "leave out --copy");
  const auto resolved = engine::resolve(arguments.database, {});
  if (!resolved) return std::unexpected(resolved.error());
  return migration::rehearse_sqlite(migrations, resolved->path, options);
}

// Production's planner says how many rows a condition finds; it is asked, and runs nothing.
auto planner_of(const std::string& database, std::optional<postgres::Connection>& connection) {
  return [&](const std::string& question) -> Result<std::string> {
    if (!connection) {
      auto opened = postgres::Connection::open(database, {.read_only = true});
      if (!opened) return fail(opened);
      connection = std::move(*opened);
    }
    auto answers = connection->read_only({question});
    if (!answers) return fail(answers);
    const Result<postgres::Rows>& plan = answers->front();
    if (!plan) return std::unexpected(plan.error());
    return plan->size() > 0 ? std::string(plan->cell(0, 0)) : std::string();
  };
}

int rehearse(Arguments& arguments) {
  set_quiet(arguments.quiet);
  Progress progress;
  const auto migrations = pending(arguments);
  if (!migrations) return report_error(migrations.error());
  engine::OpenOptions open;
  open.progress = [&](std::string_view what) { progress.show(what); };
  auto production = engine::open(arguments.database, open);
  if (!production) return report_error(production.error());
  migration::RehearseOptions options;
  options.measured = &production->catalog;
  std::optional<postgres::Connection> planner;
  if (production->source.engine != "sqlite")
    options.explain = planner_of(arguments.database, planner);
  options.progress = [&](std::string_view what, std::size_t done, std::size_t of) {
    progress.show(what, done, of);
  };
  if (!arguments.copy.empty()) progress.clear();
  const auto rehearsal = production->source.engine == "sqlite"
                             ? rehearse_sqlite(arguments, *migrations, options)
                             : rehearse_postgres(arguments, *production, *migrations, options);
  progress.clear();
  if (!rehearsal) return report_error(rehearsal.error());
  const int code = rehearsal->failed ? Exit::findings : Exit::success;
  return write_result(
      arguments.output,
      arguments.format == "json" ? migration::to_json(*rehearsal) : migration::to_text(*rehearsal),
      code);
}

}  // namespace

void add_migrate_rehearse(CLI::App& group, Chosen& chosen) {
  CLI::App* command = add_command(
      group, "rehearse",
      "Run what is not applied yet on a copy, and say which locks it takes, what it writes anew,\n"
      "how long that lasts and how much it writes, before production sees it.",
      "  architrave migrate rehearse --database postgresql:///prod\n"
      "  architrave migrate rehearse --database sqlite:app.db\n"
      "  architrave migrate rehearse --database postgresql:///prod --copy postgresql:///restored "
      "--yes");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option(
      "--database", arguments->database,
      "postgresql://… or sqlite:FILE, which is only read; without it, libpq's own environment");
  command->add_option("--copy", arguments->copy,
                      "a restored copy of it, which gets the migrations for good; without it, a "
                      "sandbox that has its definitions and none of its rows");
  command->add_option("--dir", arguments->folder, "the folder of migrations (migrations)");
  command->add_option("-f,--format", arguments->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", arguments->output, "a file to write to");
  command->add_flag("-y,--yes", arguments->yes, "do not ask before the copy is changed");
  command->add_flag("--no-input", arguments->no_input, "never ask");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return rehearse(*arguments); }; });
}

}  // namespace architrave::cli

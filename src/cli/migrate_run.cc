// architrave migrate up, down, resume, status, baseline.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "migration/run/runner.h"

namespace architrave::cli {

namespace {

struct Arguments {
  migration::RunOptions options;
  std::string from;
  std::string max_wal;
  bool changed_downs = false;
  std::string format = "text";
  std::string output;
  bool yes = false;
  bool no_input = false;
  bool quiet = false;
};

using Command = Result<std::vector<migration::Done>> (*)(const migration::RunOptions&);

// How a command asks before it changes something: not at all, or a person at the terminal.
void prepare(Arguments& arguments, Progress& progress) {
  migration::RunOptions& options = arguments.options;
  set_quiet(arguments.quiet);
  options.progress = [&](std::string_view what, std::size_t done, std::size_t of) {
    of > 0 ? progress.show(what, done, of) : progress.show(what);
  };
  options.say = [&](const std::string& text) {
    progress.clear();
    if (!arguments.quiet || options.dry_run) std::cout << text << std::endl;
  };
  if (arguments.yes) return;
  const bool person = !arguments.no_input && ::isatty(STDIN_FILENO) != 0;
  options.confirm = [&progress, person](const std::vector<std::string>& what) {
    progress.clear();
    return person && ask(what);
  };
}

Status read_sizes(Arguments& arguments) {
  if (arguments.max_wal.empty()) return {};
  const auto bytes = parse_bytes(arguments.max_wal);
  if (!bytes)
    return fail("migration.size", "this is not a size: " + arguments.max_wal, "--max-wal",
                "say how much WAL the server may write in a second: --max-wal 50MB");
  arguments.options.throttle.max_wal_per_second = *bytes;
  return {};
}

int run(Arguments& arguments, Command command, const char* nothing) {
  Progress progress;
  prepare(arguments, progress);
  bool shown = false;
  arguments.options.say = [&shown, say = arguments.options.say](const std::string& text) {
    shown = true;
    say(text);
  };
  if (Status read = read_sizes(arguments); !read) return report_error(read.error());
  const auto done = command(arguments.options);
  progress.clear();
  if (!done) return report_error(done.error());
  if (done->empty() && !shown) note(nothing);
  return Exit::success;
}

int accept_downs(const migration::RunOptions& options, Progress& progress) {
  const auto versions = migration::accept_downs(options);
  progress.clear();
  if (!versions) return report_error(versions.error());
  note(versions->empty() ? "no down script has changed"
                         : plural(static_cast<std::int64_t>(versions->size()), "down script") +
                               (options.dry_run ? " would be" : "") +
                               " taken as right as it is now: " + join(*versions, ", "));
  return Exit::success;
}

int baseline(Arguments& arguments) {
  Progress progress;
  prepare(arguments, progress);
  const bool given = !arguments.from.empty() || !arguments.options.to.empty();
  if (arguments.changed_downs && !given) return accept_downs(arguments.options, progress);
  if (arguments.changed_downs || arguments.from.empty() == arguments.options.to.empty())
    return report_error({"migration.version", "say what is applied already", "",
                         "one of --to VERSION, --from flyway (golang-migrate, dbmate, sqitch, "
                         "prisma, diesel) and --changed-downs"});
  const auto versions = migration::baseline(arguments.options, arguments.from);
  progress.clear();
  if (!versions) return report_error(versions.error());
  note(plural(static_cast<std::int64_t>(versions->size()), "migration") +
       (arguments.options.dry_run ? " would be taken as applied" : " taken as applied") +
       (versions->empty() ? "" : ", the last is " + versions->back()));
  return Exit::success;
}

int status(Arguments& arguments) {
  set_quiet(arguments.quiet);
  const auto situation = migration::status(arguments.options);
  if (!situation) return report_error(situation.error());
  bool fine = situation->problems.empty() && situation->down_problems.empty();
  for (const migration::Standing& each : situation->list)
    fine &= each.state != "stopped" && each.state != "undoing";
  return write_result(
      arguments.output,
      arguments.format == "json" ? migration::to_json(*situation) : migration::to_text(*situation),
      fine ? Exit::success : Exit::findings);
}

void add_where(CLI::App& command, Arguments& arguments) {
  command
      .add_option("--database", arguments.options.database,
                  "postgresql://… or sqlite:FILE; without it, libpq's own environment (PGHOST, …)")
      ->check(is_given);
  command.add_option("--dir", arguments.options.folder, "the folder of migrations (migrations)");
  command.add_flag("-q,--quiet", arguments.quiet, "no progress and no notes");
}

void add_changing(CLI::App& command, Arguments& arguments) {
  migration::RunOptions& options = arguments.options;
  add_where(command, arguments);
  command.add_flag("--dry-run", options.dry_run,
                   "print what would be run, as SQL, and run nothing");
  command.add_flag("-y,--yes", arguments.yes, "do not ask");
  command.add_flag("--no-input", arguments.no_input, "never ask: without --yes nothing is changed");
  const CLI::AsNumberWithUnit seconds(
      std::map<std::string, double>{{"ms", 0.001}, {"s", 1}, {"min", 60}, {"h", 3600}},
      CLI::AsNumberWithUnit::CASE_INSENSITIVE);
  command.add_option("--wait", options.runner_wait, "wait so long for another runner to end (60s)")
      ->transform(seconds);
}

void add_running(CLI::App& command, Arguments& arguments) {
  migration::RunOptions& options = arguments.options;
  add_changing(command, arguments);
  const CLI::AsNumberWithUnit seconds(
      std::map<std::string, double>{{"ms", 0.001}, {"s", 1}, {"min", 60}, {"h", 3600}},
      CLI::AsNumberWithUnit::CASE_INSENSITIVE);
  command
      .add_option("--lock-timeout", options.lock_timeout,
                  "give a transaction up that waits so long for a lock, and try it again (what its "
                  "file says, else 100ms)")
      ->transform(seconds);
  command.add_option("--lock-retries", options.lock_retries, "so often at most (100)")
      ->check(is_number(0));
  command.add_option("--lock-wait", options.lock_wait, "and for so long altogether (5min)")
      ->transform(seconds);
  command
      .add_option("--statement-timeout", options.statement_timeout,
                  "for each statement of a transaction (what its file says, else none)")
      ->transform(seconds);
  command
      .add_option("--batch", options.throttle.batch_seconds,
                  "how long a batch of a backfill is meant to take (100ms)")
      ->transform(seconds);
  command
      .add_option("--max-lag", options.throttle.max_lag,
                  "a backfill rests while a standby is so far behind (10s; 0: never)")
      ->transform(seconds);
  command.add_option("--max-wal", arguments.max_wal,
                     "… while the server writes so much WAL in a second: 50MB (never)");
  command.add_option("--max-lock-waits", options.throttle.max_lock_waits,
                     "… while more sessions than that wait for locks (5; 0: never)");
  command
      .add_option(
          "--share", options.throttle.share,
          "the share of the time that a backfill works, in batches that are shorter by as much:\n"
          "0.1 where other work must not notice (1)")
      ->check(is_number(0.01, 1));
  command.add_option(
      "--before", options.before,
      "a shell command to run first, such as a backup; if it fails, nothing is done");
  command.add_option("--after", options.after, "a shell command to run when all is done");
}

}  // namespace

void add_migrate_run(CLI::App& group, Chosen& chosen) {
  const auto add = [&](const char* name, const char* what, const char* example, Command command,
                       const char* nothing) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* added = add_command(group, name, what, example);
    add_running(*added, *arguments);
    added->callback([arguments, &chosen, command, nothing] {
      chosen.run = [arguments, command, nothing] { return run(*arguments, command, nothing); };
    });
    return std::pair(added, arguments);
  };
  const auto [up, up_arguments] =
      add("up", "Apply what is not applied yet.",
          "  architrave migrate up --database postgresql:///prod --before 'pg_dump -Fc prod -f b'\n"
          "  architrave migrate up --database postgresql:///prod --to 0012 --dry-run",
          migration::up, "nothing is to be applied");
  up->add_option("--to", up_arguments->options.to, "the last to apply (all)")->check(is_given);
  up->add_flag("--allow-gaps", up_arguments->options.allow_gaps,
               "apply migrations that stand before some that are applied");
  const auto [down, down_arguments] =
      add("down", "Undo the last migration, or what has stopped half way.",
          "  architrave migrate down --database postgresql:///prod\n"
          "  architrave migrate down --database postgresql:///prod --to 0011",
          migration::down, "nothing is to be undone");
  down->add_option("--to", down_arguments->options.to,
                   "the last to keep, 0 for none (the one before the last)")
      ->check(is_given);
  add("resume", "Go on with what has stopped half way, up or down.",
      "  architrave migrate resume --database postgresql:///prod", migration::resume,
      "nothing has stopped half way");

  const auto shown = std::make_shared<Arguments>();
  CLI::App* show =
      add_command(group, "status", "Say which migrations are applied, and what is next.",
                  "  architrave migrate status --database postgresql:///prod");
  add_where(*show, *shown);
  show->add_option("-f,--format", shown->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  show->add_option("-o,--output", shown->output, "write it there");
  show->callback([shown, &chosen] { chosen.run = [shown] { return status(*shown); }; });

  const auto based = std::make_shared<Arguments>();
  CLI::App* base = add_command(
      group, "baseline",
      "Take migrations as applied without running them: of a database that has them already, or\n"
      "from another tool's history.",
      "  architrave migrate baseline --database postgresql:///prod --from flyway --dir sql\n"
      "  architrave migrate baseline --database postgresql:///prod --to 0007\n"
      "  architrave migrate baseline --database postgresql:///prod --changed-downs");
  add_changing(*base, *based);
  base->add_option("--to", based->options.to, "the last that is applied already");
  base->add_option("--from", based->from,
                   "flyway, golang-migrate, dbmate, sqitch, prisma, diesel: what its table says");
  base->add_flag("--changed-downs", based->changed_downs,
                 "take the down scripts that have changed since as right as they are now");
  base->callback([based, &chosen] { chosen.run = [based] { return baseline(*based); }; });
}

}  // namespace architrave::cli

// architrave migrate move.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/source.h"
#include "migration/move/move.h"

namespace architrave::cli {

namespace {

struct Arguments {
  migration::MoveOptions options;
  std::string source;
  std::vector<std::string> allowed;
  std::string format = "text";
  std::string output;
  bool yes = false;
  bool no_input = false;
  bool quiet = false;
};

Status check(Arguments& arguments) {
  constexpr const char* hint = "architrave migrate move sqlite:app.db postgresql:///app";
  if (arguments.source.starts_with("mysql:") || arguments.source.starts_with("mariadb:"))
    return fail("source.unsupported", "MySQL can't be moved yet: SQLite can", arguments.source,
                hint);
  const auto source = engine::resolve(arguments.source, "");
  if (!source) return std::unexpected(source.error());
  if (source->kind != engine::Resolved::Kind::sqlite_file)
    return fail("source.unsupported", "only SQLite databases can be moved", arguments.source, hint);
  arguments.options.source = source->path;
  const std::string& target = arguments.options.target;
  const auto there = engine::resolve(target, "");
  if (!there || there->kind != engine::Resolved::Kind::postgres_live || target.empty())
    return fail("source.unsupported", "databases are moved to PostgreSQL alone", target, hint);
  return {};
}

int move(Arguments& arguments) {
  set_quiet(arguments.quiet);
  migration::MoveOptions& options = arguments.options;
  if (Status fine = check(arguments); !fine) return report_error(fine.error());
  for (const std::string& each : arguments.allowed)
    if (each == "true")
      options.map.allow_losses = true;
    else
      options.map.allowed.insert(each);
  Progress progress;
  options.progress = [&](std::string_view what) { progress.show(what); };
  options.progress_of = [&](std::string_view what, std::size_t done, std::size_t of) {
    progress.show(what, done, of);
  };
  if (!arguments.yes) {
    const bool person = !arguments.no_input && ::isatty(STDIN_FILENO) != 0;
    options.confirm = [&progress, person](const std::vector<std::string>& what) {
      progress.clear();
      return person && ask(what);
    };
  }
  const auto moved = migration::move(options);
  progress.clear();
  if (!moved) return report_error(moved.error());
  return write_result(
      arguments.output,
      arguments.format == "json" ? migration::to_json(*moved) : migration::to_text(*moved),
      moved->holds() ? Exit::success : Exit::findings);
}

}  // namespace

void add_migrate_move(CLI::App& group, Chosen& chosen) {
  CLI::App* command = add_command(
      group, "move",
      "Move a SQLite database to PostgreSQL: its schema mapped and tried, its rows copied and\n"
      "compared.",
      "  architrave migrate move sqlite:app.db postgresql:///app --dry-run\n"
      "  architrave migrate move sqlite:app.db postgresql:///app --schema app --jobs 4");
  const auto arguments = std::make_shared<Arguments>();
  migration::MoveOptions& options = arguments->options;
  command->add_option("SOURCE", arguments->source, "sqlite:FILE, or the file")->required();
  command->add_option("TARGET", options.target, "postgresql://…")->required();
  command->add_option("--schema", options.map.schema, "the schema to move it into (public)");
  command->add_option("-j,--jobs", options.jobs, "connections that copy (a processor each, 4)")
      ->check(is_number(1, 64));
  command->add_flag("--dates", options.map.dates,
                    "columns that are declared dates and hold nothing else become dates");
  command->add_flag("--allow-loss", arguments->allowed,
                    "what may be lost of the rows; with =OBJECT that of this object alone");
  command->add_flag("--dry-run", options.dry_run,
                    "print what was decided and the SQL, and change nothing");
  command->add_flag("-y,--yes", arguments->yes, "do not ask");
  command->add_flag("--no-input", arguments->no_input,
                    "never ask: without --yes nothing is changed");
  command->add_option("-f,--format", arguments->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", arguments->output, "write it there");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return move(*arguments); }; });
}

}  // namespace architrave::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "engine/postgres/server.h"
#include "migration/plan/plan.h"
#include "migration/plan/report.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::string from;
  std::string to;
  std::string folder;
  std::string format = "text";
  std::vector<std::string> allowed;
  std::vector<std::string> fills;
  bool quiet = false;
  engine::OpenOptions open;
  migration::PlanOptions options;
};

struct Pair {
  engine::Opened from;
  engine::Opened to;
  bool partial() const { return !from.problems.empty() || !to.problems.empty(); }
};

bool is_text(const engine::Opened& opened) {
  return opened.source.kind == "file" || opened.source.kind == "folder";
}

// The PostgreSQL that a text beside this database is loaded into: its own major version. Where that
// is not here, rather the usual one than one which tells more of a schema, as 18 does of NOT NULLs.
int version_beside(const engine::Opened& database, int usual) {
  constexpr int names_not_nulls = 18;
  const int its = database.catalog.server.version_number / 10000;
  const auto installation = postgres::choose_installation(its);
  const bool fits = installation && (installation->major == its || its > names_not_nulls);
  return database.source.engine == "postgresql" && fits ? its : usual;
}

Result<Pair> open_both(const Arguments& arguments, engine::OpenOptions open) {
  open.may_be_empty = true;
  const bool is_said = open.server_version > 0;
  const int usual = engine::OpenOptions().server_version;
  if (!is_said) open.server_version = usual;
  auto from = engine::open(arguments.from, open);
  if (!from) return fail(from);
  if (!is_said && !is_text(*from)) open.server_version = version_beside(*from, usual);
  auto to = engine::open(arguments.to, open);
  if (!to) return fail(to);
  if (!is_said && is_text(*from) && !is_text(*to)) {
    open.server_version = version_beside(*to, usual);
    if (open.server_version != usual && from->source.engine == to->source.engine)
      from = engine::open(arguments.from, open);
    if (!from) return fail(from);
  }
  // Plain SQL may pass for either: beside a database it is of that one's engine, and two files of
  // one project are of one.
  if (from->source.engine != to->source.engine && open.engine.empty()) {
    const bool again_from = is_text(*from) && (!is_text(*to) || from->source.engine == "sqlite");
    const bool again_to = !again_from && is_text(*to);
    open.engine = is_text(*from) && is_text(*to) ? "postgresql"
                  : again_from                   ? to->source.engine
                                                 : from->source.engine;
    if (again_from || again_to) {
      auto again = engine::open(again_from ? arguments.from : arguments.to, open);
      if (again) (again_from ? *from : *to) = std::move(*again);
    }
  }
  if (from->source.engine != to->source.engine)
    return fail("plan.engines",
                "one is of " + from->source.engine + ", the other of " + to->source.engine, {},
                "to move between engines: architrave migrate move");
  return Pair{std::move(*from), std::move(*to)};
}

void report_problems_of(const Pair& pair) {
  for (const engine::Opened* each : {&pair.from, &pair.to})
    for (const std::string& text : each->notes) note(text);
  report_problems(pair.from, "the rest of it is what we start from");
  report_problems(pair.to, "the rest of it is what we go to");
}

int diff(Arguments& arguments) {
  set_quiet(arguments.quiet);
  Progress progress;
  arguments.open.progress = [&](std::string_view what) { progress.show(what); };
  auto pair = open_both(arguments, arguments.open);
  if (!pair) return report_error(pair.error());
  const auto changes = migration::compare(pair->from, pair->to);
  progress.clear();
  report_problems_of(*pair);
  if (!changes) return report_error(changes.error());
  const std::string text =
      arguments.format == "json" ? migration::to_json(*changes) : migration::to_text(*changes);
  return write_result(arguments.folder, text,
                      pair->partial()    ? Exit::failed
                      : changes->empty() ? Exit::success
                                         : Exit::findings);
}

int plan(Arguments& arguments) {
  set_quiet(arguments.quiet);
  Progress progress;
  arguments.open.progress = [&](std::string_view what) { progress.show(what); };
  arguments.options.progress = arguments.open.progress;
  for (const std::string& each : arguments.allowed) {
    if (each == "true")
      arguments.options.allow_losses = true;
    else
      arguments.options.allowed.insert(each);
  }
  for (const std::string& each : arguments.fills) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos)
      return report_error({"plan.fill", "a fill is COLUMN=EXPRESSION: " + each, "--fill",
                           "--fill \"app.orders.currency='EUR'\""});
    arguments.options.online.fill[each.substr(0, equals)] = each.substr(equals + 1);
  }
  auto pair = open_both(arguments, arguments.open);
  if (!pair) return report_error(pair.error());
  const auto made = migration::make_plan(pair->from, pair->to, arguments.options);
  progress.clear();
  report_problems_of(*pair);
  if (!made) return report_error(made.error());
  const bool good = made->refused.empty() && made->proof.status() != ProofStatus::refuted;
  std::vector<migration::Migration> files;
  if (good && !arguments.folder.empty()) {
    auto written = migration::write_plan(*made, arguments.folder);
    if (!written) return report_error(written.error());
    files = std::move(*written);
  }
  const std::string text = arguments.format == "json" ? migration::to_json(*made, files)
                                                      : migration::to_text(*made, files);
  return write_result({}, text,
                      pair->partial() ? Exit::failed
                      : good          ? Exit::success
                                      : Exit::findings);
}

}  // namespace

void add_diff(CLI::App& app, Chosen& chosen) {
  CLI::App* command =
      add_command(app, "diff", "Say how two schemas differ.",
                  "  architrave diff postgresql:///prod schema.sql\n"
                  "  architrave diff postgresql:///prod prisma/schema.prisma\n"
                  "  architrave diff postgresql:///staging postgresql:///prod --format json\n"
                  "  architrave diff prod.twin migrations/");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("FROM", arguments->from,
                   "postgresql://…, .sql, .prisma, .dbml, a folder, a .twin, a SQLite file")
      ->required();
  command->add_option("TO", arguments->to, "the same")->required();
  command->add_option("-f,--format", arguments->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", arguments->folder, "a file to write to");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress");
  arguments->open.server_version = 0;
  add_reading_options(*command, arguments->open);
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return diff(*arguments); }; });
}

void add_migrate_plan(CLI::App& group, Chosen& chosen) {
  CLI::App* command = add_command(
      group, "plan",
      "Plan the way from one schema to another: phases that lock nothing for long, each with its\n"
      "way back, both tried on a real server before they are written.",
      "  architrave migrate plan postgresql:///prod schema.sql --name add_price -o migrations/\n"
      "  architrave migrate plan old.sql new.sql --format json\n"
      "  architrave migrate plan app.db schema.sql -o migrations/\n"
      "  architrave migrate plan old.sql new.sql --allow-loss=app.orders.note");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option(
          "FROM", arguments->from,
          "what is: postgresql://…, .sql, .prisma, .dbml, a folder, a .twin, a SQLite file")
      ->required();
  command->add_option("TO", arguments->to, "what is wanted: the same")->required();
  command->add_option("--name", arguments->options.name, "of the migration: add_price_cents");
  command->add_option("-o,--output", arguments->folder, "the folder to write its files into");
  command->add_flag("--allow-loss", arguments->allowed,
                    "rows and values may be lost; with =OBJECT those of this object alone");
  command
      ->add_option("--rename", arguments->options.renames,
                   "OLD=NEW: an object goes under another name, app.orders.total=amount")
      ->take_all();
  command
      ->add_option("--fill", arguments->fills,
                   "COLUMN=EXPRESSION: what rows that are there get in a new column")
      ->take_all();
  command->add_flag("--in-place", arguments->options.online.in_place,
                    "nobody uses the tables: no CONCURRENTLY, no NOT VALID, no backfill");
  command->add_flag("!--no-rows", arguments->options.rows,
                    "try it without the rows of a live database: none of them leaves it");
  command->add_option("-f,--format", arguments->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_flag("-q,--quiet", arguments->quiet, "no progress");
  arguments->open.server_version = 0;
  add_reading_options(*command, arguments->open);
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return plan(*arguments); }; });
}

}  // namespace architrave::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "engine/postgres/sandbox.h"
#include "engine/source.h"
#include "engine/sqlite/source.h"
#include "migration/plan/sqlite.h"
#include "migration/plan/way_back.h"
#include "migration/run/runner.h"
#include "migration/verify.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::filesystem::path folder = "migrations";
  std::string from;
  std::string database;
  std::string format = "text";
  std::string output;
  bool no_rows = false;
  bool generate_downs = false;
  bool quiet = false;
  engine::OpenOptions open;
};

// As asked for, else by the database at hand or by what the files' SQL looks like.
bool is_for_sqlite(const Arguments& arguments) {
  if (!arguments.open.engine.empty()) return arguments.open.engine == "sqlite";
  if (!arguments.database.empty()) return migration::is_sqlite(arguments.database);
  const auto folder = engine::resolve(arguments.folder.string(), {}, true);
  return folder && folder->dialect == engine::Dialect::sqlite;
}

// What the first migration is applied to: nothing, or what the source holds.
struct Begin {
  std::unique_ptr<engine::Sandbox> sandbox;
  bool has_sample = false;  // of its rows
};
Result<Begin> begin(const Arguments& arguments, bool with_rows) {
  if (arguments.from.empty()) {
    if (is_for_sqlite(arguments)) {
      auto made = sqlite::make_sandbox({});
      if (!made) return fail(made);
      return Begin{std::move(*made)};
    }
    const auto installation = postgres::choose_installation(arguments.open.server_version);
    if (!installation) return std::unexpected(installation.error());
    auto made = postgres::make_empty_sandbox(*installation);
    if (!made) return fail(made);
    return Begin{std::move(*made)};
  }
  auto opened = engine::open(arguments.from, arguments.open);
  if (!opened) return fail(opened);
  for (const std::string& each : opened->notes) note(each);
  report_problems(*opened, "the migrations are tried on the rest");
  auto made = engine::make_sandbox(
      *opened, opened->source.engine == "sqlite" ? engine::Fill::rows : engine::Fill::definitions);
  if (!made) return fail(made);
  Begin begin{std::move(*made)};
  if (!opened->take_rows || !with_rows) return begin;
  arguments.open.progress("copying rows");
  auto taken = opened->take_rows(*opened, *begin.sandbox, {});
  if (!taken) return fail(taken);
  for (const std::string& each : taken->notes) note(each);
  note(fmt::format("tried with {} {}", taken->all ? "all of its" : "a sample of",
                   plural(taken->rows, "row")));
  begin.has_sample = !taken->all;
  return begin;
}

// A sample holds what the foreign keys that are there ask for; what new ones ask for may be among
// the other rows.
bool misses_rows(const migration::Verification& verification) {
  return std::ranges::any_of(verification.steps, [](const migration::VerifiedStep& step) {
    return step.up_failed && step.up_failed->code == "postgres.23503";
  });
}

Result<migration::Verification> verify_on_sqlite(const Arguments& arguments,
                                                 std::unique_ptr<engine::Sandbox> sandbox,
                                                 migration::VerifyOptions options) {
  const auto folder = migration::read_folder(arguments.folder, migration::Dialect::sqlite);
  if (!folder) return std::unexpected(folder.error());
  if (arguments.generate_downs)
    options.make_down =
        [](const migration::Migration&, const catalog::Catalog& before,
           const catalog::Catalog& after) -> Result<std::optional<migration::Script>> {
      return migration::sqlite_way_back(before, after);
    };
  return migration::verify_sqlite(folder->migrations, std::move(sandbox), options);
}

Result<migration::Verification> verify_on_postgres(const Arguments& arguments,
                                                   postgres::PostgresSandbox& sandbox,
                                                   migration::VerifyOptions options) {
  const auto folder = migration::read_folder(arguments.folder);
  if (!folder) return std::unexpected(folder.error());
  if (arguments.generate_downs)
    options.make_down =
        [&](const migration::Migration&, const catalog::Catalog& before,
            const catalog::Catalog& after) -> Result<std::optional<migration::Script>> {
      auto script = migration::way_back(before, after, sandbox.server().installation());
      if (!script) return fail(script);
      return std::move(*script);
    };
  return migration::verify(folder->migrations, sandbox, options);
}

// What the history of the database that was named says against the folder.
Status compare_with_history(const Arguments& arguments, migration::Verification& verification) {
  if (arguments.database.empty()) return {};
  migration::RunOptions options;
  options.database = arguments.database;
  options.folder = arguments.folder;
  const auto situation = migration::status(options);
  if (!situation) return std::unexpected(situation.error());
  const auto take = [&](const std::vector<std::string>& problems, const std::string& next) {
    if (problems.empty()) return;
    verification.problems.insert(verification.problems.end(), problems.begin(), problems.end());
    verification.next.push_back(next);
  };
  take(situation->problems, situation->next);
  take(situation->down_problems, situation->down_next);
  return {};
}

int verify(Arguments& arguments) {
  set_quiet(arguments.quiet);
  Progress progress;
  arguments.open.progress = [&](std::string_view what) { progress.show(what); };
  std::error_code unknown;
  if (!std::filesystem::is_directory(arguments.folder, unknown)) {
    const auto missing = migration::read_folder(arguments.folder);
    if (!missing) return report_error(missing.error());
  }
  migration::Verification history;  // asked first: a database that is not there costs no sandbox
  if (Status read = compare_with_history(arguments, history); !read)
    return report_error(read.error());
  auto from = begin(arguments, !arguments.no_rows);
  progress.clear();
  if (!from) return report_error(from.error());
  migration::VerifyOptions options;
  options.rows = !arguments.no_rows;
  options.progress = [&](std::string_view what, std::size_t done, std::size_t of) {
    progress.show(what, done, of);
  };
  const auto try_all = [&] {
    auto* const postgres = dynamic_cast<postgres::PostgresSandbox*>(from->sandbox.get());
    return postgres != nullptr ? verify_on_postgres(arguments, *postgres, options)
                               : verify_on_sqlite(arguments, std::move(from->sandbox), options);
  };
  auto verification = try_all();
  if (verification && from->has_sample && misses_rows(*verification)) {
    progress.clear();
    note("a foreign key misses rows that the sample may not have: tried again without rows");
    from = begin(arguments, /*with_rows=*/false);
    if (!from) return report_error(from.error());
    verification = try_all();
  }
  progress.clear();
  if (!verification) return report_error(verification.error());
  verification->problems = std::move(history.problems);
  verification->next = std::move(history.next);
  if (arguments.from.empty() && !verification->steps.empty() &&
      verification->steps.front().up_failed)
    verification->next.emplace_back(
        "--from SOURCE, if something is there before the first migration: a .sql file, a database");
  return write_result(arguments.output,
                      arguments.format == "json" ? migration::to_json(*verification)
                                                 : migration::to_text(*verification),
                      verification->holds() ? Exit::success : Exit::findings);
}

}  // namespace

void add_migrate_verify(CLI::App& group, Chosen& chosen) {
  CLI::App* command = add_command(
      group, "verify",
      "Try every migration on a private server: up, down, up again, the catalog and the rows\n"
      "compared after each. With --database also what of the folder is not as it was applied "
      "there.",
      "  architrave migrate verify --dir migrations\n"
      "  architrave migrate verify --dir migrations --database postgresql:///prod\n"
      "  architrave migrate verify --dir migrations --from postgresql:///prod --format json\n"
      "  architrave migrate verify --dir migrations --from sqlite:app.db\n"
      "  architrave migrate verify --dir migrations --generate-downs");
  const auto arguments = std::make_shared<Arguments>();
  arguments->open.server_version = 0;
  command->add_option("--dir", arguments->folder, "the folder of migrations (migrations)");
  command->add_option("--from", arguments->from,
                      "what the first is applied to: postgresql://…, a .sql file or folder with "
                      "rows, a .twin, sqlite:FILE (an empty database)");
  command
      ->add_option("--database", arguments->database,
                   "postgresql://… or sqlite:FILE, whose history tells what of the folder has "
                   "changed or gone since it was applied there, up or down; it is only read")
      ->check(is_given);
  command->add_flag("--no-rows", arguments->no_rows, "compare the catalog alone");
  command->add_flag("--generate-downs", arguments->generate_downs,
                    "try downs that are found by comparing the catalogs around each up, and not "
                    "the folder's own");
  command->add_option("-f,--format", arguments->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", arguments->output, "write it there");
  command
      ->add_option("--engine", arguments->open.engine,
                   "read the files as postgresql or sqlite, whatever they look like")
      ->check(CLI::IsMember({"postgresql", "sqlite"}));
  command->add_option("--server-version", arguments->open.server_version,
                      "major version of the PostgreSQL to try them on (that of --from, else the "
                      "newest here)");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return verify(*arguments); }; });
}

}  // namespace architrave::cli

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "engine/postgres/sandbox.h"
#include "migration/plan/way_back.h"
#include "migration/verify.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::filesystem::path folder = "migrations";
  std::string from;
  std::string format = "text";
  std::string output;
  bool no_rows = false;
  bool generate_downs = false;
  bool quiet = false;
  engine::OpenOptions open;
};

// What the first migration is applied to: nothing, or what the source holds.
Result<std::unique_ptr<engine::Sandbox>> sandbox_of(const Arguments& arguments) {
  if (arguments.from.empty()) {
    const auto installation = postgres::choose_installation(arguments.open.server_version);
    if (!installation) return std::unexpected(installation.error());
    auto made = postgres::make_empty_sandbox(*installation);
    if (!made) return fail(made);
    return std::unique_ptr<engine::Sandbox>(std::move(*made));
  }
  auto opened = engine::open(arguments.from, arguments.open);
  if (!opened) return fail(opened);
  for (const std::string& each : opened->notes) note(each);
  report_problems(*opened, "the migrations are tried on the rest");
  return engine::make_sandbox(*opened);
}

int verify(Arguments& arguments) {
  set_quiet(arguments.quiet);
  Progress progress;
  arguments.open.progress = [&](std::string_view what) { progress.show(what); };
  const auto folder = migration::read_folder(arguments.folder);
  if (!folder) return report_error(folder.error());
  auto sandbox = sandbox_of(arguments);
  progress.clear();
  if (!sandbox) return report_error(sandbox.error());
  auto* postgres = dynamic_cast<postgres::PostgresSandbox*>(sandbox->get());
  if (postgres == nullptr)
    return report_error({"migration.engine", "migrations are verified on PostgreSQL alone",
                         arguments.from, "name a PostgreSQL source: --from"});
  migration::VerifyOptions options;
  options.rows = !arguments.no_rows;
  options.progress = [&](std::string_view what, std::size_t done, std::size_t of) {
    progress.show(what, done, of);
  };
  if (arguments.generate_downs)
    options.make_down =
        [&](const migration::Migration&, const catalog::Catalog& before,
            const catalog::Catalog& after) -> Result<std::optional<migration::Script>> {
      auto script = migration::way_back(before, after, postgres->server().installation());
      if (!script) return fail(script);
      return std::move(*script);
    };
  const auto verification = migration::verify(folder->migrations, *postgres, options);
  progress.clear();
  if (!verification) return report_error(verification.error());
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
      "compared after each.",
      "  architrave migrate verify --dir migrations\n"
      "  architrave migrate verify --dir migrations --from postgresql:///prod --format json\n"
      "  architrave migrate verify --dir migrations --generate-downs");
  const auto arguments = std::make_shared<Arguments>();
  arguments->open.server_version = 0;
  command->add_option("--dir", arguments->folder, "the folder of migrations (migrations)");
  command->add_option("--from", arguments->from,
                      "what the first is applied to: postgresql://…, a .sql file or folder with "
                      "rows, a .twin (an empty database)");
  command->add_flag("--no-rows", arguments->no_rows, "compare the catalog alone");
  command->add_flag("--generate-downs", arguments->generate_downs,
                    "try downs that are found by comparing the catalogs around each up, and not "
                    "the folder's own");
  command->add_option("-f,--format", arguments->format, "text, json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", arguments->output, "write it there");
  command->add_option("--server-version", arguments->open.server_version,
                      "major version of the PostgreSQL to try them on (that of --from, else the "
                      "newest here)");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return verify(*arguments); }; });
}

}  // namespace architrave::cli

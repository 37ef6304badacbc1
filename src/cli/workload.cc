#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "workload/log.h"
#include "workload/log_time.h"
#include "workload/read.h"
#include "workload/text.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::vector<std::string> inputs;
  workload::ReadOptions options;
  std::string format;
  std::string output;
  std::string since;
  std::string until;
  std::string schema;
  std::string state;
  std::size_t top = 20;
  bool quiet = false;
};

int read_workload(Arguments& arguments) {
  set_quiet(arguments.quiet);
  for (const auto& [text, time] : {std::pair{&arguments.since, &arguments.options.since},
                                   std::pair{&arguments.until, &arguments.options.until}}) {
    if (text->empty()) continue;
    *time = workload::read_time_argument(*text);
    if (!*time)
      return report_error({"workload.time",
                           "\"" + *text + "\" is no time",
                           {},
                           "write it as 2026-11-21 or 2026-11-21T04:44:51, in UTC unless a zone "
                           "such as +02 follows"});
  }
  catalog::Catalog schema;
  if (!arguments.schema.empty()) {
    engine::OpenOptions open;
    open.statement_timeout = arguments.options.statement_timeout;
    Result<engine::Opened> opened = engine::open(arguments.schema, open);
    if (!opened) return report_error(opened.error());
    schema = std::move(opened->catalog);
    arguments.options.catalog = &schema;
  }
  const bool to_file = !arguments.output.empty() && arguments.output != "-";
  workload::LogState state;
  std::vector<std::string> inputs = arguments.inputs;
  if (!arguments.state.empty()) {
    Result<workload::LogState> kept = workload::LogState::read(arguments.state);
    if (!kept) return report_error(kept.error());
    state = std::move(*kept);
    arguments.options.state = &state;
    // What comes now is added to what was read before.
    if (!state.empty() && to_file && std::filesystem::exists(arguments.output) &&
        std::ranges::find(inputs, arguments.output) == inputs.end() &&
        arguments.output.ends_with(".workload"))
      inputs.push_back(arguments.output);
  }
  Progress progress;
  arguments.options.progress = [&](std::string_view what) { progress.show(what); };
  const Result<workload::Workload> read = workload::read(inputs, arguments.options);
  progress.clear();
  if (!read) return report_error(read.error());
  const int code = read->partial ? Exit::failed : Exit::success;
  const std::string format = !arguments.format.empty()                        ? arguments.format
                             : to_file && !arguments.output.ends_with(".txt") ? "json"
                                                                              : "text";
  const int written =
      write_result(arguments.output,
                   format == "json" ? workload::to_file(*read)
                                    : workload::to_text(*read, terminal_width(), arguments.top),
                   code);
  // Last, so that a run that is broken off is done again.
  if (written == code && !arguments.state.empty())
    if (const Status kept = state.write(arguments.state); !kept) return report_error(kept.error());
  if (written == code && to_file)
    note("the workload is in " + arguments.output + ": " + plural(read->statements, "statement") +
         ", " + plural(std::ssize(read->queries), "query", "queries"));
  if (format == "json" || to_file)
    for (const std::string& text : read->notes) note(text);
  return written;
}

}  // namespace

void add_workload(CLI::App& app, Chosen& chosen) {
  CLI::App* command =
      add_command(app, "workload",
                  "Read which queries a database serves, from pg_stat_statements, logs or a file.",
                  "  architrave workload postgresql:///prod -o week.workload\n"
                  "  architrave workload /var/log/postgresql/*.log.gz -o week.workload\n"
                  "  architrave workload queries.sql");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("INPUT", arguments->inputs,
                      "postgresql://…, or logs (stderr, csv, json; plain, .gz, .zst), .sql files, "
                      "or - for stdin; without it, libpq's own environment (PGHOST, …)");
  command
      ->add_option("-f,--format", arguments->format,
                   "text (the default on stdout), json (the default for --output)")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", arguments->output, "write the .workload file there");
  command->add_option("--top", arguments->top, "so many queries in the text (20)");
  command->add_option("--database", arguments->options.database,
                      "only statements of this database (live: the one connected to)");
  command->add_option("--user", arguments->options.user, "only statements of this role");
  command->add_option(
      "--log-line-prefix", arguments->options.log_line_prefix,
      "of logs in the stderr format, as in postgresql.conf; without it, it is found "
      "out from the lines");
  command->add_option("--since", arguments->since,
                      "leave out what was logged before: 2026-11-21, 2026-11-21T04:44, …");
  command->add_option("--until", arguments->until, "leave out what was logged after");
  command->add_option(
      "--state", arguments->state,
      "a file that keeps how far logs were read: the next run goes on from there, and "
      "adds to the .workload file of --output");
  command->add_option(
      "--schema", arguments->schema,
      "the schema behind the queries, for its foreign keys: a SOURCE as for assess");
  command->add_option("--statement-timeout", arguments->options.statement_timeout,
                      "seconds that each question to a live server may take (60)");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return read_workload(*arguments); }; });
}

}  // namespace architrave::cli

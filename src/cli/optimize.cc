#include "assessment/optimize.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"

namespace architrave::cli {

namespace {

constexpr int plans_of_html = 12;

struct Arguments {
  assessment::OptimizeOptions options;
  std::string source;
  std::string budget = "1GB";
  std::string memory;
  std::string format;
  std::string output;
  std::string colour = "auto";
  bool no_proof = false;
  bool quiet = false;
};

std::string format_of(const Arguments& arguments) {
  if (!arguments.format.empty()) return arguments.format;
  for (const auto& [ending, format] :
       {std::pair{".html", "html"}, std::pair{".json", "json"}, std::pair{".md", "markdown"}})
    if (arguments.output.ends_with(ending)) return format;
  return "text";
}

std::string written(const report::TuningReport& report, const std::string& format) {
  if (format == "json") return report::to_json(report);
  if (format == "markdown") return report::to_markdown(report);
  if (format == "html") return report::to_html(report);
  return report::to_text(report, {.width = std::min(terminal_width(), 120)});
}

Result<std::int64_t> budget_of(const std::string& text) {
  const std::optional<std::int64_t> bytes = parse_bytes(text);
  const std::string hint = "say how much disk the new indexes may take: --budget 500MB";
  if (!bytes) return fail("budget.size", "the budget is not a size: " + text, "--budget", hint);
  if (*bytes == 0)
    return fail("budget.size", "a budget of 0 leaves no room for any index", "--budget", hint);
  return *bytes;
}

int optimize(Arguments& arguments) {
  set_quiet(arguments.quiet);
  set_colour(arguments.colour == "always"  ? Colour::always
             : arguments.colour == "never" ? Colour::never
                                           : Colour::automatic);
  const Result<std::int64_t> budget = budget_of(arguments.budget);
  if (!budget) return report_error(budget.error());
  arguments.options.budget = *budget;
  if (!arguments.memory.empty()) {
    arguments.options.machine.memory = parse_bytes(arguments.memory);
    if (!arguments.options.machine.memory)
      return report_error({"memory.size", "the memory is not a size: " + arguments.memory,
                           "--memory", "say what the server may use: --memory 32GB"});
  }
  const std::string format = format_of(arguments);
  arguments.options.plans = format == "html" ? plans_of_html : 0;
  arguments.options.prove = !arguments.no_proof;
  Progress progress;
  arguments.options.progress = [&](std::string_view what, std::size_t done, std::size_t of) {
    of > 0 ? progress.show(what, done, of) : progress.show(what);
  };
  const Result<report::TuningReport> report =
      assessment::optimize(arguments.source, arguments.options);
  progress.clear();
  if (!report) return report_error(report.error());
  const int code = report->partial || !report->problems.empty() || !report->tuning.missing.empty()
                       ? Exit::failed
                       : Exit::success;
  const int ended = write_result(arguments.output, written(*report, format), code);
  if (ended == code && !arguments.output.empty() && arguments.output != "-")
    note("the report is in " + arguments.output);
  if (format != "text" && !report->tuning.missing.empty())
    note("queries name what this schema has not: " + join(report->tuning.missing, ", "));
  if (format != "text" && report->partial)
    note("a part of the workload could not be read: the report is of the rest");
  return ended;
}

}  // namespace

void add_optimize(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(
      app, "optimize",
      "Find what makes a workload cheaper: indexes within a budget, queries written otherwise,\n"
      "settings; with what each brings, and the proof.",
      "  architrave optimize postgresql:///prod --budget 500MB -o report.html\n"
      "  architrave optimize prod.twin --workload week.workload --budget 500MB\n"
      "  architrave optimize shop.sql --workload queries.sql");
  const auto arguments = std::make_shared<Arguments>();
  assessment::OptimizeOptions& options = arguments->options;
  command->add_option("SOURCE", arguments->source,
                      "postgresql://…, a .twin, or a .sql file or folder with rows; without it, "
                      "libpq's own environment (PGHOST, PGDATABASE, …)");
  command->add_option("-w,--workload", options.workload,
                      "a .workload file, logs, or .sql files of queries; without it, the source's "
                      "own pg_stat_statements");
  command->add_option("--budget", arguments->budget, "disk for new indexes: 500MB, 2GB (1GB)");
  command->add_option("--max-width", options.max_width, "key columns of an index, at most (3)")
      ->check(is_number(1, 8));
  command->add_option("--seconds", options.seconds, "search so long at most (60)")
      ->check(is_number(0.01));
  command->add_flag(
      "--thorough", options.thorough,
      "look at covering (INCLUDE) and partial indexes however many questions it takes");
  command->add_option("--memory", arguments->memory,
                      "memory that the database server may use, for its settings: 32GB");
  command->add_option("--cpus", options.machine.cpus, "cores of its machine")->check(is_number(1));
  command->add_option("--storage", options.machine.storage, "ssd, disk, network")
      ->check(CLI::IsMember({"ssd", "disk", "network"}));
  command
      ->add_option("--connections", options.machine.connections,
                   "connections that clients open at the same time, at most")
      ->check(is_number(1));
  command->add_flag("--no-proof", arguments->no_proof, "do not try the proposals in a sandbox");
  command->add_option("-f,--format", arguments->format, "text, json, markdown, html")
      ->check(CLI::IsMember({"text", "json", "markdown", "html"}));
  command->add_option("-o,--output", arguments->output,
                      "write the report there; its ending chooses the format");
  command->add_option("--server-version", options.open.server_version,
                      "major version of the PostgreSQL that a .sql file is for (15)");
  command->add_option("--statement-timeout", options.open.statement_timeout,
                      "seconds that each question to the server may take (60)");
  command->add_option("--color", arguments->colour, "auto, always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return optimize(*arguments); }; });
}

}  // namespace architrave::cli

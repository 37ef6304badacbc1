// `assess` and `review`: the same five calls, and another face of the report.

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <string>

#include "assessment/assessment.h"
#include "base/file.h"
#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/configuration.h"
#include "cli/rule_names.h"

namespace architrave::cli {

namespace {

struct Arguments {
  assessment::Options options;
  std::string source;
  std::string format;
  std::string output;
  std::string fail_on;
  std::string baseline;
  std::string colour = "auto";
  bool no_proof = false;
  bool quiet = false;
  bool no_input = false;
};

struct Format {
  const char* name;
  const char* ending;  // of --output, where --format is not given
  std::string (*write)(const report::Report&);
};

std::string text(const report::Report& report) {
  return report::to_text(report, {.width = std::min(terminal_width(), 120)});
}

constexpr std::array<Format, 6> formats = {{{"text", ".txt", text},
                                            {"json", ".json", report::to_json},
                                            {"markdown", ".md", report::to_markdown},
                                            {"html", ".html", report::to_html},
                                            {"sarif", ".sarif", report::to_sarif},
                                            {"github", "", report::to_github}}};

const Format& choose_format(const Arguments& arguments) {
  for (const Format& format : formats)
    if (format.name == arguments.format) return format;
  for (const Format& format : formats)
    if (*format.ending != '\0' && arguments.output.ends_with(format.ending)) return format;
  return formats.front();
}

int exit_code(const report::Report& report, const std::string& fail_on) {
  if (!report.problems.empty()) return Exit::failed;
  if (fail_on == "never") return Exit::success;
  const Severity least = fail_on == "warning" ? Severity::warning : Severity::error;
  for (const Finding& finding : report.review.findings)
    if (finding.severity >= least) return Exit::findings;
  return Exit::success;
}

int assess(Arguments& arguments) {
  set_quiet(arguments.quiet);
  set_colour(arguments.colour == "always"  ? Colour::always
             : arguments.colour == "never" ? Colour::never
                                           : Colour::automatic);
  Result<Configuration> configuration = read_configuration();
  if (!configuration) return report_error(configuration.error());
  for (const auto* names : {&arguments.options.rules.only, &arguments.options.rules.without})
    for (const std::string& name : *names)
      if (const Status known = check_rule_name(name); !known) return report_error(known.error());
  for (const std::string& rule : configuration->without)
    arguments.options.rules.without.push_back(rule);
  if (arguments.fail_on.empty())
    arguments.fail_on = configuration->fail_on.empty() ? "error" : configuration->fail_on;
  if (!arguments.baseline.empty()) {
    Result<std::string> baseline = read_file(arguments.baseline);
    if (!baseline) return report_error(baseline.error());
    arguments.options.baseline = std::move(*baseline);
  }
  Progress progress;
  arguments.options.prove = !arguments.no_proof;
  arguments.options.progress = [&](std::string_view what, std::size_t done, std::size_t of) {
    of > 0 ? progress.show(what, done, of) : progress.show(what);
  };
  Result<assessment::Assessment> assessed = assessment::assess(arguments.source, arguments.options);
  progress.clear();
  if (!assessed) {
    Error error = std::move(assessed.error());
    if (error.code == "baseline.json") error.where = arguments.baseline;
    return report_error(error);
  }
  const report::Report& report = assessed->report;
  const Format& format = choose_format(arguments);
  const int code = exit_code(report, arguments.fail_on);
  const int written = write_result(arguments.output, format.write(report), code);
  if (written == code && !arguments.output.empty() && arguments.output != "-")
    note("the report is in " + arguments.output);
  if (!report.problems.empty() && std::string_view(format.name) != "text")
    note(plural(std::ssize(report.problems), "statement") +
         " of the source did not load: the report is of the rest, and lists them");
  return written;
}

void add(CLI::App& app, Chosen& chosen, const std::string& name, const std::string& description,
         const std::string& examples) {
  CLI::App* command = add_command(app, name, description, examples);
  const auto arguments = std::make_shared<Arguments>();
  arguments->options.command = name;
  command->add_option("SOURCE", arguments->source,
                      "postgresql://…, sqlite:FILE, a .sql, .prisma or .dbml file or folder, a "
                      ".twin, or - for SQL on "
                      "stdin; without it, libpq's own environment (PGHOST, PGDATABASE, …)");
  command->add_option("-f,--format", arguments->format, "text, json, markdown, html, sarif, github")
      ->check(CLI::IsMember({"text", "json", "markdown", "html", "sarif", "github"}));
  command->add_option("-o,--output", arguments->output,
                      "write the report there; its ending chooses the format");
  command
      ->add_option("--fail-on", arguments->fail_on,
                   "exit 1 from this severity on: error (the default), warning, never")
      ->check(CLI::IsMember({"error", "warning", "never"}));
  command->add_flag("--no-proof", arguments->no_proof, "do not try the proposals in a sandbox");
  command->add_flag("--show-refuted", arguments->options.show_refuted,
                    "also list proposals whose proof failed");
  command->add_option("--baseline", arguments->baseline,
                      "an earlier report in JSON: report only what is new and what is gone");
  command
      ->add_option("--rule", arguments->options.rules.only,
                   "judge only this rule (may be given again)")
      ->allow_extra_args(false);
  command
      ->add_option("--without", arguments->options.rules.without,
                   "leave this rule out (may be given again)")
      ->allow_extra_args(false);
  add_reading_options(*command, arguments->options.open);
  command->add_option("--statement-timeout", arguments->options.open.statement_timeout,
                      "seconds that each question to a live server may take (60)");
  command->add_option("--color", arguments->colour, "auto, always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_flag("--no-input", arguments->no_input, "never ask anything (nothing is asked yet)");
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return assess(*arguments); }; });
}

}  // namespace

void add_assess(CLI::App& app, Chosen& chosen) {
  add(app, chosen, "assess", "Look at a whole database and give the one report on it.",
      "  architrave assess postgresql:///shop -o report.html\n"
      "  architrave assess schema.sql\n"
      "  architrave assess prod.twin --format markdown");
}

void add_review(CLI::App& app, Chosen& chosen) {
  add(app, chosen, "review", "Check a schema against the rules, for people and for CI.",
      "  architrave review schema.sql --fail-on warning\n"
      "  architrave review migrations/ --format sarif -o review.sarif\n"
      "  architrave review postgresql:///shop --baseline last-week.json");
}

}  // namespace architrave::cli

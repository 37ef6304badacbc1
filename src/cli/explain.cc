#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "assessment/explanation.h"
#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"

namespace architrave::cli {

namespace {

struct Arguments {
  assessment::ExplainOptions options;
  std::string source;
  std::string queries;
  std::string format;
  std::string output;
  std::string fail_on = "never";
  std::string colour = "auto";
  bool quiet = false;
};

struct Format {
  const char* name;
  const char* ending;  // of --output, where --format is not given
  std::string (*write)(const report::Explanation&);
};

std::string text(const report::Explanation& explanation) {
  return report::to_text(explanation, {.width = std::min(terminal_width(), 160)});
}

constexpr std::array<Format, 4> formats = {{{"text", ".txt", text},
                                            {"json", ".json", report::to_json},
                                            {"markdown", ".md", report::to_markdown},
                                            {"html", ".html", report::to_html}}};

const Format& choose_format(const Arguments& arguments) {
  for (const Format& format : formats)
    if (format.name == arguments.format) return format;
  for (const Format& format : formats)
    if (arguments.output.ends_with(format.ending)) return format;
  return formats.front();
}

int exit_code(const report::Explanation& explanation, const std::string& fail_on) {
  int code = Exit::success;
  for (const report::ExplainedQuery& query : explanation.queries) {
    if (!query.plan.plan || (query.other && !query.other->plan)) return Exit::failed;
    if (fail_on == "never") continue;
    const plan::Severity least =
        fail_on == "warning" ? plan::Severity::warning : plan::Severity::error;
    for (const plan::Remark& remark : query.plan.remarks)
      if (remark.severity >= least) code = Exit::findings;
  }
  return code;
}

int explain(Arguments& arguments) {
  set_quiet(arguments.quiet);
  set_colour(arguments.colour == "always"  ? Colour::always
             : arguments.colour == "never" ? Colour::never
                                           : Colour::automatic);
  Progress progress;
  arguments.options.open.progress = [&](std::string_view what) { progress.show(what); };
  const Result<report::Explanation> explained =
      arguments.queries.empty()
          ? assessment::explain_plan(arguments.source)
          : assessment::explain(arguments.source, arguments.queries, arguments.options);
  progress.clear();
  if (!explained) return report_error(explained.error());
  const Format& format = choose_format(arguments);
  const int code = exit_code(*explained, arguments.fail_on);
  const int written = write_result(arguments.output, format.write(*explained), code);
  if (written == code && !arguments.output.empty() && arguments.output != "-")
    note("the plans are in " + arguments.output);
  return written;
}

}  // namespace

void add_explain(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(
      app, "explain",
      "Show how queries are run, and say in words what is wrong with it and what would help.",
      "  architrave explain postgresql:///shop query.sql\n"
      "  architrave explain dump.sql query.sql --compare 'CREATE INDEX ON orders (status)'\n"
      "  architrave explain prod.twin before.sql --compare after.sql -o plans.html\n"
      "  architrave explain plan.json");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("SOURCE", arguments->source,
                   "postgresql://…, sqlite:FILE, a .sql, .prisma or .dbml file or folder, a .twin; "
                   "or, alone, a file "
                   "that holds what EXPLAIN printed")
      ->required();
  command->add_option("QUERIES", arguments->queries,
                      "a .sql file with one query or several, or - for stdin");
  command->add_option(
      "--compare", arguments->options.compare,
      "CREATE INDEX …: the plans with it; or a file: other queries to compare with");
  command->add_flag("--analyze", arguments->options.analyze,
                    "on a live server too, run what only reads (READ ONLY, rolled back)");
  command->add_option("-f,--format", arguments->format, "text, json, markdown, html")
      ->check(CLI::IsMember({"text", "json", "markdown", "html"}));
  command->add_option("-o,--output", arguments->output,
                      "write there; its ending chooses the format");
  command
      ->add_option("--fail-on", arguments->fail_on,
                   "exit 1 from this severity on: error, warning, never (the default)")
      ->check(CLI::IsMember({"error", "warning", "never"}));
  command
      ->add_option("--engine", arguments->options.open.engine,
                   "read a .sql source as postgresql or sqlite, whatever it looks like")
      ->check(CLI::IsMember({"postgresql", "sqlite"}));
  command
      ->add_option("--server-version", arguments->options.open.server_version,
                   "load a .sql source into this major version of PostgreSQL, or the next that is "
                   "here (15)")
      ->check(is_number(12, 30));
  command->add_option("--statement-timeout", arguments->options.open.statement_timeout,
                      "seconds that each query may take (60)");
  command->add_option("--color", arguments->colour, "auto, always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_flag("-q,--quiet", arguments->quiet, "no progress and no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return explain(*arguments); }; });
}

}  // namespace architrave::cli

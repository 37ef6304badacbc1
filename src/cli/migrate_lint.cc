#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/rule_names.h"
#include "engine/engine.h"
#include "migration/lint/lint.h"
#include "report/lint.h"

namespace architrave::cli {

namespace {

namespace lint = migration::lint;

struct Arguments {
  std::vector<std::string> paths;
  std::string since;
  std::string schema;
  std::string twin;
  std::string format = "text";
  std::string output;
  std::string fail_on = "error";
  std::string server_version = "15";
  std::vector<std::string> only, without;
  bool transaction = false;
  bool no_transaction = false;
  bool fix = false;
  bool notes = false;
  bool list = false;
  bool quiet = false;
};

int list_rules() {
  std::string text;
  std::size_t width = 0;
  for (const lint::Rule* rule : lint::all_rules()) width = std::max(width, rule->is.name.size());
  for (const lint::Rule* rule : lint::all_rules())
    text += fmt::format("{:<{}}  {:<7}  {:<6}  {}\n", rule->is.name, width,
                        to_string(rule->is.severity), rule->is.needs, rule->is.summary);
  return write_result("-", text, Exit::success);
}

Status check_names(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (Status known = check_lint_rule_name(name); !known) return known;
  return {};
}

int exit_code(const LintSummary& summary, const std::string& fail_on) {
  const bool fails =
      fail_on != "never" && (summary.errors > 0 || (fail_on != "error" && summary.warnings > 0) ||
                             (fail_on == "info" && summary.infos > 0));
  return fails ? Exit::findings : Exit::success;
}

int run_lint(const Arguments& arguments) {
  if (arguments.list) return list_rules();
  set_quiet(arguments.quiet);
  for (const auto* names : {&arguments.only, &arguments.without})
    if (const Status known = check_names(*names); !known) return report_error(known.error());
  if (arguments.paths.empty())
    return report_error({"lint.nothing",
                         "there is nothing to lint",
                         {},
                         "architrave migrate lint migrations/, a file, or - for stdin"});
  if (arguments.fix && std::ranges::find(arguments.paths, "-") != arguments.paths.end())
    return report_error(
        {"lint.fix", "--fix writes into files, and stdin is none", {}, "give the file's path"});
  lint::Options options;
  options.only = {arguments.only.begin(), arguments.only.end()};
  options.without = {arguments.without.begin(), arguments.without.end()};
  options.fix = arguments.fix;
  if (arguments.transaction) options.transaction = true;
  if (arguments.no_transaction) options.transaction = false;
  const std::vector<std::string> parts = split(arguments.server_version, '.');
  options.version = std::atoi(parts[0].c_str());
  if (parts.size() > 1) options.minor = std::atoi(parts[1].c_str());
  if (options.version < 9 || options.version > 30)
    return report_error({"lint.version",
                         "\"" + arguments.server_version + "\" is no version",
                         {},
                         "--server-version 15, or 14.2"});

  engine::Opened opened;
  for (const std::string& source : {arguments.schema, arguments.twin}) {
    if (source.empty()) continue;
    engine::OpenOptions open;
    open.server_version = options.version;
    auto result = engine::open(source, open);
    if (!result) return report_error(result.error());
    opened = std::move(*result);
    opened.sandbox.reset();
    options.catalog = &opened.catalog;
  }
  auto files = lint::collect(arguments.paths, arguments.since);
  if (!files) return report_error(files.error());

  std::FILE* out = stdout;
  if (!arguments.output.empty() && arguments.output != "-") {
    out = std::fopen(arguments.output.c_str(), "we");
    if (out == nullptr)
      return report_error({"file.write", "can't write " + arguments.output, arguments.output,
                           "give a place that can be written to"});
  }
  bool written = true;
  const auto writer = report::make_lint_writer(
      arguments.format, {.notes = arguments.notes, .tool_version = std::string(version())},
      [&](std::string_view bytes) {
        written = written && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
      });
  std::vector<const LintRule*> rules;
  for (const lint::Rule* rule : lint::all_rules()) rules.push_back(&rule->is);
  writer->begin(rules);
  lint::Linter linter(options);
  Status fixed;
  for (lint::File& file : *files) {
    const auto text = linter.lint(file, [&](const LintFinding& finding) { writer->take(finding); });
    if (text && fixed) fixed = write_file(file.path, *text);
    file.text = {};
    file.text.shrink_to_fit();
  }
  linter.finish([&](const LintFinding& finding) { writer->take(finding); });
  writer->end(linter.summary());
  written = std::fflush(out) == 0 && written;
  if (out != stdout) written = std::fclose(out) == 0 && written;
  if (!fixed) return report_error(fixed.error());
  if (!written)
    return report_error(
        {"file.write", "could not write the findings", arguments.output, "is the disk full?"});
  return exit_code(linter.summary(), arguments.fail_on);
}

}  // namespace

void add_migrate_lint(CLI::App& group, Chosen& chosen) {
  CLI::App* command =
      add_command(group, "lint",
                  "Say what migrations would do to a database in use, and what to write instead.",
                  "  architrave migrate lint migrations/\n"
                  "  architrave migrate lint migrations/ --since main --format github\n"
                  "  architrave migrate lint 0007_add_price.up.sql --twin prod.twin --fix");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("PATH", arguments->paths,
                      "folders of migrations, .sql files in the order in which they are applied, "
                      "or - for stdin");
  command->add_option("--since", arguments->since,
                      "only files that changed since this git ref; those before are read for what "
                      "they leave behind");
  command->add_option("--database,--schema", arguments->schema,
                      "what is there before the first file: a SOURCE as for assess");
  command->add_option("--twin", arguments->twin,
                      "a twin of the database: its sizes turn locks into seconds");
  command->add_option("--server-version", arguments->server_version,
                      "PostgreSQL that the migrations are for (15)");
  command->add_flag("--assume-transaction", arguments->transaction,
                    "files that do not say run in one transaction each");
  command->add_flag("--no-transaction", arguments->no_transaction,
                    "files that do not say run statement by statement");
  command->add_option("--rule", arguments->only, "only this rule; may be given several times");
  command->add_option("--without", arguments->without, "not this rule; may be given several times");
  command->add_option("-f,--format", arguments->format, "text, json, markdown, sarif, github")
      ->check(CLI::IsMember({"text", "json", "markdown", "sarif", "github"}));
  command->add_option("-o,--output", arguments->output, "write the findings there");
  command
      ->add_option("--fail-on", arguments->fail_on,
                   "exit with 1 at findings of this severity (error)")
      ->check(CLI::IsMember({"error", "warning", "info", "never"}));
  command->add_flag("--fix", arguments->fix, "write what has a safe fix into the files");
  command->add_flag("--notes", arguments->notes, "show notes in the text, not only their number");
  command->add_flag("--rules", arguments->list, "list the rules, and stop");
  command->add_flag("-q,--quiet", arguments->quiet, "no notes on stderr");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return run_lint(*arguments); }; });
}

}  // namespace architrave::cli

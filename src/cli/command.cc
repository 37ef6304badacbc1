#include "cli/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <memory>

#include "base/file.h"
#include "base/process.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/nearest.h"

namespace architrave::cli {

namespace {

// Examples first: most people read no further.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::string text = app->get_footer();
    if (!text.empty()) text = "Examples:\n" + text + "\n\n";
    return text + CLI::Formatter::make_help(app, std::move(name), mode);
  }
  std::string make_footer(const CLI::App*) const override { return {}; }
};

}  // namespace

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples) {
  CLI::App* command = app.add_subcommand(name, description);
  command->footer(examples);
  return command;
}

std::string is_given(const std::string& text) {
  return text.empty() ? "it is empty; leave the option out if that is meant" : "";
}

std::function<std::string(const std::string&)> is_number(double least, std::optional<double> most) {
  return [=](const std::string& text) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (is_number && value >= least && value <= most.value_or(value)) return {};
    return fmt::format("{} is not a number from {} {}", text, least,
                       most ? fmt::format("to {}", *most) : "on");
  };
}

bool ask(const std::vector<std::string>& what) {
  for (const std::string& each : what) std::cerr << "  " << each << '\n';
  std::cerr << "Go on? [y/N] " << std::flush;
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  answer = lower(trim(answer));
  return answer == "y" || answer == "yes";
}

int report_error(const Error& error) {
  std::fputs(describe(error).c_str(), stderr);
  return error.code == "interrupted" ? Exit::interrupted_by_user : Exit::failed;
}

void add_reading_options(CLI::App& command, engine::OpenOptions& open) {
  command
      .add_option("--engine", open.engine,
                  "read a .sql file as postgresql or sqlite, whatever it looks like")
      ->check(CLI::IsMember({"postgresql", "sqlite"}));
  command
      .add_option("--server-version", open.server_version,
                  "load a .sql file into this major version of PostgreSQL, or the next that is "
                  "here (15)")
      ->check(is_number(12, 30));
}

void report_problems(const engine::Opened& opened, std::string_view rest) {
  for (const engine::LoadProblem& problem : opened.problems)
    report_error({"sql.load", problem.message, problem.where(),
                  !problem.hint.empty() ? problem.hint
                                        : fmt::format("mend this statement; {} without it", rest)});
}

int write_result(const std::string& output, std::string_view bytes, int otherwise) {
  const Status written = write_file(output.empty() ? "-" : output, bytes);
  return written ? otherwise : report_error(written.error());
}

namespace {

// The commands that were found, down to the last: "architrave migrate up", and that one.
std::pair<std::string, const CLI::App*> found_command(const CLI::App& app) {
  std::string name = "architrave";
  const CLI::App* last = &app;
  for (auto commands = app.get_subcommands(); !commands.empty();
       commands = last->get_subcommands()) {
    last = commands.front();
    name += ' ' + last->get_name();
  }
  return {name, last};
}

int unknown_command(const CLI::App& group, const std::string& name, const std::string& written) {
  std::vector<std::string> names;
  for (const CLI::App* command : group.get_subcommands(nullptr))
    names.push_back(command->get_name());
  return report_error({"command.unknown",
                       "there is no command \"" + written + "\"",
                       {},
                       did_you_mean(written, names) + name + " --help lists them"});
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{
      "A database architect: what a principal architect would say of your database, each proposal\n"
      "tried on a real server before you see it."};
  app.name("architrave");
  app.formatter(std::make_shared<ExamplesFirst>());
  app.footer(
      "  architrave assess postgresql:///shop -o report.html\n"
      "  architrave review schema.sql --fail-on warning\n"
      "  architrave show schema.sql --format mermaid");
  app.set_version_flag("--version", "architrave " + std::string(version()));
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    return fmt::format("error: {}\n  hint: {} --help\n", error.what(),
                       found_command(*failed).first);
  });

  Chosen chosen;
  for (const auto add : {add_assess, add_review, add_show, add_explain, add_twin, add_workload,
                         add_optimize, add_diff, add_migrate, add_sandbox, add_doctor, add_rules})
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const auto [name, last] = found_command(app);
    const auto depth = static_cast<int>(std::ranges::count(name, ' ')) + 1;
    if (argc > depth && *argv[depth] != '-' && !last->get_subcommands(nullptr).empty())
      return unknown_command(*last, name, argv[depth]);
    return app.exit(error) == 0 ? Exit::success : Exit::failed;
  }
  catch_interrupts();
  const int code = chosen.run();
  return interrupted() ? Exit::interrupted_by_user : code;
}

}  // namespace architrave::cli

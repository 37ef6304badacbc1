// One file per command. A command declares its options on the application and leaves what it does
// in `run`; main parses, runs the chosen one, and exits with what it returns.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"

namespace CLI {
class App;
}  // namespace CLI

namespace architrave::cli {

// What a process exits with.
enum Exit { success = 0, findings = 1, failed = 2, interrupted_by_user = 130 };

struct Chosen {
  std::function<int()> run;
};

void add_assess(CLI::App& app, Chosen& chosen);
void add_review(CLI::App& app, Chosen& chosen);
void add_show(CLI::App& app, Chosen& chosen);
void add_explain(CLI::App& app, Chosen& chosen);
void add_twin(CLI::App& app, Chosen& chosen);
void add_workload(CLI::App& app, Chosen& chosen);
void add_sandbox(CLI::App& app, Chosen& chosen);
void add_doctor(CLI::App& app, Chosen& chosen);
void add_optimize(CLI::App& app, Chosen& chosen);
void add_rules(CLI::App& app, Chosen& chosen);
void add_diff(CLI::App& app, Chosen& chosen);
// A group: its commands stand in files of their own, migrate_plan.cc and so on.
void add_migrate(CLI::App& app, Chosen& chosen);
void add_migrate_lint(CLI::App& group, Chosen& chosen);
void add_migrate_run(CLI::App& group, Chosen& chosen);  // up, down, resume, status, baseline
void add_migrate_plan(CLI::App& group, Chosen& chosen);
void add_migrate_rehearse(CLI::App& group, Chosen& chosen);
void add_migrate_verify(CLI::App& group, Chosen& chosen);
void add_migrate_move(CLI::App& group, Chosen& chosen);

// A subcommand whose --help begins with examples.
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples);

// How a .sql file is read: --engine and --server-version.
void add_reading_options(CLI::App& command, engine::OpenOptions& open);

// Of an option: why it is refused where it is empty. A variable that is not set must not mean "all
// of them", or another database.
std::string is_given(const std::string& text);
// Of an option: why what it says is no number from `least` on, up to `most` if there is one.
std::function<std::string(const std::string&)> is_number(double least,
                                                         std::optional<double> most = {});

// Asks the person at the terminal whether this is to be done, a line each; false without an answer.
bool ask(const std::vector<std::string>& what);

// Prints the error and gives the exit code for it.
int report_error(const Error& error);

// Prints the statements of a source that did not load. `rest` says where the others are.
void report_problems(const engine::Opened& opened, std::string_view rest);

// Writes results to a file, or to stdout where `output` is empty or "-". The exit code is
// `otherwise` unless writing fails.
int write_result(const std::string& output, std::string_view bytes, int otherwise);

// The program: parses the arguments, runs a command, gives the exit code.
int run(int argc, char** argv);

}  // namespace architrave::cli

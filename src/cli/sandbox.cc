#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "base/process.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "engine/engine.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::string source;
  std::vector<std::string> command;
  engine::OpenOptions open;
};

// Waits for the command as a shell does: Ctrl-C at the terminal is the command's own (psql cancels
// a query with it) and does not end us, who have to tidy up after it. What asks this process alone
// to end is passed on.
int wait_for_command(pid_t pid) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  std::array<pollfd, 2> waits = {pollfd{process, POLLIN, 0},
                                 pollfd{interrupt_descriptor(), POLLIN, 0}};
  while (process >= 0 && waits[0].revents == 0 && !interrupted())
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) break;
  if (interrupted()) ::kill(pid, SIGTERM);
  if (process >= 0) ::close(process);
  return wait(pid);
}

int sandbox(Arguments& arguments) {
  Progress progress;
  arguments.open.progress = [&](std::string_view what) { progress.show(what); };
  Result<engine::Opened> opened = engine::open(arguments.source, arguments.open);
  if (!opened) return report_error(opened.error());
  progress.show("starting a sandbox");
  Result<std::unique_ptr<engine::Sandbox>> made = engine::make_sandbox(*opened, engine::Fill::twin);
  progress.clear();
  if (!made) return report_error(made.error());
  report_problems(*opened, "the sandbox holds the rest");
  for (const std::string& text : opened->notes) note(text);
  note("a " + (*made)->description() + "; it is thrown away afterwards");

  Command command;
  command.arguments = arguments.command;
  if (command.arguments.empty())
    command.arguments = {opened->source.engine == "sqlite" ? "sqlite3" : "psql"};
  command.environment = (*made)->environment();
  // sqlite3 takes its database as an argument, not from the environment.
  for (const auto& [name, value] : command.environment)
    if (name == "ARCHITRAVE_DATABASE" && command.arguments == std::vector<std::string>{"sqlite3"})
      command.arguments.push_back(value);
  const Result<pid_t> started = start(command);
  if (!started) return report_error(started.error());
  return wait_for_command(*started);
}

}  // namespace

void add_sandbox(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(
      app, "sandbox",
      "Run a command against a private server that holds a source, and throw the server away.",
      "  architrave sandbox prod.twin -- psql\n"
      "  architrave sandbox schema.sql -- psql -c '\\d orders'\n"
      "  architrave sandbox app.db -- sh -c 'sqlite3 $ARCHITRAVE_DATABASE .schema'");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("SOURCE", arguments->source, "as for assess")->required();
  command->add_option(
      "COMMAND", arguments->command,
      "what to run, after --; it finds the server through PGHOST, PGPORT, PGUSER and "
      "PGDATABASE (psql, or sqlite3, if left out)");
  add_reading_options(*command, arguments->open);
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return sandbox(*arguments); }; });
}

}  // namespace architrave::cli

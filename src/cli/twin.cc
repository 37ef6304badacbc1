#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/engine.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::string source;
  std::string output;
  bool without_values = false;
  engine::OpenOptions open;
};

int twin(Arguments& arguments) {
  Progress progress;
  arguments.open.progress = [&](std::string_view what) { progress.show(what); };
  const Result<engine::TwinFile> made =
      engine::make_twin(arguments.source, arguments.without_values, arguments.open);
  progress.clear();
  if (!made) return report_error(made.error());
  for (const std::string& text : made->notes) note(text);
  const int code = write_result(arguments.output, made->bytes, Exit::success);
  if (code == Exit::success && arguments.output != "-")
    note("the twin is in " + arguments.output + " (" +
         human_bytes(static_cast<std::int64_t>(made->bytes.size())) + ")");
  return code;
}

}  // namespace

void add_twin(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(
      app, "twin",
      "Write a twin: the schema and the planner's statistics of a database, none of its rows. It\n"
      "plans like the original wherever it is opened.",
      "  architrave twin postgresql:///prod -o prod.twin\n"
      "  architrave twin postgresql:///prod -o prod.twin --without-values\n"
      "  architrave sandbox prod.twin -- psql");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("SOURCE", arguments->source, "postgresql://…, or another .twin");
  command->add_option("-o,--output", arguments->output, "the file to write")->required();
  command->add_flag("--without-values", arguments->without_values,
                    "replace the sampled values (most common values, histogram bounds) by made-up "
                    "ones in the same order");
  command->add_option("--statement-timeout", arguments->open.statement_timeout,
                      "seconds that each question to the server may take (60)");
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return twin(*arguments); }; });
}

}  // namespace architrave::cli

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "base/text.h"
#include "catalog/json.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "report/schema_formats.h"

namespace architrave::cli {

namespace {

struct Arguments {
  std::string source;
  std::string format = "sql";
  std::string output;
  engine::OpenOptions open;
};

std::string written(const catalog::Catalog& catalog, const std::string& format) {
  if (format == "mermaid") return report::to_mermaid(catalog);
  if (format == "dbml") return report::to_dbml(catalog);
  if (format == "dot") return report::to_dot(catalog);
  if (format == "json") return catalog::to_json(catalog) + '\n';
  return engine::to_sql(catalog);
}

int show(const Arguments& arguments) {
  const Result<engine::Opened> opened = engine::open(arguments.source, arguments.open);
  if (!opened) return report_error(opened.error());
  for (const std::string& text : opened->notes) note(text);
  report_problems(*opened, "the rest is shown");
  return write_result(arguments.output, written(opened->catalog, arguments.format),
                      opened->problems.empty() ? Exit::success : Exit::failed);
}

}  // namespace

void add_show(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(app, "show", "Print a schema as SQL, a diagram, or JSON.",
                                  "  architrave show postgresql:///shop --format sql > shop.sql\n"
                                  "  architrave show schema.sql --format mermaid\n"
                                  "  architrave show sqlite:app.db --format json | jq .relations");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("SOURCE", arguments->source, "as for assess");
  command
      ->add_option("-f,--format", arguments->format, "sql (the default), mermaid, dbml, dot, json")
      ->check(CLI::IsMember({"sql", "mermaid", "dbml", "dot", "json"}));
  command->add_option("-o,--output", arguments->output, "write there instead of to stdout");
  add_reading_options(*command, arguments->open);
  command->callback(
      [arguments, &chosen] { chosen.run = [arguments] { return show(*arguments); }; });
}

}  // namespace architrave::cli

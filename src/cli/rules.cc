#include "review/rules.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/terminal.h"
#include "cli/command.h"

namespace architrave::cli {

namespace {

int list() {
  std::string text;
  std::size_t width = 0;
  for (const Rule* rule : review::all_rules()) width = std::max(width, rule->name.size());
  for (const Rule* rule : review::all_rules()) {
    std::string serves;
    for (const std::string_view house : rule->serves) serves += fmt::format(" [{}]", house);
    text += fmt::format("{:<{}}  {:<7}  {:<11}  {}{}\n", rule->name, width,
                        to_string(rule->severity), to_string(rule->area), rule->summary, serves);
  }
  return write_result("-", text, Exit::success);
}

}  // namespace

void add_rules(CLI::App& app, Chosen& chosen) {
  CLI::App* command = add_command(app, "rules", "List the rules that review judges by.",
                                  "  architrave rules\n"
                                  "  architrave rules | grep SEC-3");
  command->callback([&chosen] { chosen.run = list; });
}

}  // namespace architrave::cli

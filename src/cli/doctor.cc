#include <CLI/CLI.hpp>
#include <string>

#include "base/terminal.h"
#include "cli/command.h"
#include "engine/inventory.h"

namespace architrave::cli {

namespace {

int doctor() {
  std::string text;
  bool works = true;
  for (const engine::Item& item : engine::take_inventory()) {
    works = works && (item.present || !item.required);
    const std::string mark = item.present    ? styled("ok     ", Style::green)
                             : item.required ? styled("missing", Style::red)
                                             : styled("missing", Style::yellow);
    text += mark + "  " + styled(item.name, Style::bold) + "  " + item.detail + "\n";
    if (item.present) continue;
    text += "         for " + item.purpose + "\n";
    if (!item.install.empty()) text += "         " + item.install + "\n";
  }
  return write_result("-", text, works ? Exit::success : Exit::failed);
}

}  // namespace

void add_doctor(CLI::App& app, Chosen& chosen) {
  CLI::App* command =
      add_command(app, "doctor", "Say which servers, extensions and tools are here, and try them.",
                  "  architrave doctor");
  command->callback([&chosen] { chosen.run = doctor; });
}

}  // namespace architrave::cli

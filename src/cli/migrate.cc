#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace architrave::cli {

void add_migrate(CLI::App& app, Chosen& chosen) {
  CLI::App* group = add_command(
      app, "migrate",
      "Change a schema without standing still: plan it, prove it both ways, apply it, undo it.",
      "  architrave migrate plan postgresql:///prod schema.sql --name add_price -o migrations/\n"
      "  architrave migrate lint migrations/\n"
      "  architrave migrate rehearse --database postgresql:///prod\n"
      "  architrave migrate up --database postgresql:///prod");
  group->require_subcommand(1);
  add_migrate_plan(*group, chosen);
  add_migrate_lint(*group, chosen);
  add_migrate_run(*group, chosen);
  add_migrate_verify(*group, chosen);
  add_migrate_rehearse(*group, chosen);
  add_migrate_move(*group, chosen);
}

}  // namespace architrave::cli

#include "engine/inventory.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <filesystem>

#include "base/clock.h"
#include "base/confinement.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/postgres/packages.h"
#include "engine/postgres/server.h"

namespace architrave::engine {

namespace {

struct Tool {
  const char* program;
  const char* purpose;
  const char* package;
};
constexpr std::array<Tool, 2> tools = {{
    {"psql", "what `architrave sandbox SOURCE` opens", "postgresql-client"},
    {"sqlite3", "what `architrave sandbox app.db` opens", "sqlite3"},
}};

struct Extension {
  const char* name;
  const char* purpose;
};
constexpr std::array<Extension, 2> extensions = {{
    {"hypopg", "what-if indexes: whether a proposed index makes a query cheaper"},
    {"pg_partman", "loading schemas that use it"},
}};

Item server_item(const postgres::Installation& installation) {
  Item item{.name = fmt::format("PostgreSQL {}", installation.major),
            .present = true,
            .required = true,
            .detail = fmt::format("{} in {}", installation.version, installation.bin.string()),
            .purpose = "sandboxes, in which proposals are proved",
            .install = {}};
  const double start = monotonic_seconds();
  const auto server = postgres::Server::start(installation);
  auto connection = server ? (*server)->connect("postgres")
                           : Result<postgres::Connection>(std::unexpected(server.error()));
  const auto answer = connection ? connection->query("SELECT 1")
                                 : Result<postgres::Rows>(std::unexpected(connection.error()));
  if (answer) {
    item.detail +=
        fmt::format("; a sandbox answered after {}", human_seconds(monotonic_seconds() - start));
  } else {
    item.present = false;
    item.detail += "; a sandbox does not start: " + answer.error().message;
    item.install = answer.error().hint;
  }
  return item;
}

}  // namespace

std::vector<Item> take_inventory() {
  std::vector<Item> items;
  const std::vector<postgres::Installation> installations = postgres::installations();
  for (const postgres::Installation& installation : installations)
    items.push_back(server_item(installation));
  if (installations.empty())
    items.push_back({.name = "PostgreSQL",
                     .present = false,
                     .required = true,
                     .detail = "no server was found",
                     .purpose = "sandboxes, in which proposals are proved",
                     .install = postgres::install_server(15)});
  for (const postgres::Installation& installation : installations) {
    // Only Debian's own servers have packages of extensions.
    if (!installation.bin.string().starts_with("/usr/lib/postgresql/")) continue;
    for (const Extension& extension : extensions) {
      std::error_code ignored;
      const auto control =
          installation.share / "extension" / (std::string(extension.name) + ".control");
      const bool present = std::filesystem::exists(control, ignored);
      items.push_back(
          {.name = fmt::format("{} for PostgreSQL {}", extension.name, installation.major),
           .present = present,
           .required = false,
           .detail = present ? control.string() : "not installed",
           .purpose = extension.purpose,
           .install =
               present ? "" : postgres::install_extension(extension.name, installation.major)});
    }
  }
  const std::string kept = confinement();
  items.push_back({.name = "confinement",
                   .present = kept.find("files") != std::string::npos,
                   .required = false,
                   .detail = kept.empty()
                                 ? "this kernel has neither Landlock nor seccomp"
                                 : "this kernel keeps a sandbox's server from others' " + kept,
                   .purpose = "loading SQL and twin files of which you don't know who wrote them",
                   .install = "Linux 5.13 or newer with landlock among its security modules"});
  items.push_back({.name = "SQLite",
                   .present = true,
                   .required = true,
                   .detail = std::string(sqlite3_libversion()) + ", linked in",
                   .purpose = "SQLite databases and scripts",
                   .install = {}});
  for (const Tool& tool : tools) {
    const std::filesystem::path path = find_program(tool.program);
    items.push_back(
        {.name = tool.program,
         .present = !path.empty(),
         .required = false,
         .detail = path.empty() ? "not on PATH" : path.string(),
         .purpose = tool.purpose,
         .install = path.empty() ? fmt::format("apt-get install {}", tool.package) : ""});
  }
  return items;
}

}  // namespace architrave::engine

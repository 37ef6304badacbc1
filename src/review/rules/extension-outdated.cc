#include <fmt/format.h>

#include <string>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  for (const catalog::Extension& extension : look.catalog.extensions) {
    if (extension.available_version.empty() || extension.available_version == extension.version)
      continue;
    const std::string name = catalog::quote_identifier(extension.name);
    // There is no fix that can be undone: few extensions have a way back.
    verdict.find({"extension", name},
                 fmt::format("{} is at {} and the server brings {}: ALTER EXTENSION {} UPDATE; an "
                             "extension stays old until it is told",
                             extension.name, extension.version, extension.available_version, name),
                 {{"version", extension.version}, {"available", extension.available_version}});
  }
}

}  // namespace

extern const Rule extension_outdated;
const Rule extension_outdated = {
    .name = "extension-outdated",
    .severity = Severity::info,
    .area = Area::maintenance,
    .summary = "The server has a newer version of an extension than the database",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

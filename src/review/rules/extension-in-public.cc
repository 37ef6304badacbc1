#include <fmt/format.h>

#include <string>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  std::vector<std::string> names;
  for (const catalog::Extension& extension : look.catalog.extensions)
    if (extension.schema == "public") names.push_back(extension.name);
  if (names.empty()) return;
  verdict.find(about_schema("public"),
               fmt::format("{} {} in public, among the application's own objects: a schema of "
                           "their own keeps them out of the way and out of reach",
                           some_of(names), names.size() == 1 ? "lives" : "live"),
               {{"extensions", join(names, ", ")}});
}

}  // namespace

extern const Rule extension_in_public;
const Rule extension_in_public = {.name = "extension-in-public",
                                  .severity = Severity::info,
                                  .area = Area::security,
                                  .summary = "Extensions live among the application's own objects",
                                  .serves = {},
                                  .check = check};

}  // namespace architrave::review::rules

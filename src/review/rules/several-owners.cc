#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> schemas;
  for (const Relation* table : own_tables(look.catalog))
    schemas[table->schema][table->owner].push_back(table->name);
  for (const auto& [schema, owners] : schemas) {
    if (owners.size() < 2) continue;
    const auto most =
        std::ranges::max_element(owners, {}, [](const auto& owner) { return owner.second.size(); });
    std::vector<std::string> others;
    for (const auto& [owner, tables] : owners)
      if (owner != most->first) others.push_back(fmt::format("{} ({})", owner, some_of(tables, 3)));
    verdict.find(about_schema(schema),
                 fmt::format("the tables of {} belong to {} roles: migrations that run as one of "
                             "them fail on the tables of the others",
                             schema, owners.size()),
                 {{"mostly", most->first}, {"also", join(others, ", ")}});
  }
}

}  // namespace

extern const Rule several_owners;
const Rule several_owners = {.name = "several-owners",
                             .severity = Severity::info,
                             .area = Area::security,
                             .summary = "Tables of one schema belong to different roles",
                             .serves = {},
                             .check = check};

}  // namespace architrave::review::rules

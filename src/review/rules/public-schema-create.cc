#include <fmt/format.h>

#include <algorithm>

#include "catalog/acl.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  const catalog::Server& server = look.catalog.server;
  for (const catalog::Schema& schema : look.catalog.schemas) {
    // Before PostgreSQL 15 every new database had it: for a file that is no fault of the file.
    if (schema.name == "public" && !server.has_workload && server.version_number < 150000) continue;
    const std::vector<catalog::Grant> grants = catalog::grants(schema.acl);
    const auto grant = std::ranges::find_if(grants, [](const catalog::Grant& each) {
      return each.grantee.empty() && each.privilege == 'C';
    });
    if (grant == grants.end()) continue;
    const std::string name = catalog::quote_identifier(schema.name);
    std::optional<Proposal> fix;
    if (grant->grantor == schema.owner) {
      fix = propose("revoke", fmt::format("Take CREATE on schema {} from PUBLIC", name),
                    "Only roles that own things there, or are given the right by name, may then "
                    "create in it: PostgreSQL's own default since version 15.",
                    {fmt::format("REVOKE CREATE ON SCHEMA {} FROM PUBLIC", name)},
                    {fmt::format("GRANT CREATE ON SCHEMA {} TO PUBLIC", name)});
      fix->effort = 2;
      fix->risk = 2;
    }
    verdict.find(Subject{"schema", name},
                 fmt::format("everybody may create objects in {}, and so put a function or a table "
                             "in the way of somebody else's",
                             schema.name),
                 {{"owner", schema.owner}}, std::move(fix));
  }
}

}  // namespace

extern const Rule public_schema_create;
const Rule public_schema_create = {.name = "public-schema-create",
                                   .area = Area::security,
                                   .summary = "Everybody may create objects in a schema",
                                   .serves = {},
                                   .check = check};

}  // namespace architrave::review::rules

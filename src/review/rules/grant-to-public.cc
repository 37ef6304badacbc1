#include <fmt/format.h>

#include <algorithm>

#include "catalog/acl.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& relation : look.catalog.relations) {
    std::vector<std::string> privileges;
    bool only_reads = true;
    bool by_owner = true;
    for (const catalog::Grant& grant : catalog::grants(relation.acl)) {
      if (!grant.grantee.empty()) continue;
      privileges.emplace_back(catalog::privilege_name(grant.privilege));
      only_reads = only_reads && grant.privilege == 'r';
      by_owner = by_owner && grant.grantor == relation.owner;
    }
    if (privileges.empty()) continue;
    const std::string name = name_of(relation);
    const std::string list = join(privileges, ", ");
    // What is taken from the table is taken from its columns too, and comes back one by one.
    std::vector<std::string> back = {fmt::format("GRANT {} ON TABLE {} TO PUBLIC", list, name)};
    for (const Column& column : relation.columns)
      for (const catalog::Grant& grant : catalog::grants(column.acl)) {
        const std::string privilege(catalog::privilege_name(grant.privilege));
        if (!grant.grantee.empty() || std::ranges::find(privileges, privilege) == privileges.end())
          continue;
        back.push_back(fmt::format("GRANT {} ({}) ON TABLE {} TO PUBLIC", privilege,
                                   catalog::quote_identifier(column.name), name));
        by_owner = by_owner && grant.grantor == relation.owner;
      }
    std::optional<Proposal> fix;
    if (by_owner) {
      fix =
          propose("revoke", fmt::format("Take {} from PUBLIC", name),
                  "What PUBLIC may do, every role that can connect may do, also those that are "
                  "made later. Grant it to the roles that need it instead.",
                  {fmt::format("REVOKE {} ON TABLE {} FROM PUBLIC", list, name)}, std::move(back));
      fix->effort = 2;
      fix->risk = 3;
    }
    Finding& finding = verdict.find(about(relation),
                                    fmt::format("everybody who can connect may {} {}",
                                                only_reads ? "read" : "change", relation.name),
                                    {{"privileges", list}}, std::move(fix));
    if (only_reads) finding.severity = Severity::info;
  }
}

}  // namespace

extern const Rule grant_to_public;
const Rule grant_to_public = {.name = "grant-to-public",
                              .area = Area::security,
                              .summary = "A table is open to every role",
                              .serves = {},
                              .check = check};

}  // namespace architrave::review::rules

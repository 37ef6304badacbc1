#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.policies.empty() || table.row_security) continue;
    const std::string name = name_of(table);
    Proposal fix =
        propose("enable_row_security", fmt::format("Switch row security on for {}", name),
                "Its policies are written and not applied. From then on every role but "
                "the owner sees only what a policy lets it see.",
                {fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", name)},
                {fmt::format("ALTER TABLE {} DISABLE ROW LEVEL SECURITY", name)});
    fix.impact.lock = Lock::access_exclusive;
    fix.effort = 2;
    fix.risk = 3;
    std::vector<std::string> policies;
    for (const catalog::Policy& policy : table.policies) policies.push_back(policy.name);
    verdict.find(about(table),
                 fmt::format("{} has {} but row security is off: every row is open to whoever may "
                             "read the table",
                             table.name, plural(std::ssize(table.policies), "policy", "policies")),
                 {{"policies", some_of(policies)}}, std::move(fix));
  }
}

}  // namespace

extern const Rule policy_without_rls;
const Rule policy_without_rls = {.name = "policy-without-rls",
                                 .severity = Severity::error,
                                 .area = Area::security,
                                 .summary = "Row policies exist and are not applied",
                                 .serves = {},
                                 .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// A named role may well be allowed everything; everybody may not.
bool is_for_everybody(const catalog::Policy& policy) {
  return policy.roles.empty() || std::ranges::any_of(policy.roles, [](const std::string& role) {
           return role == "public" || role == "anon" || role == "authenticated";
         });
}

bool is_always_true(const catalog::Policy& policy) {
  if (policy.command == "insert") return policy.check_expression == "true";
  if (policy.using_expression != "true") return false;
  return policy.check_expression.empty() || policy.check_expression == "true";
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations)
    for (const catalog::Policy& policy : table.policies) {
      if (!policy.permissive || !is_for_everybody(policy) || !is_always_true(policy)) continue;
      const bool reads = policy.command == "select";
      const std::string roles = policy.roles.empty() ? "PUBLIC" : join(policy.roles, ", ");
      const std::string may = policy.command == "all" ? "read and change" : policy.command;
      Finding& finding =
          verdict.find(about(catalog::object_of(table, policy)),
                       fmt::format("{} lets {} {} every row: its condition is always true",
                                   policy.name, roles, may),
                       {{"command", policy.command}, {"roles", roles}});
      if (reads) finding.severity = Severity::info;
    }
}

}  // namespace

extern const Rule policy_always_true;
const Rule policy_always_true = {.name = "policy-always-true",
                                 .area = Area::security,
                                 .summary = "A row policy lets everybody do it to every row",
                                 .serves = {},
                                 .check = check};

}  // namespace architrave::review::rules

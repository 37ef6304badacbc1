#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

using catalog::Policy;
using catalog::quote_identifier;
// Policies of one command and one set of roles can become one policy.
using Group = std::vector<const Policy*>;

std::set<std::string> roles_of(const Policy& policy) {
  return {policy.roles.begin(), policy.roles.end()};
}

bool overlap(const Policy& a, const Policy& b) {
  if (a.command != b.command && a.command != "all" && b.command != "all") return false;
  if (a.roles.empty() || b.roles.empty()) return true;
  const std::set<std::string> roles = roles_of(a);
  return std::ranges::any_of(b.roles,
                             [&](const std::string& role) { return roles.contains(role); });
}

std::string either(const Group& group, const std::string Policy::* expression) {
  std::string text;
  for (const Policy* policy : group)
    text += fmt::format("{}({})", text.empty() ? "" : " OR ", policy->*expression);
  return text;
}

std::string create(const std::string& table, const Policy& policy) {
  std::vector<std::string> roles;
  for (const std::string& role : policy.roles) roles.push_back(quote_identifier(role));
  std::string text =
      fmt::format("CREATE POLICY {} ON {} FOR {} TO {}", quote_identifier(policy.name), table,
                  policy.command, roles.empty() ? "PUBLIC" : join(roles, ", "));
  if (!policy.using_expression.empty()) text += fmt::format(" USING ({})", policy.using_expression);
  if (!policy.check_expression.empty())
    text += fmt::format(" WITH CHECK ({})", policy.check_expression);
  return text;
}

// One statement merges a group if all of it has the same of USING and WITH CHECK.
bool can_merge(const Group& group) {
  const auto same = [&](const Policy* policy) {
    return policy->using_expression.empty() == group.front()->using_expression.empty() &&
           policy->check_expression.empty() == group.front()->check_expression.empty();
  };
  return std::ranges::all_of(group, same);
}

void merge(const std::string& table, const Group& group, Proposal& fix) {
  const Policy& kept = *group.front();
  const std::string alter =
      fmt::format("ALTER POLICY {} ON {}", quote_identifier(kept.name), table);
  std::string wider = alter;
  std::string back = alter;
  if (!kept.using_expression.empty()) {
    wider += fmt::format(" USING ({})", either(group, &Policy::using_expression));
    back += fmt::format(" USING ({})", kept.using_expression);
  }
  if (!kept.check_expression.empty()) {
    wider += fmt::format(" WITH CHECK ({})", either(group, &Policy::check_expression));
    back += fmt::format(" WITH CHECK ({})", kept.check_expression);
  }
  fix.up.push_back(wider);
  for (const Policy* policy : group) {
    if (policy == &kept) continue;
    const std::string name = quote_identifier(policy->name);
    fix.up.push_back(fmt::format("DROP POLICY {} ON {}", name, table));
    fix.down.push_back(create(table, *policy));
    if (!policy->comment.empty())
      fix.down.push_back(fmt::format("COMMENT ON POLICY {} ON {} IS {}", name, table,
                                     catalog::quote_literal(policy->comment)));
  }
  fix.down.push_back(back);
}

std::optional<Proposal> fix_for(const Relation& table, const Group& overlapping) {
  std::map<std::pair<std::string, std::set<std::string>>, Group> groups;
  for (const Policy* policy : overlapping)
    groups[{policy->command, roles_of(*policy)}].push_back(policy);
  const std::string name = name_of(table);
  Proposal fix = propose("alter_policy", fmt::format("Merge the overlapping policies of {}", name),
                         "Permissive policies are joined with OR anyway: one policy that says so "
                         "lets the same rows through and is planned once.",
                         {}, {});
  for (auto one = groups.begin(); one != groups.end(); ++one)
    for (auto other = std::next(one); other != groups.end(); ++other)
      if (overlap(*one->second.front(), *other->second.front())) return std::nullopt;
  for (const auto& [key, group] : groups) {
    if (group.size() < 2) continue;
    if (!can_merge(group)) return std::nullopt;
    merge(name, group, fix);
  }
  fix.impact.lock = Lock::access_exclusive;
  fix.risk = 2;
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    Group permissive;
    for (const Policy& policy : table.policies)
      if (policy.permissive) permissive.push_back(&policy);
    Group overlapping;
    std::vector<std::string> names;
    for (const Policy* policy : permissive)
      if (std::ranges::any_of(permissive, [&](const Policy* other) {
            return other != policy && overlap(*policy, *other);
          })) {
        overlapping.push_back(policy);
        names.push_back(policy->name);
      }
    if (overlapping.empty()) continue;
    verdict.find(about(table),
                 fmt::format("{} has {} permissive policies for the same roles and commands: each "
                             "is evaluated for every row",
                             table.name, overlapping.size()),
                 {{"policies", join(names, ", ")}}, fix_for(table, overlapping));
  }
}

}  // namespace

extern const Rule multiple_permissive_policies;
const Rule multiple_permissive_policies = {
    .name = "multiple-permissive-policies",
    .severity = Severity::info,
    .area = Area::security,
    .summary = "Several permissive policies apply to the same roles and commands",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

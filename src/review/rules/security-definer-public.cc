#include <fmt/format.h>

#include <algorithm>

#include "catalog/acl.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool everybody_may_call(const catalog::Routine& routine) {
  if (!routine.acl) return true;  // PostgreSQL's default
  return std::ranges::any_of(catalog::grants(routine.acl), [](const catalog::Grant& grant) {
    return grant.grantee.empty() && grant.privilege == 'X';
  });
}

void check(const Look& look, Verdict& verdict) {
  for (const catalog::Routine& routine : look.catalog.routines) {
    if (!routine.security_definer || !everybody_may_call(routine)) continue;
    // Trigger functions can't be called.
    if (routine.returns == "trigger" || routine.returns == "event_trigger") continue;
    const catalog::Object object = catalog::object_of(routine);
    const std::string what = catalog::to_string(object);
    Proposal fix = propose(
        "revoke", fmt::format("Take {} from PUBLIC", object.name),
        "Whoever may connect can call it with its owner's rights. Its owner keeps it; grant it to "
        "the roles that are meant to call it.",
        {fmt::format("REVOKE EXECUTE ON {} FROM PUBLIC", what)},
        {fmt::format("GRANT EXECUTE ON {} TO PUBLIC", what)});
    fix.effort = 2;
    fix.risk = 3;
    verdict.find(about(object),
                 fmt::format("{} runs with the rights of {} and everybody may call it",
                             routine.name, routine.owner),
                 {{"owner", routine.owner}}, std::move(fix));
  }
}

}  // namespace

extern const Rule security_definer_public;
const Rule security_definer_public = {
    .name = "security-definer-public",
    .area = Area::security,
    .summary = "Everybody may call a function that runs with its owner's rights",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const catalog::Routine& routine : look.catalog.routines) {
    if (!routine.security_definer || routine.settings.contains("search_path")) continue;
    // A body that was parsed when the function was made holds no names any more.
    if (routine.definition.find("BEGIN ATOMIC") != std::string::npos) continue;
    const catalog::Object object = catalog::object_of(routine);
    const std::string what = catalog::to_string(object);
    Proposal fix = propose(
        "alter_function", fmt::format("Fix the search_path of {}", object.name),
        "Names in its body are then looked up in its own schema, and in temporary tables last. Add "
        "the other schemas that the body uses without naming them.",
        {fmt::format("ALTER {} SET search_path = {}, pg_temp", what,
                     catalog::quote_identifier(routine.schema))},
        {fmt::format("ALTER {} RESET search_path", what)});
    fix.risk = 2;
    verdict.find(about(object),
                 fmt::format("{} runs with its owner's rights and its caller's search_path: the "
                             "caller can put objects of their own in its way",
                             routine.name),
                 {{"owner", routine.owner}, {"language", routine.language}}, std::move(fix));
  }
}

}  // namespace

extern const Rule security_definer_search_path;
const Rule security_definer_search_path = {
    .name = "security-definer-search-path",
    .severity = Severity::error,
    .area = Area::security,
    .summary = "A SECURITY DEFINER function takes its caller's search_path",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

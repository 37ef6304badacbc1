#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool is_on(const Relation& view) {
  const auto found = view.options.find("security_invoker");
  if (found == view.options.end()) return false;
  return found->second == "true" || found->second == "on" || found->second == "yes" ||
         found->second == "1";
}

Proposal fix_for(const Relation& view) {
  const std::string name = name_of(view);
  const auto old = view.options.find("security_invoker");
  Proposal fix = propose(
      "alter_view", fmt::format("Let {} read with its caller's rights", name),
      "The row policies of the tables behind it then apply to whoever asks. Callers need the "
      "right to read those tables themselves.",
      {fmt::format("ALTER VIEW {} SET (security_invoker = true)", name)},
      {old == view.options.end()
           ? fmt::format("ALTER VIEW {} RESET (security_invoker)", name)
           : fmt::format("ALTER VIEW {} SET (security_invoker = {})", name, old->second)});
  fix.impact.lock = Lock::access_exclusive;
  fix.effort = 2;
  fix.risk = 3;
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation& view : look.catalog.relations) {
    if (view.kind != RelationKind::view || is_on(view)) continue;
    const catalog::Object object = catalog::object_of(view);
    std::vector<std::string> tables;
    for (const catalog::Dependency& dependency : look.catalog.dependencies) {
      if (dependency.object != object) continue;
      for (const Relation* table : own_tables(look.catalog))
        // Policies that are not switched on yet count: they will be.
        if ((table->row_security || !table->policies.empty()) &&
            catalog::object_of(*table) == dependency.needs)
          tables.push_back(table->name);
    }
    if (tables.empty()) continue;
    std::optional<Proposal> fix;
    if (look.catalog.server.version_number >= 150000) fix = fix_for(view);
    verdict.find(about(object),
                 fmt::format("{} reads {} with its owner's rights: the row policies there don't "
                             "see who is asking",
                             view.name, some_of(tables)),
                 {{"tables", join(tables, ", ")}, {"owner", view.owner}}, std::move(fix));
  }
}

}  // namespace

extern const Rule view_bypasses_rls;
const Rule view_bypasses_rls = {
    .name = "view-bypasses-rls",
    .area = Area::security,
    .summary = "A view reads tables with row policies with its owner's rights",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

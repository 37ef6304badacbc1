#include "migration/plan/way_back.h"

#include <algorithm>
#include <iterator>

#include "catalog/diff.h"
#include "engine/postgres/sandbox.h"
#include "migration/plan/online.h"
#include "migration/plan/route.h"

namespace architrave::migration {

Result<Script> way_back(const catalog::Catalog& before, const catalog::Catalog& after,
                        const postgres::Installation& installation) {
  const auto hold =
      [&](const catalog::Catalog& catalog) -> Result<std::unique_ptr<engine::Sandbox>> {
    auto sandbox = postgres::sandbox_with(catalog, nullptr, installation);
    if (!sandbox) return fail(sandbox);
    return std::unique_ptr<engine::Sandbox>(std::move(*sandbox));
  };
  Script script;
  Fixpoint fixpoint(hold, postgres::Server::role);
  const auto changes = fixpoint.difference(after, before);
  if (!changes) return std::unexpected(changes.error());
  if (changes->empty()) return script;
  auto work = hold(after);
  if (!work) return fail(work);
  const auto route = find_route(
      **work, before, fixpoint, postgres::Server::role,
      [](engine::Sandbox& sandbox) { return sandbox.read(); }, {.steps = {}, .holds = &after},
      Gone::made_up);
  if (!route) return std::unexpected(route.error());
  if (!route->left_over.empty())
    return fail("plan.no_way",
                "no statement was found for: " + catalog::describe(route->left_over.front()),
                to_string(route->left_over.front().object));
  Work back = online(route->steps, {}, after, before,
                     {.version = after.server.version_number, .in_place = true});
  for (std::vector<Step>* phase : {&back.expand, &back.migrate, &back.contract})
    std::ranges::move(*phase, std::back_inserter(script.steps));
  return script;
}

}  // namespace architrave::migration

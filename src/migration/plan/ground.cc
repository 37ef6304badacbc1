#include "migration/plan/ground.h"

#include <algorithm>
#include <map>
#include <utility>

#include "catalog/acl.h"
#include "catalog/lookup.h"
#include "catalog/postgres/writer.h"
#include "engine/postgres/server.h"
#include "migration/plan/kept.h"

namespace architrave::migration {

using catalog::Catalog;

Ground::Ground(engine::Opened& from, engine::Opened& to, bool sees_kept)
    : from_(from),
      to_(to),
      sees_kept_(sees_kept),
      role_(from.source.kind == "live" ? from.catalog.server.role
                                       : std::string(postgres::Server::role)),
      fixpoint_([this](const Catalog& catalog) { return hold_bare(catalog); }, role_) {
  adopt_owners();
}

// A file says nothing of who owns what it makes, unless it does: objects keep their owner, and
// new ones are whose migration it is.
void Ground::adopt_owners() {
  if (to_.source.kind != "file" && to_.source.kind != "folder") return;
  replace_role(to_.catalog, postgres::Server::role, role_);
  const auto all = [&](const auto& old_list, auto& new_list, auto key) {
    std::map<std::string, std::string> owners;
    for (const auto& each : old_list) owners[key(each)] = each.owner;
    for (auto& each : new_list) {
      const auto had = owners.find(key(each));
      if (each.owner != role_ || had == owners.end() || had->second == role_) continue;
      each.owner = had->second;
      catalog::replace_role(each.acl, role_, each.owner);
    }
  };
  const auto name = [](const auto& each) { return each.name; };
  const auto object = [](const auto& each) { return to_string(object_of(each)); };
  all(from_.catalog.schemas, to_.catalog.schemas, name);
  all(from_.catalog.types, to_.catalog.types, object);
  all(from_.catalog.sequences, to_.catalog.sequences, object);
  all(from_.catalog.relations, to_.catalog.relations, object);
  all(from_.catalog.routines, to_.catalog.routines, object);
  all(from_.catalog.others, to_.catalog.others,
      [](const catalog::OtherObject& each) { return each.schema + '.' + each.name; });
}

// Without what is kept aside, which nobody asked for.
Result<std::vector<catalog::Change>> Ground::compare() {
  if (!sees_kept_) {
    forget_kept(from_.catalog);
    forget_kept(to_.catalog);
  }
  return fixpoint_.difference(from_.catalog, to_.catalog);
}

Result<Catalog> Ground::look(engine::Sandbox& sandbox) const {
  Result<Catalog> catalog = sandbox.read();
  if (!catalog) return catalog;
  replace_role(*catalog, postgres::Server::role, role_);
  if (!sees_kept_) forget_kept(*catalog);
  return catalog;
}
Result<std::unique_ptr<engine::Sandbox>> Ground::hold_bare(const Catalog& catalog) const {
  engine::Opened opened;
  opened.catalog = catalog;
  opened.start_sandbox = from_.start_sandbox;
  return opened.start_sandbox(opened, engine::Fill::definitions);
}

Result<std::unique_ptr<engine::Sandbox>> Ground::hold(const Catalog& catalog) {
  auto sandbox = hold_bare(catalog);
  if (!sandbox) return sandbox;
  if (Status made = make_roles(**sandbox); !made) return fail(made);
  return sandbox;
}

Result<std::unique_ptr<engine::Sandbox>> Ground::hold_definitions(engine::Sandbox& sandbox) {
  auto all = sandbox.read();
  if (!all) return fail(all);
  return hold(*all);
}

Status Ground::make_roles(engine::Sandbox& sandbox) const {
  const std::vector<std::string> known = postgres::roles_named(from_.catalog);
  std::vector<engine::Unit> units;
  for (const std::string& role : postgres::roles_named(to_.catalog)) {
    if (std::ranges::find(known, role) != known.end()) continue;
    units.push_back({{"CREATE ROLE " + catalog::quote_identifier(role)}, true});
  }
  auto outcomes = sandbox.run(units);  // one that is there already is no harm
  if (!outcomes) return fail(outcomes);
  return {};
}

}  // namespace architrave::migration

// Where a plan is tried: sandboxes that hold what there is, seen as those see it who run the
// migration.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/diff.h"
#include "engine/engine.h"
#include "migration/plan/route.h"

namespace architrave::migration {

class Ground {
 public:
  // Gives objects of `to` the owners that a file does not speak of. `sees_kept`: what is kept aside
  // is part of a catalog, and may be dropped. Both must outlive it.
  Ground(engine::Opened& from, engine::Opened& to, bool sees_kept);
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;

  const std::string& role() const { return role_; }  // who runs the migration
  Fixpoint& fixpoint() { return fixpoint_; }

  Result<std::vector<catalog::Change>> compare();
  // The catalog as far as it is the plan's: with its roles, without what is kept aside in it.
  Result<catalog::Catalog> look(engine::Sandbox& sandbox) const;
  Look looking() const {
    return [this](engine::Sandbox& sandbox) { return look(sandbox); };
  }
  // A sandbox of this catalog, with all roles.
  Result<std::unique_ptr<engine::Sandbox>> hold(const catalog::Catalog& catalog);
  // What another holds, without its rows.
  Result<std::unique_ptr<engine::Sandbox>> hold_definitions(engine::Sandbox& sandbox);
  // Roles are the server's and no migration makes them; those that TO names must be there.
  Status make_roles(engine::Sandbox& sandbox) const;

 private:
  Result<std::unique_ptr<engine::Sandbox>> hold_bare(const catalog::Catalog& catalog) const;
  void adopt_owners();

  engine::Opened& from_;
  engine::Opened& to_;
  const bool sees_kept_;
  const std::string role_;
  Fixpoint fixpoint_;
};

}  // namespace architrave::migration

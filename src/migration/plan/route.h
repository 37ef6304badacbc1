// The way from what a sandbox holds to another catalog, walked: the statements are found by
// comparing the catalogs, run, and what the server says to them or has made of them is taken into
// account until it holds what was asked for.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/diff.h"
#include "catalog/postgres/transition.h"
#include "engine/engine.h"

namespace architrave::migration {

struct Route {
  std::vector<postgres::Step> steps;  // in order; every statement has run without an error
  std::vector<postgres::Loss> losses;
  catalog::Catalog arrived;                // what the sandbox holds now
  std::vector<catalog::Change> left_over;  // how that differs from what was asked for
};

// Makes catalogs comparable: each is written into a fresh server and read back, since a definition
// that a server has read twice may read otherwise than one it has read once.
class Fixpoint {
 public:
  // Makes a server that holds this catalog.
  using Maker = std::function<Result<std::unique_ptr<engine::Sandbox>>(const catalog::Catalog&)>;
  // `role` is who a sandbox's superuser stands for: what that one owns there, this one would.
  Fixpoint(Maker maker, std::string role) : maker_(std::move(maker)), role_(std::move(role)) {}
  // How the one differs from the other, but for the order of columns and of privileges.
  Result<std::vector<catalog::Change>> difference(const catalog::Catalog& a,
                                                  const catalog::Catalog& b);
  // The catalog as a server has it that was given its definitions.
  Result<catalog::Catalog> settled(const catalog::Catalog& catalog);

 private:
  std::vector<catalog::Change> compare(catalog::Catalog a, catalog::Catalog b) const;
  Maker maker_;
  std::string role_;
  // `b` of the last question, which comes again.
  const catalog::Catalog* last_ = nullptr;
  catalog::Catalog last_settled_;
};

// How a sandbox's catalog is seen: with what is left out of it, and with whose objects are whose.
using Look = std::function<Result<catalog::Catalog>(engine::Sandbox&)>;

// What rows get in a column that takes no nulls and has no default: whoever wants the column has to
// say, or, on a way back from where its values were given up, something that says nothing.
enum class Gone { asked_for, made_up };

// Where a route starts.
struct Start {
  std::vector<postgres::Step> steps;        // were run already and begin the route: renames
  const catalog::Catalog* holds = nullptr;  // what the sandbox holds, where that is known
  // Columns whose values are made up in any case: there may be rows, though none are at hand.
  std::set<std::string> made_up = {};
};

// `role` runs the migration and owns what it makes. Error "plan.no_way", at the object, with the
// statement that no second thought could make run.
Result<Route> find_route(engine::Sandbox& sandbox, const catalog::Catalog& to, Fixpoint& fixpoint,
                         const std::string& role, const Look& look, Start start = {},
                         Gone gone = Gone::asked_for);

// "column app.orders.note: added and 2 more"
std::string first_of(const std::vector<catalog::Change>& changes);

// Puts a role in the place of another, as owner and in privileges.
void replace_role(catalog::Catalog& catalog, const std::string& from, const std::string& to);

}  // namespace architrave::migration

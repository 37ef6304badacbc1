// The way back of a plan's phases, the last one first: found by comparing the catalogs around each,
// and gone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/postgres/transition.h"
#include "engine/engine.h"
#include "migration/plan/ground.h"
#include "migration/plan/online.h"
#include "migration/plan/plan.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// What a way back undoes before all else, where its phase has done it.
struct Undo {
  std::string statement;  // the last of those that are undone
  postgres::Step back;
};

// What is known from the way there.
struct Ascent {
  Ground& ground;
  const std::vector<catalog::Catalog>& states;  // before the first phase and after each
  const std::vector<Undo>& undo;
  const std::vector<Swap>& swaps;
  const OnlineOptions& how;
  bool may_be_new = true;  // what was no swap there may be one on the way back
};

// Writes each phase's `down`, and takes `walked`, which holds what the plan leads to and its rows,
// back to where it began. Whether it comes back; absent if rows whose values are made up stand in
// the way, and it came back without. Why it is refused, in the plan.
Result<Claim> descend(Plan& plan, std::unique_ptr<engine::Sandbox>& walked, const Ascent& there);

}  // namespace architrave::migration

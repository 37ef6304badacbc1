// Rows that a plan's new schema has no room for, asked for where they are, and why it is refused
// then.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "migration/plan/demands.h"
#include "migration/plan/phases.h"
#include "migration/plan/plan.h"

namespace architrave::migration {

using Fills = std::map<std::string, std::string>;  // what rows without a value get, by column

// A new column that takes no nulls needs a value for the rows that are there. `begin` is what
// `from` has once it is renamed.
Status refuse_missing_values(Plan& plan, engine::Opened& from, engine::Sandbox& origin,
                             const catalog::Catalog& begin, const catalog::Catalog& to,
                             const Fills& fill);

// Of a live database's rows, which no sandbox holds. What is not answered in a moment is left to
// the statistics.
Status ask_live(Plan& plan, engine::Opened& from, const std::vector<Demand>& demands);

// Of the rows that the proof met with when it stopped in `walked`. `origin` holds them as they
// were.
Status refuse_misfits(Plan& plan, const Failure& failure, engine::Sandbox& origin,
                      engine::Sandbox& walked, const std::vector<Demand>& demands,
                      const Fills& fill);

// What the rows of the sandbox have against the way from the one to the other, or else what the
// server says.
Result<std::string> why_rows_stop(engine::Sandbox& sandbox, const Failure& failure,
                                  const catalog::Catalog& from, const catalog::Catalog& to);

}  // namespace architrave::migration

// Rows that a plan's new schema has no room for, asked for where they are, and why it is refused
// then.
#pragma once

#include <functional>
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
// `from` has once it is renamed, `names` what that was called before.
Status refuse_missing_values(Plan& plan, engine::Opened& from, engine::Sandbox& origin,
                             const catalog::Catalog& begin, const OldNames& names,
                             const catalog::Catalog& to, const Fills& fill);

// Of rows as they are, before anything is tried: those of a live database, which no sandbox holds.
// What is not answered in a moment is left to the statistics.
using Ask =
    std::function<Result<std::vector<engine::Attempt>>(const std::vector<std::string>&, double)>;
Status ask_ahead(Plan& plan, const Ask& ask, const std::vector<Demand>& demands);

// Of the rows that the proof met with when it stopped in `walked`. `origin` holds them as they
// were, and is asked `before`; `then` is for those that were met.
Status refuse_misfits(Plan& plan, const Failure& failure, engine::Sandbox& origin,
                      engine::Sandbox& walked, const std::vector<Demand>& before,
                      const std::vector<Demand>& then, const Fills& fill);

// What the rows of the sandbox have against the way from the one to the other, or else what the
// server says.
Result<std::string> why_rows_stop(engine::Sandbox& sandbox, const Failure& failure,
                                  const catalog::Catalog& from, const catalog::Catalog& to);

// All that was to be kept aside and can't be.
void refuse_kept(Plan& plan, const std::string& why);

}  // namespace architrave::migration

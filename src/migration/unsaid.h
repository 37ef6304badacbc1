// A model file has no words for much of what a database holds: Prisma's none for functions,
// triggers, checks and partial indexes. What it can't say it does not deny: beside a model, such
// things stay as they are, in a comparison as in a plan.
#pragma once

#include "engine/engine.h"

namespace architrave::migration {

// Takes over into the catalog of the one that is a model what only the other's can say, and notes
// in its `notes` what that was. Nothing where neither or both are.
void keep_unsaid(engine::Opened& from, engine::Opened& to);

}  // namespace architrave::migration

// The planner of a twin whose server has no HypoPG. The indexes that could be there are made:
// empty, like all that a twin holds, and as long as they would be. Until a question puts them
// there, in a transaction that is rolled back, they are no part of their tables, and the planner
// does not even open them.
#pragma once

#include <memory>

#include "engine/planner.h"
#include "engine/postgres/sandbox.h"

namespace architrave::postgres {

// Of a sandbox with statistics, which must outlive it and is left without what was made; or of one
// that the planner keeps.
Result<std::unique_ptr<engine::Planner>> make_empty_indexes(PostgresSandbox& twin);
Result<std::unique_ptr<engine::Planner>> make_empty_indexes(std::unique_ptr<PostgresSandbox> twin);

}  // namespace architrave::postgres

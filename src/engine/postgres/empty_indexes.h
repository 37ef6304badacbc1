// The planner of a twin whose server has no HypoPG. The indexes that could be there are made:
// empty, like all that a twin holds, and as long as they would be. Until a question puts them
// there, in a transaction that is rolled back, they are no part of their tables, and the planner
// does not even open them. What the asker does not know (an index's length, how many rows a partial
// one has) is reckoned from the twin's statistics.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/planner.h"
#include "engine/postgres/sandbox.h"

namespace architrave::postgres {

// Of a sandbox with statistics, which must outlive it and is left without what was made; or of one
// that the planner keeps.
Result<std::unique_ptr<engine::Planner>> make_empty_indexes(PostgresSandbox& twin);
Result<std::unique_ptr<engine::Planner>> make_empty_indexes(std::unique_ptr<PostgresSandbox> twin);

// Makes it seem as if indexes had been created in the twin.
struct Supposed {
  std::vector<std::string> statements;      // put them there for a transaction, of any session
  std::unique_ptr<engine::Planner> keeper;  // they are gone with it
};
// `create_indexes`: CREATE INDEX statements, whose names are those of the twin's own session, with
// its search path. Errors: "explain.index" for one that the server does not take.
Result<Supposed> suppose_empty(PostgresSandbox& twin,
                               const std::vector<std::string>& create_indexes);

}  // namespace architrave::postgres

// Statements tried in a transaction that is rolled back.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/attempt.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

// See engine::Sandbox::attempt.
Result<std::vector<engine::Attempt>> attempt(Connection& connection,
                                             const std::vector<std::string>& statements,
                                             double seconds);

}  // namespace architrave::postgres

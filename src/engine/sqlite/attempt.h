// Statements tried on a SQLite database in one transaction that is rolled back, see attempt.h of
// the engines. A file that is opened read-only stays as it is whatever they say.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/attempt.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite {

Result<std::vector<engine::Attempt>> attempt(Connection& connection,
                                             const std::vector<std::string>& statements,
                                             double seconds);

}  // namespace architrave::sqlite

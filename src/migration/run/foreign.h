// The histories that other tools keep, read so that Architrave can take over from them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/files.h"
#include "migration/run/history.h"

namespace architrave::migration {

// The tools whose tables are there: "flyway", "golang-migrate", "dbmate", "sqitch", "prisma",
// "diesel".
Result<std::vector<std::string>> foreign_histories(postgres::Connection& connection);

// What the tool has applied, as entries for the folder's migrations in its order. Errors
// "migration.takeover": no such table, something that failed half way there, something applied that
// the folder has not.
Result<std::vector<Entry>> read_foreign(postgres::Connection& connection, const std::string& tool,
                                        const Folder& folder);

}  // namespace architrave::migration

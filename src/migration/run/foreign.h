// The histories that other tools keep, read so that Architrave can take over from them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migration/files.h"
#include "migration/run/history.h"

namespace architrave::migration {

// A database that is asked: rows of text.
struct Asked {
  Dialect dialect = Dialect::postgresql;
  std::function<Result<std::vector<std::vector<std::string>>>(const std::string& query)> ask;
};

// The tools whose tables are there: "flyway", "golang-migrate", "dbmate", "sqitch", "prisma",
// "diesel". (On SQLite sqitch has a file of its own.)
Result<std::vector<std::string>> foreign_histories(const Asked& database);

// What the tool has applied, as entries for the folder's migrations in its order. Errors
// "migration.takeover": no such table, something that failed half way there, something applied that
// the folder has not.
Result<std::vector<Entry>> read_foreign(const Asked& database, const std::string& tool,
                                        const Folder& folder);

}  // namespace architrave::migration

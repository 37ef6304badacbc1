// DBML (dbml.org) as the database that its own dbml2sql makes of it for PostgreSQL, but that
// foreign keys are not deferrable. Notes become comments; groups, colours and records are no part
// of it.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/model/schema.h"

namespace architrave::model {

// `engine`: "postgresql", "sqlite", or "" for what the Project says, else PostgreSQL. Errors:
// "model.syntax", "model.meaning" (a table, column or partial that is not there),
// "source.unsupported" (the Project's database_type is another).
Result<Schema> read_dbml(const std::vector<File>& files, std::string_view engine);

}  // namespace architrave::model

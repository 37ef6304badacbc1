// A Catalog as SQLite's SQL.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::sqlite {

// Statements without their semicolons, in an order that loads: the settings that a file keeps,
// tables, indexes, views, triggers. What has a definition is written as it stands there; what has
// none, from its structure.
std::vector<std::string> write(const catalog::Catalog& catalog);

}  // namespace architrave::sqlite

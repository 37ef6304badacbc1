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

// One of them each.
std::string table_text(const catalog::Relation& table);
std::string index_text(const catalog::Relation& table, const catalog::Index& index);
std::string view_text(const catalog::Relation& view);

}  // namespace architrave::sqlite

// What is seen of a SQLite database's size and use at one moment.
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite {

// Fills catalog.server, catalog.settings, and the stats of relations and indexes. What takes too
// long or can't be read goes to catalog.unread.
Status measure(Connection& connection, catalog::Catalog& catalog);

}  // namespace architrave::sqlite

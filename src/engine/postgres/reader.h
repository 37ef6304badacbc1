// Reads a PostgreSQL database (13 to 18) into a Catalog: a bounded number of set-based queries,
// sent as one pipeline in one READ ONLY transaction. The queries are engine/postgres/queries/*.sql.
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

struct ReadOptions {
  bool measurements = true;  // sizes, counters, statistics, settings; false: definitions alone
};

// What the role may not see is listed in catalog.unread, not an error.
Result<catalog::Catalog> read_catalog(Connection& connection, const ReadOptions& options = {});

}  // namespace architrave::postgres

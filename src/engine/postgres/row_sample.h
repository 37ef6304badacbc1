// The rows of a live database for a sandbox of it: small tables whole, and of the others so many
// that what is tried there meets rows, each with the rows that its foreign keys name.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/engine.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

struct SampleLimits {
  // The smallest tables are taken whole until they have so much together: copies of a sandbox, of
  // which a plan makes many, cost as much each.
  std::int64_t whole_bytes = 16 << 20;
  std::int64_t rows = 1000;            // of every other table, or as many as
  std::int64_t table_bytes = 4 << 20;  // make this up,
  double table_seconds = 5;            // and as can be had in this time;
  double seconds = 20;                 // after this no other table is begun with
};

// Reads in one transaction that can write nothing and locks as SELECT does, and puts the rows into
// a sandbox that holds `catalog`'s definitions and no rows. `wanted` is a catalog whose foreign
// keys the rows are to hold as well as their own: a sample must not break what the whole would
// hold. Errors: "postgres.lost", "interrupted"; what else fails leaves a table without rows, and is
// said in the notes.
Result<engine::RowsTaken> take_rows(Connection& live, Connection& sandbox,
                                    const catalog::Catalog& catalog, const catalog::Catalog& wanted,
                                    const SampleLimits& limits = {});

}  // namespace architrave::postgres

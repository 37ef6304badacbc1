// Runs a backfill: batches in the order of its key, each a transaction that also records how far it
// came.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/backfill.h"
#include "migration/run/blockers.h"
#include "migration/run/options.h"

namespace architrave::migration {

struct Position {
  std::string at;         // as recorded with the last batch; empty at the beginning
  std::int64_t rows = 0;  // of the table that were looked at before
};

// `record` gives the statement that keeps a position, and how many rows it is further than the one
// before; it returns a row if it did. Ends although rows are added meanwhile: those behind the
// key's highest value are looked at up to a fixed number of times.
Status run_backfill(
    postgres::Connection& connection, Blockers& blockers, const Backfill& backfill,
    const Position& from, const RunOptions& options,
    const std::function<std::string(const std::string& at, std::int64_t rows)>& record);

}  // namespace architrave::migration

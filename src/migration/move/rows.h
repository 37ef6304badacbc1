// The rows of a move: read from SQLite, sent by COPY, read back and compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migration/move/mapping.h"
#include "migration/move/state.h"

namespace architrave::migration {

// Where rows come from and where they go, opened anew by each worker.
struct MoveEnds {
  std::filesystem::path source;
  std::string target;
  std::string schema;
  int jobs = 1;
  std::function<void(std::string_view, std::size_t done, std::size_t of)> progress;
};

// Ranges of rowids of about this many rows, and a whole table where it has none; numbered from 0.
std::vector<MovePart> parts_of(const std::vector<MovedTable>& tables,
                               std::int64_t rows_at_once = 200'000);

// Copies the parts that are not done, each in a transaction that says so. The first error ends it;
// what was committed stays.
Status copy_rows(const MoveEnds& ends, const std::vector<MovedTable>& tables, MoveState& state);

// What the tables hold in the target, in the order of `tables`.
Result<std::vector<Checksum>> read_back(const MoveEnds& ends,
                                        const std::vector<MovedTable>& tables);

// A connection whose names mean the target's schema, without a limit on time.
Result<postgres::Connection> connect_to(const MoveEnds& ends);

}  // namespace architrave::migration

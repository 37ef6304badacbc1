// What of a move is done: architrave.moves has a row for each source and schema, and
// architrave.move_parts one for each range of rows and each statement behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/postgres/connection.h"
#include "migration/move/mapping.h"
#include "migration/move/statements.h"

namespace architrave::migration {

struct MovePart {
  int number = 0;
  std::string object;      // a table of the target, or what a statement makes
  std::string sql;         // of a statement; empty for rows
  std::int64_t first = 0;  // rowids; the same twice, 0, for a whole table
  std::int64_t last = 0;
  bool whole = true;
  bool done = false;
  std::int64_t rows = 0;
  std::string checksum;
  std::string problem;  // why a statement did not run as it was written, or not at all
};

struct MoveState {
  std::int64_t id = 0;
  std::string fingerprint;  // of the source and what is made of it
  std::string finished;     // when; empty: not yet
  std::vector<MovePart> parts;
};

// Absent where this source was never moved into this schema.
Result<std::optional<MoveState>> read_state(postgres::Connection& connection,
                                            const std::string& source, const std::string& schema);

// Makes the tables and says so, in one transaction.
Result<MoveState> begin_move(postgres::Connection& connection, const std::string& source,
                             const std::string& schema, const std::string& fingerprint,
                             const MoveStatements& statements, std::vector<MovePart> parts);

// For the transaction that does the part.
Status set_done(postgres::Connection& connection, std::int64_t move, const MovePart& part);
Status set_finished(postgres::Connection& connection, std::int64_t move);

}  // namespace architrave::migration

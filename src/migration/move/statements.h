// A mapped catalog as the statements that make it, around the rows that come.
#pragma once

#include <string>
#include <vector>

#include "migration/move/mapping.h"

namespace architrave::migration {

struct MoveStatement {
  std::string object;  // "index app.orders_by_day"
  std::string sql;
};
struct MoveStatements {
  std::vector<MoveStatement> before;  // the rows come: tables
  std::vector<MoveStatement> after;   // keys, indexes, checks, foreign keys, views
};
MoveStatements statements_of(const Mapping& mapping, int version);

}  // namespace architrave::migration

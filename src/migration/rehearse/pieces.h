// What a statement does to production's tables, as pieces of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/work.h"

namespace architrave::migration {

struct Piece {
  WorkKind work = WorkKind::read;
  const catalog::Relation* table = nullptr;
  std::string index = {};  // that is built
  // Of a change of rows: how many, by a planner's estimate; else all. Or all at most, where a
  // condition stands and no planner was asked.
  std::optional<double> rows = {};
  bool at_most = false;
};
double seconds_of(const Piece& piece);
bool has_rows(const catalog::Relation& table);
// "writes orders anew, builds orders_pkey, orders_note (12 GB, 80,000,000 rows)"
// "changes about 2,000 rows of orders (12 GB, 80,000,000 rows)"
std::string describe(const std::vector<Piece>& pieces);

}  // namespace architrave::migration

// What a statement does to production's tables, as pieces of work.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/work.h"

namespace architrave::migration {

struct Piece {
  WorkKind work = WorkKind::read;
  const catalog::Relation* table = nullptr;
  std::string index = {};  // that is built
};
double seconds_of(const Piece& piece);
bool has_work(const Piece& piece);  // the table is not empty
// "writes orders anew, builds orders_pkey, orders_note (12 GB, 80,000,000 rows)"
std::string describe(const std::vector<Piece>& pieces);

}  // namespace architrave::migration

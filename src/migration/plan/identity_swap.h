// A large table that gets an identity column: the server would write all of it anew to number its
// rows. The column is numbered by a sequence of its own at first, rows that are there in batches,
// and becomes the identity in a moment, which goes on where that sequence was.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// Not of partitioned tables, nor of those that inherit. `others`: tables, as in swaps(), that are
// made anew. `is_undo`: as SwapOptions says.
std::vector<Swap> identity_swaps(const catalog::Catalog& from, const catalog::Catalog& to,
                                 std::int64_t small_bytes, const std::set<std::string>& others,
                                 bool is_undo);

// "ALTER TABLE app.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY".
std::string add_identity(const catalog::Relation& table, const catalog::Column& column);

// One statement that does those given, and has the one sequence go on where the other was.
std::string hand_over(const catalog::Sequence& from, const std::vector<std::string>& statements,
                      const catalog::Sequence& to);

}  // namespace architrave::migration

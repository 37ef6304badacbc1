// A table that becomes partitioned, or partitioned by another key, or is so no more, beside those
// who use it: the new one is made with its partitions and indexes while it is empty, kept equal by
// a trigger and filled in batches, and takes the old one's name in a moment. So do partitions that
// both have. Where only bounds change, the same is done with those partitions alone. And so goes
// what the server writes a whole table anew for and no column beside another can spare: a type in a
// partitioned table, a new column that is computed or of a domain with a check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// Of tables larger than `small_bytes`. What this can't do is left to be done under a lock: tables
// without a key, with triggers, rules or heirs, published ones, and those that lose a column or
// values in the same plan.
std::vector<Swap> table_swaps(const catalog::Catalog& from, const catalog::Catalog& to,
                              std::int64_t small_bytes, const std::string& role);

// The way back of a table swap in the same way: `table` is what it was before the phase that has
// it. Nothing where that can't be.
std::optional<Swap> table_swap_back(const catalog::Catalog& before, const catalog::Catalog& after,
                                    const catalog::Relation& table, const std::string& role);

}  // namespace architrave::migration

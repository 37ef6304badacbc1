// Large partitions that are split, merged or get other bounds, the default among them, beside those
// who use them: the new ones are filled below a table of their own, kept equal by a trigger, and
// attached in a moment, since each has a check of its bound that the server trusts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// Of partitions that have more than `small_bytes` together. What this can't do is left to be done
// under a lock: where triggers, rules or foreign keys look at the table, or it changes otherwise.
std::vector<Swap> partition_swaps(const catalog::Catalog& from, const catalog::Catalog& to,
                                  std::int64_t small_bytes, const std::string& role);

}  // namespace architrave::migration

// A large table that becomes a partition, beside those who use it: what ATTACH would read its rows
// for, or make under its lock, is there before. A check of the bound, and the whole's checks, NOT
// NULLs and foreign keys, not valid at first; then they are validated, and the whole's indexes and
// keys made, one by one. The check of the bound goes once the table is attached.
#pragma once

#include <cstdint>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// Of tables larger than `small_bytes`, or of unknown size. Not for hash and default partitions,
// whose bounds no check proves, nor for tables whose columns change in the same plan.
std::vector<Swap> attachments(const catalog::Catalog& from, const catalog::Catalog& to,
                              std::int64_t small_bytes);

}  // namespace architrave::migration

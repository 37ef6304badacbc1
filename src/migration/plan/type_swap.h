// An enumeration that gives up a label, or orders them in another way, while columns of large
// tables hold it: the new one is made beside it, and a column of it beside each that holds the old
// one; they take their names in one moment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// Each type's swaps, in their order: the type, its columns, its name. What holds values of it in
// another way, an array or a domain, or can't be replaced by a column beside it, is left to be done
// under a lock, with all that has the type.
std::vector<std::vector<Swap>> type_swaps(const catalog::Catalog& from, const catalog::Catalog& to,
                                          std::int64_t small_bytes, const std::string& role);

}  // namespace architrave::migration

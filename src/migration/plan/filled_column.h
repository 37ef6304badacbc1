// A new column whose value rows are given (--fill), while applications that do not know it write
// on: until `contract` a trigger gives it to rows that come without, and again when what it is
// computed from changes. So a column is split into others beside those who use it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// `fill`: expressions, by column, as OnlineOptions has them. Not of heirs and partitions by
// themselves, nor of a type that is new as well. What is tried of an expression is in `trial`.
std::vector<Swap> filled_columns(const catalog::Catalog& from, const catalog::Catalog& to,
                                 const std::map<std::string, std::string>& fill);

}  // namespace architrave::migration

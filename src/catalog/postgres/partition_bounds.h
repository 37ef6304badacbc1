// What bounds of partitions say of rows. Pure: bounds and keys are read from the text that the
// server writes them as, and where that can't be understood nothing is said.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.h"

namespace architrave::postgres {

// The condition, as SQL that never is null, under which a row of the parent belongs into a
// partition of this bound. Of the default: into none of the others that `catalog` has.
std::optional<std::string> belongs(const catalog::Catalog& catalog, const catalog::Relation& parent,
                                   const std::string& bound);

// Whether surely no row belongs into both.
bool are_disjoint(const catalog::Relation& parent, const std::string& bound,
                  const std::string& other);

// Whether surely every row that belonged into a partition of this bound has a place in the catalog:
// in the parent's partitions, or in its default.
bool has_place(const catalog::Catalog& catalog, const catalog::Relation& parent,
               const std::string& bound);

inline constexpr const char* default_bound = "DEFAULT";

}  // namespace architrave::postgres

// Indexes that are there and not needed: the same as another, contained in another, or never used;
// and which of the others may be given up if that spares more than it costs.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::advisor {

// An index that exists for the sake of queries alone: no constraint, foreign key, replica identity
// or partitioned table rests on it.
bool may_be_dropped(const catalog::Relation& table, const catalog::Index& index);
// Whether the checks of a foreign key of the table would be slow without it: no query shows them.
bool serves_foreign_key(const catalog::Relation& table, const catalog::Index& index);

struct Superfluous {
  const catalog::Relation* table;
  const catalog::Index* index;
  std::string why;
};

// `used`: names of indexes that a plan of the workload uses. `added`: indexes that are proposed,
// with the tables that they are on: one that they contain is superfluous once they are there.
std::vector<Superfluous> superfluous_indexes(
    const catalog::Catalog& catalog, const std::set<std::string>& used,
    const std::vector<std::pair<const catalog::Relation*, const catalog::Index*>>& added);

}  // namespace architrave::advisor

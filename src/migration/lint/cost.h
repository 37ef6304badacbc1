// How long a statement works on tables while it holds their locks, reckoned from their sizes.
#pragma once

#include <cstdint>
#include <vector>

#include "migration/effects.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

struct Cost {
  bool known = false;  // there is a size of what it reads or writes anew
  double seconds = 0;
  std::int64_t bytes = 0;  // of those tables, with their indexes
  int partitions = 0;      // how many of them are reached through the one that is named
  bool rewrites = false;
};

// Of each of the statement's effects, in their order; that of a table holds that of its partitions.
std::vector<Cost> costs_of(const Statement& statement);

}  // namespace architrave::migration::lint

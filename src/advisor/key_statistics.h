// What a catalog's foreign keys and a workload's joins say of columns that depend on each other.
#pragma once

#include <vector>

#include "catalog/key_statistics.h"
#include "sql/query_facts.h"

namespace architrave::advisor {

// Columns refer to a key of several by a foreign key, or because queries join them with it.
catalog::KeyStatistics key_statistics_of(const catalog::Catalog& catalog,
                                         const std::vector<sql::QueryFacts>& facts);

}  // namespace architrave::advisor

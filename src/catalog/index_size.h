// How many bytes an index will take, from what is known of its table's rows: the page layout of
// PostgreSQL's B-tree with its deduplication (src/backend/access/nbtree/README), which HypoPG's
// estimate leaves out; and of the other methods by their own layouts, more roughly.
#pragma once

#include <cstdint>
#include <optional>

#include "catalog/catalog.h"
#include "catalog/key_statistics.h"

namespace architrave::catalog {

// Bytes right after CREATE INDEX of an index on `rows` of the table's rows (a partial index has
// fewer). Absent where the table was never analyzed.
std::optional<std::int64_t> index_bytes(const Relation& table, const Index& index,
                                        int server_version, std::optional<double> rows = {},
                                        const KeyStatistics& statistics = {});

// Rows as the planner knows them; absent where it knows nothing.
std::optional<double> rows_of(const Relation& table);

// Different values of a column among so many rows, as its statistics have it.
double distinct_of(const Column& column, double rows);

}  // namespace architrave::catalog

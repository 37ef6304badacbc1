// How two catalogs differ. Measurements (sizes, counters, settings, roles) take no part.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::catalog {

struct Change {
  enum class What { added, removed, changed };
  What what = What::changed;
  Object object;         // the table for a change of its options, the column for its type, …
  std::string property;  // of a changed object: the field's name, such as "type"
  std::string before;    // as text; JSON for what is not a string
  std::string after;
};

// In the order of the catalog's lists. An object that was added or removed is one change, without
// changes for what it contains. Columns that stand in another order are a change of the table's
// property "column_order".
std::vector<Change> diff(const Catalog& before, const Catalog& after);

// The same as diff(before, after).empty(), and faster.
bool equal(const Catalog& a, const Catalog& b);

// "column app.orders.total: type integer -> bigint"
std::string describe(const Change& change);

}  // namespace architrave::catalog

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

// The same of two parts.
bool equal(const Type& a, const Type& b);
bool equal(const Sequence& a, const Sequence& b);
bool equal(const Routine& a, const Routine& b);
bool equal(const Relation& a, const Relation& b);
bool equal(const OtherObject& a, const OtherObject& b);
bool equal(const Column& a, const Column& b);
bool equal(const Constraint& a, const Constraint& b);
bool equal(const Index& a, const Index& b);
bool equal(const Trigger& a, const Trigger& b);
bool equal(const RewriteRule& a, const RewriteRule& b);
bool equal(const Policy& a, const Policy& b);

// "column app.orders.total: type integer -> bigint"
std::string describe(const Change& change);

}  // namespace architrave::catalog

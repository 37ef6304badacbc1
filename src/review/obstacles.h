// What stands in the way of changing a column: what can't be moved, and views, which can be dropped
// and made again around the change.
#pragma once

#include <set>
#include <string>

#include "catalog/catalog.h"
#include "proposal/rule.h"

namespace architrave::review {

// What stands in the way of changing the type of a column.
struct Obstacles {
  std::string why;  // what can't be moved, such as "policy own_rows uses it"; empty if nothing
  std::set<catalog::Object> views;  // to be dropped before the change and made again after it
};
Obstacles obstacles(const Look& look, const catalog::Relation& relation,
                    const catalog::Column& column);

// Drops the views before `up` and `down` and makes them again after it; says so in `why`.
void put_views_around(const Look& look, const std::set<catalog::Object>& views, Proposal& fix);

// The first thing that stores rows of this table in a column of its own, directly or in an array,
// domain or composite type ("app.history.old_row"); empty if none does. The server then refuses
// what would rewrite the table.
std::string stores_rows_of(const catalog::Catalog& catalog, const catalog::Relation& relation);

}  // namespace architrave::review

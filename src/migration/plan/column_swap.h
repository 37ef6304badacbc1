// Columns that take the places of others of their name: each is made beside the one whose type
// changes, kept equal to it by a trigger and filled in batches, and named in a moment.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/lookup.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// A column, and what it becomes under the same name.
using Retyping = std::pair<catalog::Column, catalog::Column>;

// For every column of a large table whose values would have to be written anew under a lock; those
// of a table belong together.
// `small_bytes`: tables of at most that size are changed in place; so is what this can't do.
// `others`: tables and columns, as Swap::of names them, for which it is done in another way.
std::vector<std::vector<Swap>> swaps(const catalog::Catalog& from, const catalog::Catalog& to,
                                     std::int64_t small_bytes, const std::set<std::string>& others);

// Those of a table whose values are written anew, and that can be replaced by ones beside them.
std::vector<Retyping> retyped_columns(const catalog::Catalog& from, const catalog::Relation& table,
                                      const catalog::Relation& now);

// Whether a column can be replaced by one beside it: not of a partition or an heir, nor one that
// others are computed from, or that is in an index which can't be made twice.
bool can_swap(const catalog::Relation& table, const catalog::Column& column);

// Puts the new ones, of any type, in the places of the old ones.
std::vector<Swap> column_swaps(const catalog::Lookup& lookup, const catalog::Relation& table,
                               const std::vector<Retyping>& columns);
// The old ones take their places again beside those who use them, and have their values where those
// are still what the new ones hold. `table` has the new ones, `columns` lead from these to the old
// ones, which `before` had. Where the old ones are not there, none of it can be done.
std::vector<Swap> column_swaps_back(const catalog::Lookup& lookup, const catalog::Relation& table,
                                    const std::vector<Retyping>& columns,
                                    const catalog::Relation& before);

// Whether two values of a column's type differ, as SQL. Some types know no equality, or one that is
// none: boxes are equal if their areas are.
std::string differ(const std::string& a, const std::string& b, const catalog::Column& column);

// "CREATE INDEX CONCURRENTLY i__new ON …" of an index, with columns by other names.
std::string index_twin(const catalog::Index& index, const std::vector<Retyping>& columns,
                       std::string (*naming)(const std::string&));

// The name of a trigger that fires behind a table's own, which go by their names and may set a
// column too.
std::string last_trigger(const std::string& name);

}  // namespace architrave::migration

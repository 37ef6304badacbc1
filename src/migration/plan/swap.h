// What is made beside those who use a table, and takes the old one's place and name in a moment: a
// column of another type, kept equal by a trigger and filled in batches; an index or a key. Tables
// and what they need to be attached are swaps as well, see table_swap.h and attachment.h.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/lookup.h"
#include "migration/files.h"

namespace architrave::migration {

struct Swap {
  std::string of;                     // "column app.orders.total", as catalog::to_string has it
  std::vector<std::string> replaced;  // the same of what the old one is called afterwards
  std::string loses;                  // "values that date does not hold"; empty: none
  std::vector<std::string> prepare;   // the new column and its trigger
  std::vector<std::string> trial;     // what the trigger does, on no row: to be tried once, not run
  std::vector<Backfill> fills;
  std::vector<Statement> alone;        // twins of indexes on the old column; validations
  catalog::ObjectName not_null_table;  // empty: it may be null
  std::string not_null_column;
  std::vector<Statement> take_place;    // in one transaction
  std::vector<std::string> until_then;  // "app.orders.c": constraints that go at its end
  // What undoes its taking place: the old one has the rows again, or the new one its other name.
  // Else that is for the route to find.
  std::vector<std::string> back;
  // What may undo it beside those who use the table: column_swaps_back(), table_swap_back().
  enum class Kind { other, column, table } kind = Kind::other;
};

// What goes by another name until it takes its place, and what goes by another from then on.
std::string new_name(const std::string& name);
std::string old_name(const std::string& name);

// A column, and what it becomes under the same name.
using Retyping = std::pair<catalog::Column, catalog::Column>;

// For every column of a large table whose values would have to be written anew under a lock; those
// of a table belong together.
// `small_bytes`: tables of at most that size are changed in place; so is what this can't do.
// `others`: tables, as above, for which all is done in another way.
std::vector<std::vector<Swap>> swaps(const catalog::Catalog& from, const catalog::Catalog& to,
                                     std::int64_t small_bytes, const std::set<std::string>& others);

// Whether a column can be replaced by one beside it: not of a partition or an heir, nor one that
// others are computed from, or that is in an index which can't be made twice.
bool can_swap(const catalog::Relation& table, const catalog::Column& column);

// Puts the new ones, of any type, in the places of the old ones.
std::vector<Swap> column_swaps(const catalog::Lookup& lookup, const catalog::Relation& table,
                               const std::vector<Retyping>& columns);
// The old ones take their places again beside those who use them, and have their values where those
// are still what the new ones hold. `table` has the new ones, `columns` lead from these to the old
// ones. Where the old ones are not there, none of it can be done.
std::vector<Swap> column_swaps_back(const catalog::Lookup& lookup, const catalog::Relation& table,
                                    const std::vector<Retyping>& columns);

// For every index and key of a large table that is another under the same name from now on: the new
// one is made beside it, so that the table is never without.
std::vector<Swap> replacements(const catalog::Catalog& from, const catalog::Catalog& to,
                               std::int64_t small_bytes, const std::set<std::string>& others);

// New types that values of a large table go to, made before all else.
std::vector<Swap> new_types(const catalog::Catalog& from, const catalog::Catalog& to,
                            std::int64_t small_bytes, const std::string& role);

// A domain whose values are looked at: a column of it is not added without.
bool is_checked(const catalog::Type& type);

// "ALTER TABLE app.orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey__new".
std::string add_key(const catalog::Relation& table, const catalog::Constraint& key,
                    const std::string& index);

// A value of the one column as one of the other.
std::string as_type_of(const std::string& value, const catalog::Column& a,
                       const catalog::Column& b);

// All that swaps do to definitions, in order, as a transaction can, and their trials; or what they
// do once rows are there.
std::vector<std::string> statements_of(const std::vector<Swap>& swaps, bool from_the_start = true);

// A key by which a table's rows can be taken in order; empty if it has none.
std::vector<std::string> key_of(const catalog::Relation& table);

}  // namespace architrave::migration

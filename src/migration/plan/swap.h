// What is made beside those who use a table, and takes the old one's place and name in a moment:
// columns (column_swap.h), indexes and keys (index_swap.h), identities, types, tables, partitions,
// and what tables need to be attached (attachment.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "migration/files.h"

namespace architrave::migration {

struct Swap {
  std::string of;                     // "column app.orders.total", as catalog::to_string has it
  std::vector<std::string> replaced;  // the same of what the old one is called afterwards
  // {"column app.orders.total", "values that date does not hold"}
  std::vector<std::pair<std::string, std::string>> loses;
  std::vector<std::string> prepare;  // the new column and its trigger
  std::vector<std::string> trial;    // what the trigger does, on no row: to be tried once, not run
  std::vector<Backfill> fills;
  std::vector<Statement> alone;        // twins of indexes on the old column; validations
  catalog::ObjectName not_null_table;  // empty: it may be null
  std::string not_null_column;
  std::vector<Statement> take_place;    // in one transaction
  std::vector<std::string> until_then;  // "app.orders.c": constraints that go at its end
  // What undoes its taking place: the old one has the rows again, or the new one its other name.
  // Else that is for the route to find.
  std::vector<std::string> back;
  // What may undo it beside those who use the table: column_swaps_back(), table_swap_back(). An old
  // name is kept (old_column.h) before its object is renamed; all others come behind renames.
  // What keeps a new column filled takes no place.
  enum class Kind { other, column, table, old_name, filled } kind = Kind::other;
  std::string value;  // of an old name: the column by its new one
};

// What goes by another name until it takes its place, and what goes by another from then on.
std::string new_name(const std::string& name);
std::string old_name(const std::string& name);

// New types that values of a large table go to, made before all else.
std::vector<Swap> new_types(const catalog::Catalog& from, const catalog::Catalog& to,
                            std::int64_t small_bytes, const std::string& role);

// A domain whose values are looked at: a column of it is not added without.
bool is_checked(const catalog::Type& type);

// Whether an expression names a column.
bool names(std::string_view sql, const catalog::Column& column);

// All that swaps do to definitions, in order, as a transaction can, and their trials; or what they
// do once rows are there.
std::vector<std::string> statements_of(const std::vector<Swap>& swaps, bool from_the_start = true);

// Those that come before a swap takes place, as a transaction can do them, without the rows.
std::vector<std::string> statements_before(const Swap& swap);

// A key by which a table's rows can be taken in order; empty if it has none.
std::vector<std::string> key_of(const catalog::Relation& table);

}  // namespace architrave::migration

// A backfill: one UPDATE over a whole table, taken in batches of a key's order, each its own
// transaction, so that no row stays locked for long and what was done stays done.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::migration {

struct Backfill {
  std::string table;  // as SQL writes it: "public.orders"
  // Names (not quoted) of the columns of a unique key without nulls, the order of the batches.
  // Empty: batches are ranges of the table's blocks, and `where` must turn false for a done row.
  std::vector<std::string> key;
  std::string set;    // "price_cents = round(price * 100)", which may name the table's columns
  std::string where;  // which rows are still to be done, as a condition; empty: all
  // The table's triggers do not fire, as they would not if the server wrote the table anew, where
  // the role may say so (session_replication_role). Foreign keys are not looked at either.
  bool past_triggers = false;
  bool operator==(const Backfill&) const = default;
};

// As it stands in a file: a line `-- architrave:backfill {…}` that the runner obeys, and below it a
// DO block (without its semicolon) that does the same under plain psql, where it must stand outside
// of a transaction.
std::string backfill_statement(const Backfill& backfill);
// The DO block alone.
std::string backfill_block(const Backfill& backfill);

// Reads what stands behind "-- architrave:backfill ". Error "migration.backfill".
Result<Backfill> parse_backfill(std::string_view json);

}  // namespace architrave::migration

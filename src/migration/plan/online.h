// A route turned into work that a busy database can bear: what would lock a table while it is read
// or written anew is done beside those who use it, in phases.
//
//   an index                     CONCURRENTLY, by itself; so is its drop
//   a key                        the index so, then ADD CONSTRAINT … USING INDEX
//   a foreign key, a check       NOT VALID, then VALIDATE by itself
//   NOT NULL                     a check of it, validated; then SET NOT NULL, which trusts it
//   a column with a default      the column, then the default, then a backfill
//     that each row computes
//   a partitioned table's        each partition's so, before the whole's takes them in
//   an index, a key that is      the new one beside it, see swap.h
//     another under its name
//   a partition that was none    what ATTACH asks for before, see attachment.h
//   a partition key or bounds    new tables beside the old ones, see table_swap.h
//   labels that go               a type and columns beside the old ones, see type_swap.h
//   a type that rows are         a column beside it, see swap.h
//     written anew for
//   an identity column           numbered by another sequence first, see identity_swap.h
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/postgres/ordering.h"
#include "migration/files.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

struct OnlineOptions {
  int version = 150000;
  // Tables with at most this many bytes are changed in place: that takes no time worth sparing.
  // Where the size is not known, a table counts as large.
  std::int64_t small_bytes = 1 << 20;
  bool in_place = false;  // every table is: nobody is using them
  // By column, as "app.orders.total": what rows that are there get.
  std::map<std::string, std::string> fill;
};

// The phases' steps; a phase may be empty.
struct Work {
  std::vector<Step> expand;
  std::vector<Step> migrate;
  std::vector<Step> contract;
};

// `steps` lead from the one catalog to the other, after the columns of `swaps` have taken their
// places; with swaps, what the steps do is part of the phase `migrate`.
Work online(const std::vector<postgres::Step>& steps, const std::vector<Swap>& swaps,
            const catalog::Catalog& from, const catalog::Catalog& to, const OnlineOptions& options);

}  // namespace architrave::migration

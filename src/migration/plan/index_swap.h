// Indexes and keys that take the places of others of their name: each is made CONCURRENTLY beside
// the one that changes.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/lookup.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// For every index and key of a large table that is another under the same name from now on: the new
// one is made beside it, so that the table is never without. `is_undo`: as SwapOptions says.
std::vector<Swap> replacements(const catalog::Catalog& from, const catalog::Catalog& to,
                               std::int64_t small_bytes, const std::set<std::string>& others,
                               bool is_undo);

// "ALTER TABLE app.orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey__new".
std::string add_key(const catalog::Relation& table, const catalog::Constraint& key,
                    const std::string& index);

// Whether a column is one of an index's, or its expressions or predicate name it.
bool uses(const catalog::Index& index, const catalog::Column& column);

// Puts the index that goes by the name `fresh` in the old one's place, as `key`'s if that is not
// null. Foreign keys that hold on to the old one are made again by the route. `is_undo`: a phase
// that has stopped may have taken the old one away, or have left it there with foreign keys that
// hold on to it.
void give_place(Swap& swap, const catalog::Lookup& lookup, const catalog::Relation& table,
                const catalog::Index& old, const catalog::Constraint* key, const std::string& fresh,
                bool is_undo);

}  // namespace architrave::migration

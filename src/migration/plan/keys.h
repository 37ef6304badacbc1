// Keys of large tables: the index is made CONCURRENTLY, by itself, before the key is added to it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/postgres/ordering.h"
#include "migration/files.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// "CREATE INDEX CONCURRENTLY [IF NOT EXISTS ]i ON …" of "CREATE INDEX i ON …".
std::string concurrently(const std::string& create, std::string_view unless = {});

// A key's, where it can be made so; else null.
const catalog::Index* index_of(const catalog::Relation& table, const catalog::Constraint& key);

// What makes it.
Statement key_index(const catalog::Relation& table, const catalog::Constraint& key,
                    const catalog::Index& index);

// Whether a key comes, to `now`, while another of its table goes, and is of columns that stay as
// they are: its index can be there before. `steps` are those that come before the last phase.
bool takes_over(const catalog::Catalog& from, const catalog::Relation& table,
                const catalog::Relation& now, const catalog::Constraint& key,
                std::span<const postgres::Step> steps, const std::vector<Swap>& swaps);

}  // namespace architrave::migration

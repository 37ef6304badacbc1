// How tables refer to each other: by foreign keys, and by names that imply one.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "proposal/rule.h"

namespace architrave::review {

// A type as it compares: a domain is what it stands on, a modifier is gone. "bigint", "text".
std::string compared_type(const catalog::Catalog& catalog, const catalog::Column& column);

// True if `from` refers to `to`, directly or through others.
bool leads_to(const Look& look, const catalog::Relation& from, const catalog::Relation& to);

// True if an index serves look-ups by these columns; one that leaves out nulls does as well, since
// a foreign key never looks for null. `without` is not counted.
bool is_served(const catalog::Relation& relation, const std::vector<std::string>& columns,
               const catalog::Index* without = nullptr);

// How many of a partitioned table's leaves have such an index of their own; adds to `all` the
// leaves it has.
std::size_t count_served_partitions(const Look& look, const catalog::Relation& table,
                                    const std::vector<std::string>& columns, std::size_t& all);

// True if a foreign key of the table has this index alone to find its rows by.
bool serves_a_foreign_key_alone(const catalog::Relation& relation, const catalog::Index& index);

// The column that a table without a key has for one, by its name: id, or table_id. Else null.
const catalog::Column* key_by_name(const catalog::Relation& table);

// invented: the table has nothing of the kind, and an `id` would be it.
enum class KeyState { declared, undeclared, invented };

// A column that is named and typed after another table's key and is in no foreign key.
struct Implied {
  const catalog::Relation* child;
  const catalog::Column* column;
  const catalog::Relation* parent;
  std::string key;  // the parent's column
  KeyState state = KeyState::declared;
};
std::vector<Implied> implied_references(const Look& look);

// True for tables that live apart by their nature: logs, queues, settings, imports, backups.
bool stands_apart(const catalog::Relation& relation);

}  // namespace architrave::review

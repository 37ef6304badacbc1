// What an index is worth beside the others of its table. Several rules propose to drop or replace
// indexes; they ask here, so that no two of them contradict each other.
#pragma once

#include "catalog/catalog.h"
#include "proposal/rule.h"

namespace architrave::review {

// Both answer every query the other does: same method, keys, predicate and included columns.
bool is_same(const catalog::Index& a, const catalog::Index& b);

// The index of the same table that does all this one does: a twin of it that is kept (`is_same`),
// or one that begins with its keys. Null if there is none, or if this one enforces something.
const catalog::Index* covering(const catalog::Relation& relation, const catalog::Index& index);

// Enforces something or is marked for use: a key, a constraint, the replica identity.
bool has_a_duty(const catalog::Relation& relation, const catalog::Index& index);

// Not scanned since the counters began, with counters that cover enough, and nothing else needs it.
bool is_unused(const Look& look, const catalog::Relation& relation, const catalog::Index& index);

// One key that is null nearly everywhere, with all the nulls in the index.
bool is_null_heavy(const catalog::Relation& relation, const catalog::Index& index);

// A B-tree on one array, document or text-search column, where it can't look inside.
bool is_btree_on_container(const catalog::Relation& relation, const catalog::Index& index);

// The column that marks a row as deleted, if a unique index keeps a deleted row's value taken.
const catalog::Column* marks_deleted(const catalog::Relation& relation,
                                     const catalog::Index& index);

// Some rule proposes to drop or replace it.
bool will_go(const Look& look, const catalog::Relation& relation, const catalog::Index& index);

}  // namespace architrave::review

// A phase that has stopped in between: what it leaves behind, and what it lacks, when the way back
// begins. What its statements make is told by themselves (Statement::made, Statement::leftover).
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/files.h"

namespace architrave::migration {

// Of an index that gets another's name, or becomes a constraint's: after that it is none.
Leftover leftover_index(const catalog::ObjectName& table, const std::string& index,
                        bool becomes_constraint);

// Of an index, or a key, of a partition, until the whole's takes it in.
Leftover leftover_part(const catalog::Relation& partition, const catalog::Index& index);
Leftover leftover_part(const catalog::Relation& partition, const catalog::Constraint& constraint);

// Of the NOT NULL of a column that gets another's name, unless it has that.
Leftover leftover_not_null(const catalog::ObjectName& table, const std::string& column);

// What a phase makes for a while only, a check that goes before NOT NULL or an index that becomes
// another's, is still there: statements that take it away if so, and do nothing else. They come
// before the way back. `before` is what there was before the phase.
std::vector<std::string> leftovers(const std::vector<Step>& phase, const catalog::Catalog& before);

// What a phase takes away and makes again in a later step, a key of a table that it writes anew or
// a check that waits for its validation, the NOT NULL of a table that has become an heir, is
// missing, and the way back counts on it: steps that make it if so, and do nothing else. They come
// behind those above. What `back` makes itself is not among them.
std::vector<Step> unmade(const std::vector<Step>& phase, const std::vector<Step>& back,
                         const catalog::Catalog& before, const catalog::Catalog& after);

}  // namespace architrave::migration

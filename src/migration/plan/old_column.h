// A column that is renamed, for those who know it by its old name until `contract`: a column of
// that name stands beside it, filled and indexed before the names change hands, and each is kept
// equal to the other, whichever is written.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "migration/plan/renames.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// `take_place` comes right behind the rename's own statement, `back` undoes both wherever they have
// stopped. Nothing where the old name is needed for something else in `to`, where the type changes
// too, or where a second column can't stand for the first: in views and partitions, beside heirs,
// with privileges of its own, where triggers wait for it by name, where the table is published.
std::optional<Swap> keep_old_column(const catalog::Catalog& now, const catalog::Catalog& to,
                                    const Rename& rename);

}  // namespace architrave::migration

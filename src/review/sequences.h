// Which sequence feeds a column.
#pragma once

#include "catalog/catalog.h"

namespace architrave::review {

// The sequence behind an identity column, or the one that its default takes from; else null.
const catalog::Sequence* fed_by(const catalog::Catalog& catalog, const catalog::Relation& relation,
                                const catalog::Column& column);

}  // namespace architrave::review

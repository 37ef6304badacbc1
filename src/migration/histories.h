// The tables in which Architrave and other tools keep what they have applied to a live database.
// They are no part of its schema: a plan neither drops nor changes them.
#pragma once

#include "catalog/catalog.h"

namespace architrave::migration {

// Takes such tables out of `live`, but for those that `other` speaks of as well.
void leave_out_histories(catalog::Catalog& live, const catalog::Catalog& other);

}  // namespace architrave::migration

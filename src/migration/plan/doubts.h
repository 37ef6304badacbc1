// What the rows of a database may have against a plan that was tried without them, as far as its
// statistics tell.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::migration {

// A sentence for each: NULLs in a column that takes none any more, values that occur twice in what
// becomes a key. `fill`: what rows without a value get, by column.
std::vector<std::string> doubts_about_rows(const catalog::Catalog& from, const catalog::Catalog& to,
                                           const std::map<std::string, std::string>& fill);

}  // namespace architrave::migration

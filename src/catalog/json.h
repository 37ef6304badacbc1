// A catalog as JSON and back. The shape is that of the structs in catalog.h, field by field;
// fields at their default (empty, false, absent) are left out. It is what `show --format json`
// prints and what a twin file holds.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"

namespace architrave::catalog {

// `indent` < 0 prints one line.
std::string to_json(const Catalog& catalog, int indent = 2);
// Errors: "catalog.json" for text that is not JSON or not of this shape, `where` naming the field.
Result<Catalog> from_json(std::string_view text);

}  // namespace architrave::catalog

// Which values of a column its new type can't hold, as a condition that is asked by reading alone.
#pragma once

#include <string>

#include "catalog/catalog.h"

namespace architrave::migration {

// `value`: the column as SQL has it; `version`: of the server that is asked. Nothing where only a
// cast tells, which ends at the first of them: PostgreSQL 16 can be asked of any text, older ones
// of those that should be numbers, booleans or UUIDs.
std::string cannot_cast(const catalog::Column& before, const catalog::Column& now,
                        const std::string& value, int version);

}  // namespace architrave::migration

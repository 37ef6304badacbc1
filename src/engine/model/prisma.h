// A Prisma schema as the database that `prisma migrate` makes of it: the same names, types,
// defaults, keys and indexes as `prisma migrate diff --from-empty` writes (Prisma 6 and newer).
//
// What the client does by itself (uuid(), cuid(), @updatedAt) is no part of the database, and views
// are not made.
#pragma once

#include <vector>

#include "base/result.h"
#include "engine/model/schema.h"

namespace architrave::model {

// One file or the files of a folder. Errors: "model.syntax", "model.meaning" (a type or field that
// is not there), "source.unsupported" (a provider that is neither postgresql nor sqlite).
Result<Schema> read_prisma(const std::vector<File>& files);

}  // namespace architrave::model

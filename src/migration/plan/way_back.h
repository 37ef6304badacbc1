// The way back of a migration that was written without one, from the catalogs around its up. What
// it is worth is for verify() to say: values that the up has dropped do not come back.
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/postgres/server.h"
#include "migration/files.h"

namespace architrave::migration {

// Found on servers of its own, which hold definitions alone. Errors: "plan.no_way" where no
// statement leads back, naming the object; those of the sandbox.
Result<Script> way_back(const catalog::Catalog& before, const catalog::Catalog& after,
                        const postgres::Installation& installation);

}  // namespace architrave::migration

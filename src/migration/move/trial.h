// Tries a mapping on a private server: only PostgreSQL knows which of the translated defaults,
// checks, indexes, foreign keys and views it takes.
#pragma once

#include <string>

#include "base/result.h"
#include "migration/move/mapping.h"

namespace architrave::migration {

// What the server refuses is left out of the mapping, and said in its decisions; afterwards all of
// it has loaded in one go, on a server of this major version or the next that is here. Gives what
// that was: "PostgreSQL 15.20 sandbox". Errors: "move.ddl" for a table that can't be made, and
// those of a sandbox.
Result<std::string> try_mapping(Mapping& mapping, int server_version);

}  // namespace architrave::migration

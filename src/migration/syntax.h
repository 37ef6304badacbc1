// What of a script no server would understand, told before anything of it is run.
#pragma once

#include "engine/postgres/connection.h"
#include "migration/files.h"

namespace architrave::migration {

// What the parser complains of where the server (which may be newer) does as well, with file, line
// and column; and bytes that are no text. plpgsql looks at the statements of a block that is never
// reached, so nothing is run.
Status check_syntax(postgres::Connection& connection, const Script& script);

}  // namespace architrave::migration

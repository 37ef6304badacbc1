// Where in a file a statement went wrong.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "migration/files.h"

namespace architrave::migration {

// Turns a server's "character N" of the statement into file:line:column, or gives the statement's
// own place where the server said none.
void locate(Error& error, const std::filesystem::path& file, const Statement& statement);

}  // namespace architrave::migration

// The queries that read a catalog, as they are for one version of the server.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/embedded.h"

namespace architrave::postgres {

std::span<const EmbeddedFile> embedded_files();  // queries/*.sql

// Of queries/NAME.sql, the lines for servers of this major version: a line that ends in --@15+ is
// for 15 and newer, in --@<14 for those before 14. Without comments. Empty if there is no such
// file.
std::string catalog_query(std::string_view name, int major);

}  // namespace architrave::postgres

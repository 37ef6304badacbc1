// Which Debian package brings what a server lacks: one table, for hints that name one command.
#pragma once

#include <string>
#include <string_view>

namespace architrave::postgres {

// The command that installs a PostgreSQL server of this major version.
std::string install_server(int major);
// The command that installs an extension for it; "" for one that Debian does not package.
std::string install_extension(std::string_view extension, int major);
// If a server's message says that an extension's control file is missing, how to get it; else "".
std::string install_hint(std::string_view message, int major);

}  // namespace architrave::postgres

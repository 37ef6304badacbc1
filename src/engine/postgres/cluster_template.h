// Data folders for disposable servers: made once by initdb, kept, and copied.
#pragma once

#include <filesystem>
#include <optional>

#include "base/process.h"
#include "base/result.h"
#include "engine/postgres/server.h"

namespace architrave::postgres {

// Whom a server runs as: where this process is root `postgres` or `nobody`, since PostgreSQL
// refuses to be root; else this process's own user (nothing).
const User* server_user();

// Makes `data` a fresh data folder of this installation, owned by server_user(). `scratch` is a
// folder that the server's user may enter and in which initdb may work.
// Errors: "postgres.initdb".
Status make_data_folder(const Installation& installation, const std::filesystem::path& scratch,
                        const std::filesystem::path& data);

// For a data folder that no server would start from: the next one is made anew.
void forget_template(const Installation& installation);

// Gives a file or folder to server_user().
bool give_to_server(const std::filesystem::path& path);

}  // namespace architrave::postgres

// Files and folders.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave {

// The whole file; "-" is standard input. Errors: "file.missing", "file.read".
Result<std::string> read_file(const std::filesystem::path& path);
// Writes beside it and renames, so that a reader sees the old file or the new one, never half.
// A full disk is an error and leaves no file behind. "-" is standard output. Errors: "file.write".
Status write_file(const std::filesystem::path& path, std::string_view bytes);

// Where things are kept between runs: $XDG_CACHE_HOME/architrave or ~/.cache/architrave; for root
// /var/cache/architrave. Not created.
std::filesystem::path cache_folder();

// The program's own path, for messages that tell what to run.
std::filesystem::path find_program(std::string_view name);  // on PATH; empty if not there

}  // namespace architrave

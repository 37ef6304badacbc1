// A model file, Prisma's or DBML's, as the SQL script that makes what it declares. From there on it
// goes the way of any script: a sandbox loads it, and the catalog is read back.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/model/schema.h"

namespace architrave::model {

// By the name's end, .prisma or .dbml.
std::optional<Language> language_of(const std::filesystem::path& path);

// `engine`: "postgresql" or "sqlite" where one is asked for, else "". Errors: "model.syntax",
// "model.meaning", "source.unsupported".
Result<Script> translate(const std::vector<File>& files, Language language,
                         std::string_view engine);

}  // namespace architrave::model

#include "engine/model/translate.h"

#include "base/text.h"
#include "engine/model/dbml.h"
#include "engine/model/prisma.h"

namespace architrave::model {

std::optional<Language> language_of(const std::filesystem::path& path) {
  const std::string extension = lower(path.extension().string());
  if (extension == ".prisma") return Language::prisma;
  if (extension == ".dbml") return Language::dbml;
  return std::nullopt;
}

Result<Script> translate(const std::vector<File>& files, Language language,
                         std::string_view engine) {
  Result<Schema> schema =
      language == Language::prisma ? read_prisma(files) : read_dbml(files, engine);
  if (!schema) return fail(schema);
  const bool sqlite = schema->engine == Engine::sqlite;
  if (!engine.empty() && sqlite != (engine == "sqlite"))
    return fail("source.unsupported",
                std::string("this Prisma schema is for ") + (sqlite ? "SQLite" : "PostgreSQL") +
                    ", not for " + std::string(engine),
                files.front().name, "what it is for stands in its datasource, as provider");
  return write(*schema);
}

}  // namespace architrave::model

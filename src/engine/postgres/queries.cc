#include "engine/postgres/queries.h"

#include <charconv>

#include "base/text.h"

namespace architrave::postgres {

namespace {

// Whether the marks of a line, "15+" or "<14", hold for this version.
bool holds(std::string_view mark, int major) {
  const bool below = mark.starts_with('<');
  if (below) mark.remove_prefix(1);
  int version = 0;
  std::from_chars(mark.data(), mark.data() + mark.size(), version);
  return below ? major < version : major >= version;
}

}  // namespace

std::string catalog_query(std::string_view name, int major) {
  const std::string file_name = std::string(name) + ".sql";
  std::string sql;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name != file_name) continue;
    for (std::string_view line : split(file.bytes, '\n')) {
      bool wanted = !trim(line).empty() && !trim(line).starts_with("--");
      for (std::size_t mark = line.rfind("--@"); mark != line.npos; mark = line.rfind("--@")) {
        wanted = wanted && holds(trim(line.substr(mark + 3)), major);
        line = line.substr(0, mark);
      }
      if (wanted) sql.append(line) += '\n';
    }
  }
  return sql;
}

}  // namespace architrave::postgres

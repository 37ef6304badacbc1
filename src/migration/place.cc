#include "migration/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace architrave::migration {

void locate(Error& error, const std::filesystem::path& file, const Statement& statement) {
  int line = std::max(statement.line, 1);
  int column = std::max(statement.column, 1);
  constexpr std::string_view sign = "character ";
  int position = 0;
  if (error.where.starts_with(sign))
    std::from_chars(error.where.data() + sign.size(), error.where.data() + error.where.size(),
                    position);
  for (std::size_t i = 0; i < statement.text.size() && position > 1; ++i) {
    const char c = statement.text[i];
    if ((c & 0xC0) == 0x80) continue;  // inside of a character
    --position;
    ++column;
    if (c == '\n') {
      ++line;
      column = 1;
    }
  }
  error.where = fmt::format("{}:{}:{}", file.string(), line, column);
}

}  // namespace architrave::migration

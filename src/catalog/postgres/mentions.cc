#include "catalog/postgres/mentions.h"

#include <algorithm>

#include "catalog/lookup.h"

namespace architrave::postgres {

namespace {

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// The end of the identifier, quoted or not, that begins at `at`; `at` if there is none.
std::size_t identifier_end(std::string_view sql, std::size_t at) {
  std::size_t end = at;
  if (at < sql.size() && sql[at] == '"') {
    end = sql.find('"', at + 1);
    while (end != sql.npos && end + 1 < sql.size() && sql[end + 1] == '"')
      end = sql.find('"', end + 2);
    return end == sql.npos ? sql.size() : end + 1;
  }
  while (end < sql.size() && in_word(sql[end])) ++end;
  return end;
}

}  // namespace

Mentions::Mentions(const catalog::Catalog& catalog) {
  const auto add = [&](const std::string& schema, const std::string& name, const auto& object) {
    objects_.emplace(catalog::qualified(schema, name), to_string(object));
  };
  for (const auto& each : catalog.relations) add(each.schema, each.name, object_of(each));
  for (const auto& each : catalog.types) add(each.schema, each.name, object_of(each));
  for (const auto& each : catalog.sequences) add(each.schema, each.name, object_of(each));
  for (const auto& each : catalog.routines) add(each.schema, each.name, object_of(each));
}

std::vector<std::string> Mentions::in(std::string_view sql) const {
  std::vector<std::string> found;
  std::string name;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = identifier_end(sql, at);
    if (end == at) {
      ++at;
      continue;
    }
    const std::size_t next_end =
        end < sql.size() && sql[end] == '.' ? identifier_end(sql, end + 1) : end;
    if (next_end > end + 1) {
      name = sql.substr(at, next_end - at);
      const auto [begin, stop] = objects_.equal_range(name);
      for (auto each = begin; each != stop; ++each) found.push_back(each->second);
    }
    at = end;
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace architrave::postgres

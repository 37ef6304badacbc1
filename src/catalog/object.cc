#include "catalog/object.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace architrave::catalog {

namespace {

constexpr std::array<std::string_view, 40> kind_names = {"database",
                                                         "role",
                                                         "setting",
                                                         "schema",
                                                         "extension",
                                                         "type",
                                                         "sequence",
                                                         "table",
                                                         "view",
                                                         "materialized view",
                                                         "foreign table",
                                                         "column",
                                                         "constraint",
                                                         "index",
                                                         "trigger",
                                                         "rule",
                                                         "policy",
                                                         "function",
                                                         "procedure",
                                                         "aggregate",
                                                         "operator",
                                                         "operator class",
                                                         "operator family",
                                                         "cast",
                                                         "collation",
                                                         "conversion",
                                                         "text search configuration",
                                                         "text search dictionary",
                                                         "text search parser",
                                                         "text search template",
                                                         "event trigger",
                                                         "publication",
                                                         "subscription",
                                                         "statistics",
                                                         "language",
                                                         "foreign data wrapper",
                                                         "server",
                                                         "user mapping",
                                                         "access method",
                                                         "transform"};
constexpr std::string_view default_privileges_name = "default privileges";

static_assert(static_cast<std::size_t>(Kind::default_privileges) == kind_names.size());

}  // namespace

std::string_view to_string(Kind kind) {
  if (kind == Kind::default_privileges) return default_privileges_name;
  return kind_names.at(static_cast<std::size_t>(kind));
}

bool from_string(std::string_view text, Kind& kind) {
  if (text == default_privileges_name) {
    kind = Kind::default_privileges;
    return true;
  }
  const auto* const found = std::ranges::find(kind_names, text);
  if (found == kind_names.end()) return false;
  kind = static_cast<Kind>(std::distance(kind_names.begin(), found));
  return true;
}

std::string to_string(const Object& object) {
  return std::string(to_string(object.kind)) + ' ' + object.name;
}

}  // namespace architrave::catalog

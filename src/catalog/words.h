// The words that enums of a catalog are written as, in JSON and in the readers' queries.
#pragma once

#include <array>
#include <string_view>

#include "catalog/catalog.h"

namespace architrave::catalog {

template <class Enum>
struct Words;

template <>
struct Words<ConstraintType> {
  static constexpr std::array<std::string_view, 5> list = {"primary key", "unique", "foreign key",
                                                           "check", "exclusion"};
};
template <>
struct Words<RelationKind> {
  static constexpr std::array<std::string_view, 5> list = {
      "table", "partitioned table", "foreign table", "view", "materialized view"};
};
template <>
struct Words<TypeKind> {
  static constexpr std::array<std::string_view, 6> list = {"enum",  "domain", "composite",
                                                           "range", "base",   "shell"};
};
template <>
struct Words<RoutineKind> {
  static constexpr std::array<std::string_view, 4> list = {"function", "procedure", "aggregate",
                                                           "window"};
};

template <class Enum>
concept Worded = requires { Words<Enum>::list; };

inline std::string_view word(Kind kind) { return to_string(kind); }
template <Worded Enum>
constexpr std::string_view word(Enum value) {
  return Words<Enum>::list.at(static_cast<std::size_t>(value));
}

inline bool from_word(std::string_view text, Kind& kind) { return from_string(text, kind); }
// False, and `value` untouched, for a word that is none.
template <Worded Enum>
constexpr bool from_word(std::string_view text, Enum& value) {
  for (std::size_t i = 0; i < Words<Enum>::list.size(); ++i) {
    if (Words<Enum>::list[i] == text) {
      value = static_cast<Enum>(i);
      return true;
    }
  }
  return false;
}

}  // namespace architrave::catalog

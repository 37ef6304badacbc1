// One description of a struct's fields, from which equality, differences, JSON and the decoding of
// query results follow. A struct that takes part has
//
//   static constexpr auto fields() {
//     return std::tuple{field("name", &Column::name), measured("stats", &Column::stats)};
//   }
//
// `field` is part of what the thing is; `measured` is something seen of it at one moment (a size,
// a counter) and takes no part in equality.
#pragma once

#include <string_view>
#include <tuple>

namespace architrave {

template <class Class, class Member>
struct Field {
  std::string_view name;
  Member Class::* member;
  bool is_measured;
};

template <class Class, class Member>
constexpr Field<Class, Member> field(std::string_view name, Member Class::* member) {
  return {name, member, false};
}

template <class Class, class Member>
constexpr Field<Class, Member> measured(std::string_view name, Member Class::* member) {
  return {name, member, true};
}

template <class T>
concept Described = requires { T::fields(); };

// Calls visit(field) for each field of T, in the order of its declaration.
template <Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, T::fields());
}

}  // namespace architrave

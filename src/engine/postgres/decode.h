// Rows of a query into structs. A result column fills the field of its name; columns that begin
// with an underscore are for the reader itself. A null leaves the field as it was.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "catalog/catalog.h"
#include "catalog/words.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

// The elements of an array as PostgreSQL prints it: {a,"b c",NULL}; nulls are left out.
std::vector<std::string> array_elements(std::string_view text);
// Of an array of numbers, {1,2}, without a copy of each.
std::vector<std::int64_t> array_numbers(std::string_view text);

void decode_value(std::string_view text, std::string& value);
void decode_value(std::string_view text, bool& value);  // t, f
void decode_value(std::string_view text, std::int32_t& value);
void decode_value(std::string_view text, std::int64_t& value);
void decode_value(std::string_view text, double& value);
void decode_value(std::string_view text, std::vector<std::string>& value);
void decode_value(std::string_view text, catalog::Options& value);  // {key=value,…}
void decode_value(std::string_view text, catalog::Acl& value);      // as a set: sorted

template <class Enum>
  requires std::is_enum_v<Enum>
void decode_value(std::string_view text, Enum& value) {
  catalog::from_word(text, value);
}

template <class T>
  requires requires(T& value) { decode_value(std::string_view(), value); }
void decode_value(std::string_view text, std::optional<T>& value) {
  decode_value(text, value.emplace());
}

// Fills structs of one type from the rows of one result.
template <Described T>
class Decoder {
 public:
  explicit Decoder(const Rows& rows) : rows_(rows) {
    std::size_t i = 0;
    for_each_field<T>([&](const auto& field) { columns_[i++] = rows.column(field.name); });
  }

  void fill(int row, T& value) const {
    std::size_t i = 0;
    for_each_field<T>([&](const auto& field) {
      const int column = columns_[i++];
      if constexpr (requires { decode_value(std::string_view(), value.*(field.member)); }) {
        if (column >= 0 && !rows_.is_null(row, column))
          decode_value(rows_.cell(row, column), value.*(field.member));
      }
    });
  }

  T operator()(int row) const {
    T value;
    fill(row, value);
    return value;
  }

 private:
  const Rows& rows_;
  std::array<int, std::tuple_size_v<decltype(T::fields())>> columns_{};
};

// One of the underscored columns: oids and attribute numbers, 0 for null.
class Numbers {
 public:
  Numbers(const Rows& rows, std::string_view column) : rows_(rows), column_(rows.column(column)) {}
  std::uint32_t operator[](int row) const;

 private:
  const Rows& rows_;
  int column_;
};

}  // namespace architrave::postgres

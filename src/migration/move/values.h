// One value, as SQLite stores it and as PostgreSQL prints it, in a spelling that is the same for
// both: what is sent is made of it, and what came to lie there is compared with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/sqlite/sqlite.h"

namespace architrave::migration {

// How the values of a column are spelt.
enum class Form {
  integer,
  real,     // the shortest digits that give the same double
  numeric,  // without exponent, without zeros at the end
  text,
  bytes,    // as they are
  boolean,  // t, f
  uuid,
  date,   // 2026-11-21
  stamp,  // 2026-11-21 10:00:00[.5]
  epoch,  // the same with +00, from seconds since 1970
};

// The value's spelling; absent for NULL. A text loses its NUL bytes, and what is no UTF-8 in it
// becomes U+FFFD.
std::optional<std::string> spelling(Form form, const sqlite::Row& row, int column);
// The same of what PostgreSQL has printed.
std::string spelling(Form form, std::string_view printed);

// Appends the field of a line for COPY … FROM STDIN.
void put_field(std::string& line, Form form, const std::optional<std::string>& value);
// One field of a line of COPY … TO STDOUT, without its backslashes; absent for \N.
std::optional<std::string> read_field(std::string_view field);

// What texts may hold.
bool is_uuid(std::string_view text);  // in lower case, with dashes
bool is_date(std::string_view text);  // 2026-11-21, a day that is
// The spelling of 2026-11-21T10:00[:00[.123456]][Z]; absent if it is none.
std::optional<std::string> stamp(std::string_view text);
// Seconds since 1970 that have a year of four digits.
bool is_epoch(std::int64_t seconds);

std::string shortest(double value);      // "1e+20"
std::string plain_digits(double value);  // "100000000000000000000"

// A table's rows in any order: their number, and the sum of their hashes.
class Checksum {
 public:
  void begin_row() { row_ = start; }
  void add(const std::optional<std::string>& value);
  void end_row();
  void add(const Checksum& other);
  std::int64_t rows() const { return rows_; }
  std::string text() const;  // 16 hexadecimal digits
  static Checksum of(std::int64_t rows, std::string_view text);
  bool operator==(const Checksum& other) const {
    return rows_ == other.rows_ && sum_ == other.sum_;
  }

 private:
  static constexpr std::uint64_t start = 0xcbf29ce484222325;
  std::uint64_t row_ = start;
  std::uint64_t sum_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace architrave::migration

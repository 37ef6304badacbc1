#include "migration/move/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "base/utf8.h"

namespace architrave::migration {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Whether the text looks like the pattern, in which 0 stands for any digit.
bool looks_like(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (pattern[i] == '0' ? !is_digit(text[i]) : text[i] != pattern[i]) return false;
  return true;
}

std::string clean_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0)
      result += "\xEF\xBF\xBD";
    else if (text.front() != '\0')
      result += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::string text_of(const sqlite::Row& row, int column) {
  switch (row.storage(column)) {
    case sqlite::Storage::integer:
      return std::to_string(row.integer(column));
    case sqlite::Storage::real:
      return shortest(row.real(column));
    default:
      return clean_text(row.bytes(column));
  }
}

// 12.500 -> 12.5
std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text == "-0" ? "0" : text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days.
std::string epoch_text(std::int64_t seconds) {
  std::int64_t days = seconds / 86400;
  std::int64_t rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04lld-%02lld-%02lld %02lld:%02lld:%02lld+00",
                static_cast<long long>(year), static_cast<long long>(month),
                static_cast<long long>(day), static_cast<long long>(rest / 3600),
                static_cast<long long>(rest / 60 % 60), static_cast<long long>(rest % 60));
  return text.data();
}

}  // namespace

std::string shortest(double value) {
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return "0";
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string plain_digits(double value) {
  if (std::isinf(value)) return shortest(value);
  std::array<char, 800> text{};  // the smallest double has some 750 places
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  return without_zeros({text.data(), end});
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_digit(text[i]) && (text[i] < 'a' || text[i] > 'f'))
      return false;
  }
  return true;
}

bool is_date(std::string_view text) {
  if (!looks_like(text, "0000-00-00")) return false;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

std::optional<std::string> stamp(std::string_view text) {
  if (text.size() < 16 || !is_date(text.substr(0, 10)) || (text[10] != ' ' && text[10] != 'T'))
    return {};
  std::string time(text.substr(11));
  if (time.ends_with('Z')) time.pop_back();
  if (time.size() == 5) time += ":00";
  if (time.size() == 9 || time.size() > 15 || !looks_like(time.substr(0, 8), "00:00:00")) return {};
  if (number(time.substr(0, 2)) > 23 || number(time.substr(3, 2)) > 59 ||
      number(time.substr(6, 2)) > 59)
    return {};
  if (time.size() > 8) {
    if (time[8] != '.') return {};
    for (const char c : std::string_view(time).substr(9))
      if (!is_digit(c)) return {};
    time = without_zeros(std::move(time));
  }
  return std::string(text.substr(0, 10)) + ' ' + time;
}

bool is_epoch(std::int64_t seconds) {
  return seconds >= -62135596800 && seconds <= 253402300799;  // years 1 to 9999
}

std::optional<std::string> spelling(Form form, const sqlite::Row& row, int column) {
  const sqlite::Storage storage = row.storage(column);
  if (storage == sqlite::Storage::null) return {};
  switch (form) {
    case Form::integer:
      return std::to_string(row.integer(column));
    case Form::real:
      return shortest(row.real(column));
    case Form::numeric:
      return storage == sqlite::Storage::integer ? std::to_string(row.integer(column))
                                                 : plain_digits(row.real(column));
    case Form::boolean:
      return row.integer(column) != 0 ? "t" : "f";
    case Form::bytes:
      if (storage == sqlite::Storage::blob || storage == sqlite::Storage::text)
        return std::string(row.bytes(column));
      return text_of(row, column);
    case Form::stamp:
      return stamp(row.bytes(column)).value_or("");
    case Form::epoch:
      return epoch_text(row.integer(column));
    case Form::text:
    case Form::uuid:
    case Form::date:
      break;
  }
  return text_of(row, column);
}

std::string spelling(Form form, std::string_view printed) {
  switch (form) {
    case Form::real: {
      if (printed == "Infinity" || printed == "-Infinity") return std::string(printed);
      double value = 0;
      std::from_chars(printed.data(), printed.data() + printed.size(), value);
      return shortest(value);
    }
    case Form::numeric:
      return without_zeros(std::string(printed));
    case Form::bytes: {
      std::string bytes;
      const auto digit = [](char c) { return is_digit(c) ? c - '0' : c - 'a' + 10; };
      if (printed.starts_with("\\x"))
        for (std::size_t i = 2; i + 1 < printed.size(); i += 2)
          bytes += static_cast<char>(digit(printed[i]) * 16 + digit(printed[i + 1]));
      return bytes;
    }
    default:
      return std::string(printed);
  }
}

void put_field(std::string& line, Form form, const std::optional<std::string>& value) {
  if (!value) {
    line += "\\N";
    return;
  }
  if (form == Form::bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    line += "\\\\x";
    for (const char c : *value) {
      const auto byte = static_cast<unsigned char>(c);
      line += digits[byte >> 4U];
      line += digits[byte & 15U];
    }
    return;
  }
  for (const char c : *value) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\t':
        line += "\\t";
        break;
      default:
        line += c;
    }
  }
}

std::optional<std::string> read_field(std::string_view field) {
  if (field == "\\N") return {};
  std::string text;
  text.reserve(field.size());
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\' || i + 1 == field.size()) {
      text += field[i];
      continue;
    }
    const char c = field[++i];
    text += c == 'b'   ? '\b'
            : c == 'f' ? '\f'
            : c == 'n' ? '\n'
            : c == 'r' ? '\r'
            : c == 't' ? '\t'
            : c == 'v' ? '\v'
                       : c;
  }
  return text;
}

void Checksum::add(const std::optional<std::string>& value) {
  constexpr std::uint64_t prime = 0x100000001b3;
  const auto mix = [&](std::uint64_t byte) { row_ = (row_ ^ byte) * prime; };
  mix(value ? 1 : 2);  // so that NULL is not '', and 'a','b' not 'ab',''
  if (!value) return;
  for (const char c : *value) mix(static_cast<unsigned char>(c));
  for (std::size_t length = value->size(); length > 0; length >>= 8U) mix(length & 0xFFU);
}

void Checksum::end_row() {
  // splitmix64's finish: sums of hashes that are alike in their low bits would hide a difference.
  std::uint64_t hash = row_;
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111eb;
  sum_ += hash ^ (hash >> 31U);
  ++rows_;
}

void Checksum::add(const Checksum& other) {
  sum_ += other.sum_;
  rows_ += other.rows_;
}

std::string Checksum::text() const {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(sum_));
  return text.data();
}

Checksum Checksum::of(std::int64_t rows, std::string_view text) {
  Checksum checksum;
  checksum.rows_ = rows;
  std::from_chars(text.data(), text.data() + text.size(), checksum.sum_, 16);
  return checksum;
}

}  // namespace architrave::migration

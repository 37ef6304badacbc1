#include "engine/postgres/decode.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace architrave::postgres {

namespace {

template <class Number>
void decode_number(std::string_view text, Number& value) {
  std::from_chars(text.data(), text.data() + text.size(), value);
}

}  // namespace

std::vector<std::string> array_elements(std::string_view text) {
  std::vector<std::string> elements;
  std::size_t i = 1;  // after the brace
  while (i < text.size() && text[i] != '}') {
    std::string element;
    const bool quoted = text[i] == '"';
    if (quoted) {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
        if (i < text.size()) element += text[i];
      }
      ++i;
    } else {
      const std::size_t end = std::min(text.find_first_of(",}", i), text.size());
      element = text.substr(i, end - i);
      i = end;
    }
    if (quoted || element != "NULL") elements.push_back(std::move(element));
    if (i < text.size() && text[i] == ',') ++i;
  }
  return elements;
}

std::vector<std::int64_t> array_numbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) {
      numbers.push_back(number);
      at = next;
    } else {
      ++at;
    }
  }
  return numbers;
}

void decode_value(std::string_view text, std::string& value) { value = text; }
void decode_value(std::string_view text, bool& value) { value = text == "t"; }
void decode_value(std::string_view text, std::int32_t& value) { decode_number(text, value); }
void decode_value(std::string_view text, std::int64_t& value) { decode_number(text, value); }
void decode_value(std::string_view text, double& value) { decode_number(text, value); }
void decode_value(std::string_view text, std::vector<std::string>& value) {
  value = array_elements(text);
}

void decode_value(std::string_view text, catalog::Options& value) {
  for (const std::string& element : array_elements(text)) {
    const std::size_t equals = std::min(element.find('='), element.size());
    value.insert_or_assign(element.substr(0, equals),
                           equals < element.size() ? element.substr(equals + 1) : "");
  }
}

void decode_value(std::string_view text, catalog::Acl& value) {
  value = array_elements(text);
  std::ranges::sort(*value);
}

std::uint32_t Numbers::operator[](int row) const {
  std::uint32_t number = 0;
  if (column_ >= 0) decode_number(rows_.cell(row, column_), number);
  return number;
}

}  // namespace architrave::postgres

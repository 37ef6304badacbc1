#include "base/quoting.h"

#include <algorithm>

#include "base/keywords.h"
#include "base/text.h"

namespace architrave {

namespace {

bool is_plain_identifier(std::string_view name) {
  if (name.empty() || !((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_')) return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += c;
    out += c;
  }
  return out += quote;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  if (is_plain_identifier(name) && !is_quoted_word(name)) return std::string(name);
  return doubled(name, '"');
}

std::string quote_literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return doubled(text, '\'');
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += c;
    escaped += c;
  }
  return 'E' + doubled(escaped, '\'');
}

std::string derived_name(std::string_view name, std::string_view tail) {
  constexpr std::size_t longest = 63;
  if (name.size() + tail.size() <= longest) return std::string(name) += tail;
  const std::string mark = '_' + stable_hash(name).substr(0, 6);
  std::size_t end = longest - tail.size() - mark.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return (std::string(name.substr(0, end)) += mark) += tail;
}

std::string qualified(std::string_view schema, std::string_view name) {
  if (schema.empty()) return quote_identifier(name);
  return quote_identifier(schema) + '.' + quote_identifier(name);
}

}  // namespace architrave

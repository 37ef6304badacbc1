#include <algorithm>
#include <charconv>

#include "base/quoting.h"
#include "workload/query_table.h"

namespace architrave::workload {

std::vector<std::optional<std::string>> read_parameters(std::string_view text) {
  std::vector<std::optional<std::string>> values;
  std::size_t at = 0;
  while (at < text.size() && text[at] == '$') {
    std::size_t number = 0;
    const auto [past, error] =
        std::from_chars(text.data() + at + 1, text.data() + text.size(), number);
    at = static_cast<std::size_t>(past - text.data());
    if (error != std::errc() || number != values.size() + 1) break;
    if (text.substr(at, 3) != " = ") break;
    at += 3;
    if (text.substr(at, 4) == "NULL") {
      values.emplace_back(std::nullopt);
      at += 4;
    } else {
      if (at >= text.size() || text[at] != '\'') break;
      std::string value;
      bool closed = false;
      for (++at; at < text.size(); ++at) {
        if (text[at] == '\'') {
          if (at + 1 >= text.size() || text[at + 1] != '\'') {
            closed = true;
            ++at;
            break;
          }
          ++at;
        }
        value += text[at];
      }
      if (!closed) break;
      values.emplace_back(std::move(value));
      if (text.substr(at, 3) == "...") at += 3;  // cut off by log_parameter_max_length
    }
    if (text.substr(at, 2) != ", ") break;
    at += 2;
  }
  return values;
}

std::string literal_value(std::string_view literal) {
  if (literal.empty()) return {};
  if (literal.front() == '$') {
    const std::size_t tag = literal.find('$', 1) + 1;
    return std::string(literal.size() >= 2 * tag ? literal.substr(tag, literal.size() - 2 * tag)
                                                 : literal);
  }
  const std::size_t open = literal.find('\'');
  if (open == std::string_view::npos || open > 1) return std::string(literal);
  const bool escapes = open == 1 && (literal[0] == 'e' || literal[0] == 'E');
  std::string value;
  for (std::size_t i = open + 1; i + 1 < literal.size(); ++i) {
    char c = literal[i];
    if (c == '\'') {
      ++i;
    } else if (escapes && c == '\\') {
      c = literal[++i];
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c;
    }
    value += c;
  }
  return value;
}

std::string with_values(std::string_view text,
                        const std::vector<std::optional<std::string>>& values) {
  std::string filled;
  std::size_t from = 0;
  for (const Token& token : tokens(text)) {
    if (token.kind != TokenKind::parameter) continue;
    std::size_t number = 0;
    std::from_chars(token.text.data() + 1, token.text.data() + token.text.size(), number);
    if (number == 0 || number > values.size()) continue;
    const auto begin = static_cast<std::size_t>(token.text.data() - text.data());
    filled += text.substr(from, begin - from);
    filled += values[number - 1] ? quote_literal(*values[number - 1]) : "NULL";
    from = begin + token.text.size();
  }
  return filled += text.substr(from);
}

}  // namespace architrave::workload

#include <algorithm>

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// Whether an odd number of backslashes stands before the character.
bool is_escaped(std::string_view text, std::size_t at) {
  std::size_t backslashes = 0;
  while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

// Identifiers of 64 bytes and more, which the parser cuts: found in the text, since the tree has
// what is left of them.
void check(const Statement& statement, Finder& finder) {
  constexpr std::size_t longest = 63;
  const std::string_view text = statement.text;
  if (text.size() <= longest) return;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
  };
  const auto report = [&](std::size_t begin, std::size_t end) {
    const std::string_view name = text.substr(begin, end - begin);
    finder.find(std::string(name) + " has " + std::to_string(name.size()) +
                    " bytes, and PostgreSQL keeps " + std::to_string(longest) +
                    ": two such names may become one",
                "a name of at most 63 bytes", {}, static_cast<int>(begin));
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == '\'') {
      const bool escapes = at > 0 && (text[at - 1] | 0x20) == 'e';
      end = text.find('\'', at + 1);
      while (escapes && end != std::string_view::npos && is_escaped(text, end))
        end = text.find('\'', end + 1);
      at = end == std::string_view::npos ? text.size() : end + 1;
    } else if (c == '"') {
      end = std::min(text.find('"', at + 1), text.size());
      if (end - at - 1 > longest) report(at + 1, end);
      at = end + 1;
    } else if (c == '$' && at + 1 < text.size() && !(text[at + 1] >= '0' && text[at + 1] <= '9')) {
      const std::size_t tag = text.find('$', at + 1);  // $tag$ … $tag$
      if (tag == std::string_view::npos) return;
      const std::size_t close = text.find(text.substr(at, tag + 1 - at), tag + 1);
      if (close == std::string_view::npos) return;
      at = close + tag + 1 - at;
    } else if (c == '-' && end < text.size() && text[end] == '-') {
      at = std::min(text.find('\n', at), text.size());
    } else if (c == '/' && end < text.size() && text[end] == '*') {
      const std::size_t close = text.find("*/", at + 2);
      at = close == std::string_view::npos ? text.size() : close + 2;
    } else if (is_word(c)) {
      while (end < text.size() && is_word(text[end])) ++end;
      if (end - at > longest) report(at, end);
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace

extern const Rule identifier_too_long;
const Rule identifier_too_long = {.is = {.name = "identifier-too-long",
                                         .severity = Severity::warning,
                                         .summary = "Names are cut to 63 bytes"},
                                  .check = check};

}  // namespace architrave::migration::lint::rules

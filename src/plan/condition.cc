#include "plan/condition.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace architrave::plan {

namespace {

// The end of a quoted string or name that begins at `at`.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at)
    if (text[at] == quote) {
      if (at + 1 < text.size() && text[at + 1] == quote)
        ++at;
      else
        return at + 1;
    }
  return text.size();
}

// Calls visit(place) for each place that is in no quotes and at depth 0.
template <class Visit>
void at_top(std::string_view text, Visit&& visit) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\'' || text[i] == '"') {
      i = skip_quoted(text, i);
      continue;
    }
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth == 0) visit(i);
    ++i;
  }
}

std::string_view without_parentheses(std::string_view text) {
  text = trim(text);
  while (text.size() > 1 && text.front() == '(') {
    std::size_t closes = std::string_view::npos;
    at_top(text, [&](std::size_t at) {
      if (closes == std::string_view::npos && text[at] == ')') closes = at;
    });
    if (closes != text.size() - 1) break;
    text = trim(text.substr(1, text.size() - 2));
  }
  return text;
}

std::vector<std::string_view> split_at_top(std::string_view text, std::string_view word) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  at_top(text, [&](std::size_t at) {
    if (at < from || !text.substr(at).starts_with(word)) return;
    parts.push_back(text.substr(from, at - from));
    from = at + word.size();
  });
  parts.push_back(text.substr(from));
  return parts;
}

// "o.status", "(o.status)::text" -> "status"; "" for what is no plain column.
std::string column_of(std::string_view text) {
  text = trim(text);
  at_top(text, [&](std::size_t at) {
    if (text.substr(0, at + 2).ends_with("::")) text = text.substr(0, at);
  });
  text = without_parentheses(text);
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto letter = static_cast<unsigned char>(text[at]);
    if (letter == '"')
      at = skip_quoted(text, at);
    else if (letter == '.')
      begin = ++at;
    else if (std::isalnum(letter) != 0 || letter == '_' || letter >= 0x80)
      ++at;
    else
      return {};
  }
  std::string name(text.substr(begin));
  const bool is_number = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) != 0;
  static constexpr std::array<std::string_view, 3> words = {"true", "false", "NULL"};
  return is_number || std::ranges::find(words, name) != words.end() ? std::string() : name;
}

// "o" of "o.status".
std::string table_of(std::string_view text) {
  text = without_parentheses(text);
  const std::size_t dot = text.find('.');
  return std::string(text.substr(0, dot == std::string_view::npos ? 0 : dot));
}

constexpr std::array<std::string_view, 5> comparisons = {" = ", " <= ", " >= ", " < ", " > "};

Compared comparison(std::string_view text) {
  text = without_parentheses(text);
  if (text.ends_with(" IS NULL")) return {column_of(text.substr(0, text.size() - 8)), true, "NULL"};
  for (const std::string_view each : comparisons) {
    const auto sides = split_at_top(text, each);
    if (sides.size() != 2) continue;
    return {column_of(sides[0]), each == " = ", table_of(sides[0]), std::string(trim(sides[1]))};
  }
  return {};
}

// Without "o." before names, outside of quotes.
std::string without_alias(std::string_view text, std::string_view alias) {
  std::string out;
  const std::string prefix = std::string(alias) + '.';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = text[i] == '\'' || text[i] == '"' ? skip_quoted(text, i) : i + 1;
    const bool begins = i == 0 || (std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0 &&
                                   text[i - 1] != '_' && text[i - 1] != '.');
    if (begins && !alias.empty() && text.substr(i).starts_with(prefix)) {
      i += prefix.size();
      continue;
    }
    out += text.substr(i, end - i);
    i = end;
  }
  return out;
}

}  // namespace

std::vector<std::string> compared_expressions(std::string_view condition, std::string_view alias) {
  std::vector<std::string> all;
  const std::string_view whole = without_parentheses(condition);
  if (split_at_top(whole, " OR ").size() > 1) return all;
  for (const std::string_view part : split_at_top(whole, " AND ")) {
    const std::string_view text = without_parentheses(part);
    for (const std::string_view each : comparisons) {
      const auto sides = split_at_top(text, each);
      if (sides.size() != 2) continue;
      const std::string_view side = without_parentheses(sides[0]);
      const bool is_expression = column_of(side).empty() && side.find('(') != side.npos &&
                                 side.find("SubPlan") == side.npos && side.front() != '\'';
      const bool is_arithmetic = column_of(side).empty() && split_at_top(side, " % ").size() == 2;
      if (is_expression || is_arithmetic) all.push_back(without_alias(side, alias));
      break;
    }
  }
  return all;
}

std::vector<Compared> compared_columns(std::string_view condition) {
  std::vector<Compared> all;
  const std::string_view whole = without_parentheses(condition);
  if (split_at_top(whole, " OR ").size() > 1) return all;
  for (const std::string_view each : split_at_top(whole, " AND ")) {
    const Compared one = comparison(each);
    if (!one.column.empty() && std::ranges::find(all, one.column, &Compared::column) == all.end())
      all.push_back(one);
  }
  return all;
}

std::vector<std::string> key_columns(const std::vector<Compared>& compared) {
  std::vector<std::string> columns;
  for (const Compared& each : compared)
    if (each.equal) columns.push_back(each.column);
  for (const Compared& each : compared)
    if (!each.equal) {
      columns.push_back(each.column);
      break;
    }
  return columns;
}

}  // namespace architrave::plan

#include "plan/pasted.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace architrave::plan {

namespace {

// Of what `psql -H` and web pages make of a plan.
std::string without_markup(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '<') {
      out += text[i];
      continue;
    }
    const std::size_t end = text.find('>', i);
    if (end == std::string_view::npos) break;
    i = end;
  }
  static constexpr std::array<std::pair<const char*, const char*>, 5> entities = {
      {{"&nbsp;", " "}, {"&gt;", ">"}, {"&lt;", "<"}, {"&quot;", "\""}, {"&amp;", "&"}}};
  for (const auto& [entity, letter] : entities) out = replace_all(out, entity, letter);
  return out;
}

bool take_front(std::string_view& line, std::string_view what) {
  if (!line.starts_with(what)) return false;
  line.remove_prefix(what.size());
  return true;
}

// A line without its frame, with its indentation.
std::string_view unframed(std::string_view line) {
  const auto right_trimmed = [](std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    return text;
  };
  line = right_trimmed(line);
  while (take_front(line, "> ")) {
  }
  // Expanded output has the column's name before its first line, and blanks before the others.
  if (std::string_view rest = line; take_front(rest, "QUERY PLAN ")) {
    rest = trim(rest);
    if (take_front(rest, "| ") || take_front(rest, "│ ")) line = rest;
  }
  for (const std::string_view border : {"│", "|", "║"}) {
    std::string_view rest = trim(line);
    if (!rest.starts_with(border)) continue;
    line = rest;
    line.remove_prefix(border.size());
    if (line.ends_with(border)) line.remove_suffix(border.size());
    break;
  }
  line = right_trimmed(line);
  // Where one value has several lines, psql marks those that go on.
  for (const std::string_view mark : {"+", "↵"})
    if (line.ends_with(mark)) line.remove_suffix(mark.size());
  return right_trimmed(line);
}

}  // namespace

Result<Plan> read_pasted(std::string_view text) {
  const std::string_view begins = trim(text);
  if (begins.starts_with('[') || begins.starts_with('{')) return read_json(text);
  if (begins.starts_with("<explain"))
    return fail("plan.format", "this is EXPLAIN's XML", {},
                "ask for EXPLAIN (FORMAT JSON), or text");
  if (begins.starts_with("- Plan:"))
    return fail("plan.format", "this is EXPLAIN's YAML", {},
                "ask for EXPLAIN (FORMAT JSON), or text");
  const bool is_page = text.find("<td") != std::string_view::npos;
  const std::string page = is_page ? without_markup(text) : std::string();
  std::string lines;
  for (const std::string& line : split(is_page ? std::string_view(page) : text, '\n')) {
    lines += unframed(line);
    lines += '\n';
  }
  // JSON stands between its first bracket at the start of a line and the last one.
  for (const auto& [open, close] : {std::pair{"\n[", ']'}, std::pair{"\n{", '}'},
                                    std::pair{"\n [", ']'}, std::pair{"\n {", '}'}}) {
    const std::string all = '\n' + lines;
    const std::size_t from = all.find(open);
    const std::size_t to = all.rfind(close);
    if (from == std::string::npos || to == std::string::npos || to < from) continue;
    const std::string_view inside = std::string_view(all).substr(from, to + 1 - from);
    if (inside.find("\"Plan\"") != std::string_view::npos) return read_json(inside);
  }
  return read_text(lines);
}

}  // namespace architrave::plan

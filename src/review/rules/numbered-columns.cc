#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

struct Numbered {
  const Column* column;
  std::string stem;
  int number;
};

// Two lines of an address are two lines of an address, and names of standards end in digits.
constexpr std::array<std::string_view, 13> not_lists = {
    "address", "addr", "line",  "street", "md",   "sha", "ipv",
    "utf",     "iso",  "level", "mp",     "base", "x"};

std::optional<Numbered> numbered(const Column& column) {
  const std::string& name = column.name;
  std::size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  if (digits == name.size() || digits == 0 || name.size() - digits > 3) return std::nullopt;
  std::string stem = lower(name.substr(0, digits));
  if (stem.ends_with('_')) stem.pop_back();
  const std::size_t last_word = stem.rfind('_');
  const std::string_view last =
      std::string_view(stem).substr(last_word == std::string::npos ? 0 : last_word + 1);
  for (const std::string_view word : not_lists)
    if (last.ends_with(word) && (word.size() > 1 || last == word)) return std::nullopt;
  return Numbered{&column, stem, std::stoi(name.substr(digits))};
}

// Numbers that follow each other, from 0 or 1, or from 2 beside a column without a number.
bool is_list(std::vector<Numbered>& group) {
  if (group.size() < 2) return false;
  // The two ends of a relation: concept_id_1 and concept_id_2.
  if (group.size() == 2 && (group.front().stem == "id" || group.front().stem.ends_with("_id")))
    return false;
  std::ranges::sort(group, {}, &Numbered::number);
  if (group.front().number > 2) return false;
  for (std::size_t i = 1; i < group.size(); ++i)
    if (group[i].number != group[i - 1].number + 1) return false;
  return true;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    std::map<std::string, std::vector<Numbered>> groups;
    for (const Column& column : table->columns)
      if (std::optional<Numbered> found = numbered(column))
        groups[found->stem + ' ' + column.type].push_back(std::move(*found));
    std::vector<std::string> lists;
    std::size_t longest = 0;
    for (auto& [key, group] : groups) {
      if (!is_list(group)) continue;
      longest = std::max(longest, group.size());
      for (const Numbered& each : group) lists.push_back(each.column->name);
    }
    if (lists.empty()) continue;
    Finding& finding = verdict.find(
        about(*table),
        fmt::format("{} are one list in {} columns: one more needs a migration, and a search has "
                    "to name them all; make it a table of its own",
                    some_of(lists), lists.size()),
        {{"columns", join(lists, ", ")}});
    if (longest < 3) finding.severity = Severity::info;
  }
}

}  // namespace

extern const Rule numbered_columns;
const Rule numbered_columns = {.name = "numbered-columns",
                               .area = Area::model,
                               .summary = "A list is spread over numbered columns",
                               .engines = Engines::all,
                               .serves = {},
                               .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool are_digits(std::string_view text, std::size_t count) {
  return text.size() == count &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_year(std::string_view text) {
  return are_digits(text, 4) && (text.starts_with("19") || text.starts_with("20"));
}

// sales_2019, sales_201901, sales_2019_01, sales_2019_q1 -> sales; empty for other names.
std::string stem_of(const std::string& name) {
  std::vector<std::string> parts = split(name, '_');
  if (parts.size() < 2) return {};
  std::string last = parts.back();
  parts.pop_back();
  const bool is_part_of_year =
      are_digits(last, 2) || (last.size() == 2 && (last[0] == 'q' || last[0] == 'w'));
  if (is_part_of_year && parts.size() > 1) {
    last = parts.back();
    parts.pop_back();
  }
  if (last.starts_with('y') || last.starts_with('p')) last.erase(0, 1);
  const bool is_date = (are_digits(last, 6) || are_digits(last, 8)) && is_year(last.substr(0, 4));
  return is_year(last) || is_date ? join(parts, "_") : std::string();
}

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, std::vector<const Relation*>> groups;
  for (const Relation* table : own_tables(look.catalog))
    if (const std::string stem = stem_of(table->name); !stem.empty() && table->parents.empty())
      groups[table->schema + '.' + stem].push_back(table);
  for (const auto& [stem, tables] : groups) {
    if (tables.size() < 2) continue;
    const Relation& first = *tables.front();
    const bool alike = std::ranges::all_of(tables, [&](const Relation* table) {
      return std::ranges::equal(table->columns, first.columns, {}, &Column::name, &Column::name);
    });
    if (!alike) continue;
    std::vector<std::string> names;
    for (const Relation* table : tables) names.push_back(table->name);
    verdict.find(about(first),
                 fmt::format("{} are one table cut by hand: queries have to know which to ask, and "
                             "a key can't hold across them; partition one table instead",
                             some_of(names, 3)),
                 {{"tables", join(names, ", ")}});
  }
}

}  // namespace

extern const Rule table_per_period;
const Rule table_per_period = {.name = "table-per-period",
                               .area = Area::model,
                               .summary = "A table for each period, by hand",
                               .engines = Engines::all,
                               .serves = {},
                               .check = check};

}  // namespace architrave::review::rules

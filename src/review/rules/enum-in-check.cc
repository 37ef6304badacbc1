#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

struct Place {
  const Relation* table;
  const Constraint* constraint;
};

// The values of "column = ANY (ARRAY['a'::text, …])", as they are written; empty for other checks.
std::string list_in(const Constraint& constraint) {
  const std::string& text = constraint.expression;
  const std::size_t begin = text.find("ARRAY['");
  if (constraint.columns.size() != 1 || begin == std::string::npos) return {};
  const std::size_t end = text.find(']', begin);
  // More than one list is more than a list of values.
  if (end == std::string::npos || text.find("ARRAY[", end) != std::string::npos) return {};
  return text.substr(begin + 6, end - begin - 6);
}

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, std::vector<Place>> lists;
  for (const Relation* table : own_tables(look.catalog))
    for (const Constraint& constraint : table->constraints)
      if (constraint.type == ConstraintType::check && !constraint.inherited)
        if (const std::string list = list_in(constraint); !list.empty())
          lists[list].push_back({table, &constraint});
  constexpr std::int64_t long_list = 15;
  for (const auto& [list, places] : lists) {
    const std::int64_t values = 1 + std::ranges::count(list, ',');
    if (places.size() < 2 && values <= long_list) continue;
    const auto& [table, constraint] = places.front();
    std::vector<std::string> names;
    for (const Place& place : places) names.push_back(place.table->name);
    verdict.find(about(catalog::object_of(*table, *constraint)),
                 places.size() > 1
                     ? fmt::format("the same {} values are listed in the checks of {}: a new value "
                                   "changes all of them; a table or a domain says it once",
                                   values, some_of(names))
                     : fmt::format("{} values are listed in a check of {}: a table that others "
                                   "refer to can hold them, and what else is known of each",
                                   values, table->name),
                 {{"tables", join(names, ", ")}, {"values", values}});
  }
}

}  // namespace

extern const Rule enum_in_check;
const Rule enum_in_check = {.name = "enum-in-check",
                            .severity = Severity::info,
                            .area = Area::types,
                            .summary = "A list of values is written into constraints",
                            .serves = {},
                            .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

using Uses = std::map<std::string, std::vector<std::pair<const Relation*, const Column*>>>;

// Types that one column may be changed between without its meaning another thing. Coarse, so that
// mending one column of several does not make the rest look odd.
std::string family_of(const Column& column) {
  if (is_uuid_name(column.name)) return "uuid";
  static const std::map<std::string, std::string> families = {
      {"int2", "integer"},     {"int4", "integer"},       {"int8", "integer"},
      {"numeric", "number"},   {"float4", "number"},      {"float8", "number"},
      {"money", "number"},     {"text", "text"},          {"varchar", "text"},
      {"bpchar", "text"},      {"citext", "text"},        {"name", "text"},
      {"timestamp", "moment"}, {"timestamptz", "moment"}, {"time", "time"},
      {"timetz", "time"},      {"json", "json"},          {"jsonb", "json"}};
  const auto found = families.find(column.type_name);
  if (found != families.end()) return found->second;
  if (column.type_category == "E") return "text";  // text and an enum of it compare well enough
  return column.type_schema + '.' + column.type_name;
}

// A column by which tables are joined: it is called a key, or is one somewhere. Of others, such as
// "state" or "metadata", nothing follows from a name that two tables have in common.
bool joins(const Uses& uses) {
  static constexpr std::string_view words[] = {"id",   "uuid",   "guid", "key",
                                               "code", "number", "no",   "ref"};
  for (const auto& [family, columns] : uses)
    for (const auto& [table, column] : columns) {
      const std::vector<std::string> parts = name_words(column->name);
      if (!parts.empty() && std::ranges::find(words, parts.back()) != std::end(words)) return true;
      for (const Constraint& constraint : table->constraints)
        if ((constraint.type == ConstraintType::foreign_key ||
             constraint.type == ConstraintType::primary_key) &&
            std::ranges::find(constraint.columns, column->name) != constraint.columns.end())
          return true;
    }
  return false;
}

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, Uses> schemas;
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns)
      if (is_own(look, *table, column))
        schemas[table->schema + ' ' + column.name][family_of(column)].emplace_back(table, &column);
  for (const auto& [key, uses] : schemas) {
    std::size_t all = 0;
    for (const auto& [family, columns] : uses) all += columns.size();
    const auto most =
        std::ranges::max_element(uses, {}, [](const auto& use) { return use.second.size(); });
    // What most agree on is the name's type: two against two is no rule, and "value" or "id" none
    // at all.
    if (uses.size() < 2 || most->second.size() * 3 < all * 2 || most->second.size() < 2 ||
        !joins(uses))
      continue;
    for (const auto& [family, columns] : uses) {
      if (family == most->first) continue;
      const auto& [table, column] = columns.front();
      if (column->name == "id" || column->name == "value" || column->name == "type") continue;
      verdict.find(about(*table, *column),
                   fmt::format("{} is {} here and {} in {}: a join or a comparison of the two "
                               "needs a cast",
                               column->name, column->type, most->second.front().second->type,
                               plural(std::ssize(most->second), "other table")),
                   {{"type", column->type},
                    {"elsewhere", most->second.front().second->type},
                    {"for example", name_of(*most->second.front().first)}});
    }
  }
}

}  // namespace

extern const Rule column_type_differs;
const Rule column_type_differs = {.name = "column-type-differs",
                                  .severity = Severity::info,
                                  .area = Area::types,
                                  .summary = "Columns of one name have different types",
                                  .serves = {},
                                  .check = check};

}  // namespace architrave::review::rules

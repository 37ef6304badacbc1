#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// Upper case, blanks and signs; reserved words have a rule of their own.
bool needs_quotes(const std::string& name) {
  return catalog::quote_identifier(name) != name &&
         !std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, std::vector<std::string>> schemas;
  for (const Relation& relation : look.catalog.relations) {
    if (relation.is_partition() || is_machinery(look.catalog, relation)) continue;
    std::vector<std::string>& names = schemas[relation.schema];
    if (needs_quotes(relation.name)) names.push_back(relation.name);
    if (!relation.is_table()) continue;
    for (const Column& column : relation.columns)
      if (needs_quotes(column.name) && is_own(look, relation, column))
        names.push_back(relation.name + '.' + column.name);
  }
  for (const auto& [schema, names] : schemas)
    if (!names.empty())
      verdict.find(about_schema(schema),
                   fmt::format("{} in {} must be quoted wherever they are written: {}",
                               plural(std::ssize(names), "name"), schema, some_of(names, 3)),
                   {{"names", std::ssize(names)}});
}

}  // namespace

extern const Rule name_needs_quotes;
const Rule name_needs_quotes = {.name = "name-needs-quotes",
                                .severity = Severity::info,
                                .area = Area::naming,
                                .summary = "Names have to be quoted in every query",
                                .serves = {},
                                .check = check};

}  // namespace architrave::review::rules

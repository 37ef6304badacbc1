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

struct Styles {
  std::vector<std::string> snake;
  std::vector<std::string> camel;
};

// A single lower-case word fits any style and tells nothing.
void add(Styles& styles, const std::string& name, const std::string& shown) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool upper = std::ranges::any_of(name, is_upper);
  if (upper && std::ranges::any_of(name, is_lower) && name.find('_') == std::string::npos)
    styles.camel.push_back(shown);
  else if (!upper && name.find('_') != std::string::npos)
    styles.snake.push_back(shown);
}

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, Styles> schemas;
  for (const Relation* table : own_tables(look.catalog)) {
    add(schemas[table->schema], table->name, table->name);
    for (const Column& column : table->columns)
      if (is_own(look, *table, column))
        add(schemas[table->schema], column.name, table->name + '.' + column.name);
  }
  for (const auto& [schema, styles] : schemas) {
    const bool mostly_snake = styles.snake.size() >= styles.camel.size();
    const std::vector<std::string>& few = mostly_snake ? styles.camel : styles.snake;
    const std::vector<std::string>& many = mostly_snake ? styles.snake : styles.camel;
    if (few.empty() || few.size() * 4 > many.size()) continue;
    verdict.find(
        about_schema(schema),
        fmt::format("most names in {} are {}, but {} {} not: {}", schema,
                    mostly_snake ? "snake_case" : "camelCase", plural(std::ssize(few), "name"),
                    few.size() == 1 ? "is" : "are", some_of(few)),
        {{"otherwise", std::ssize(few)}, {"mostly", std::ssize(many)}});
  }
}

}  // namespace

extern const Rule naming_inconsistent;
const Rule naming_inconsistent = {.name = "naming-inconsistent",
                                  .severity = Severity::info,
                                  .area = Area::naming,
                                  .summary = "Two styles of names are mixed",
                                  .engines = Engines::all,
                                  .serves = {},
                                  .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

struct Numbers {
  std::vector<std::string> plural;
  std::vector<std::string> singular;
};

// Words whose form says nothing: mass nouns, and singulars that end in s.
bool tells_number(const std::string& word) {
  static constexpr std::array<std::string_view, 24> silent = {
      "data",  "info",   "metadata", "history", "news",     "series",   "status", "address",
      "log",   "audit",  "settings", "people",  "children", "staff",    "media",  "inventory",
      "queue", "config", "process",  "access",  "business", "analysis", "stock",  "cache"};
  if (word.size() < 3 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is"))
    return false;
  const char last = word.back();
  return last >= 'a' && last <= 'z' && std::ranges::find(silent, word) == silent.end();
}

void check(const Look& look, Verdict& verdict) {
  std::map<std::string, Numbers> schemas;
  for (const Relation* table : own_tables(look.catalog)) {
    const std::vector<std::string> words = name_words(table->name);
    if (words.empty()) continue;
    const std::string& last = words.back();
    if (!tells_number(last)) continue;
    Numbers& numbers = schemas[table->schema];
    (last.ends_with('s') ? numbers.plural : numbers.singular).push_back(table->name);
  }
  for (const auto& [schema, numbers] : schemas) {
    const bool mostly_plural = numbers.plural.size() >= numbers.singular.size();
    const std::vector<std::string>& few = mostly_plural ? numbers.singular : numbers.plural;
    const std::vector<std::string>& many = mostly_plural ? numbers.plural : numbers.singular;
    if (few.empty() || many.size() < 3 || few.size() * 3 > many.size()) continue;
    verdict.find(about_schema(schema),
                 fmt::format("most tables of {} are named in the {}, but {} {} not", schema,
                             mostly_plural ? "plural" : "singular", some_of(few),
                             few.size() == 1 ? "is" : "are"),
                 {{"otherwise", std::ssize(few)}, {"mostly", std::ssize(many)}});
  }
}

}  // namespace

extern const Rule plural_mixed;
const Rule plural_mixed = {
    .name = "plural-mixed",
    .severity = Severity::info,
    .area = Area::naming,
    .summary = "Some tables are named in the plural and some in the singular",
    .engines = Engines::all,
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>
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
  static constexpr std::string_view silent[] = {
      "data",    "info",      "metadata",   "history",   "news",   "series",   "status",
      "address", "log",       "audit",      "settings",  "people", "children", "staff",
      "media",   "inventory", "membership", "materials", "queue",  "config",   "process",
      "access",  "business",  "analysis",   "stock",     "cache"};
  if (word.size() < 3 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is"))
    return false;
  // An abbreviation has no number either ("dlq").
  if (word.find_first_of("aeiouy") == std::string::npos) return false;
  const char last = word.back();
  return last >= 'a' && last <= 'z' && std::ranges::find(silent, word) == std::end(silent);
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
    // One of very many is a slip or a word that this rule reads wrongly, and no mixture.
    if (few.size() == 1 && many.size() > 9) continue;
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

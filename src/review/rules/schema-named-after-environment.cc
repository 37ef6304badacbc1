#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

// Not "production": that is also a department of a factory.
constexpr std::array<std::string_view, 13> environments = {
    "prod",    "dev", "develop", "development", "stage",   "staging", "test",
    "testing", "uat", "qa",      "preprod",     "sandbox", "prd"};

void check(const Look& look, Verdict& verdict) {
  for (const catalog::Schema& schema : look.catalog.schemas) {
    const std::vector<std::string> words = name_words(schema.name);
    if (words.empty()) continue;
    const auto is_environment = [](const std::string& word) {
      return std::ranges::find(environments, word) != environments.end();
    };
    if (!is_environment(words.front()) && !is_environment(words.back())) continue;
    verdict.find(about_schema(schema.name),
                 fmt::format("{} is named after an environment: the same migrations and queries "
                             "then don't run in the next one; a database is the place for that",
                             schema.name),
                 {{"schema", schema.name}});
  }
}

}  // namespace

extern const Rule schema_named_after_environment;
const Rule schema_named_after_environment = {.name = "schema-named-after-environment",
                                             .severity = Severity::info,
                                             .area = Area::naming,
                                             .summary = "A schema is named after where it runs",
                                             .serves = {},
                                             .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (!table->columns.empty()) continue;
    verdict.find(subject_of(*table), fmt::format("{} has no columns.", name_of(*table)),
                 {{"columns", std::int64_t{0}}});
  }
}

}  // namespace

extern const Rule RULE_SYMBOL;
const Rule RULE_SYMBOL = {.name = "RULE_NAME",
                          .severity = Severity::warning,
                          .area = Area::model,
                          .summary = "What is wrong, in one sentence.",
                          .serves = {},
                          .check = check};

}  // namespace architrave::review::rules

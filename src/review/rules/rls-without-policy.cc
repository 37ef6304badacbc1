#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    if (table->row_security && table->policies.empty())
      verdict.find(about(*table),
                   fmt::format("{} has row security and no policy: every role but its owner sees "
                               "an empty table",
                               table->name),
                   {{"owner", table->owner}, {"forced", table->force_row_security}});
}

}  // namespace

extern const Rule rls_without_policy;
const Rule rls_without_policy = {.name = "rls-without-policy",
                                 .severity = Severity::info,
                                 .area = Area::security,
                                 .summary = "Row security is on and no policy lets anyone in",
                                 .serves = {},
                                 .check = check};

}  // namespace architrave::review::rules

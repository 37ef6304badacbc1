#include <fmt/format.h>

#include <cstdint>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  for (const catalog::Role& role : look.catalog.roles) {
    if (!role.superuser || !role.login) continue;
    std::int64_t tables = 0;
    for (const Relation* table : own_tables(look.catalog)) tables += table->owner == role.name;
    if (tables == 0) continue;
    verdict.find({"role", catalog::quote_identifier(role.name)},
                 fmt::format("{} belong to superuser {}: functions and policies of theirs run with "
                             "a superuser's rights; give them to a role that only owns things",
                             plural(tables, "table"), role.name),
                 {{"tables", tables}});
  }
}

}  // namespace

extern const Rule superuser_owner;
const Rule superuser_owner = {.name = "superuser-owner",
                              .severity = Severity::info,
                              .area = Area::security,
                              .summary = "Tables belong to a superuser who can log in",
                              .serves = {},
                              .check = check};

}  // namespace architrave::review::rules

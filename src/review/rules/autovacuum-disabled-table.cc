#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool is_off(const std::string& value) {
  const std::string text = lower(value);
  return text == "false" || text == "off" || text == "no" || text == "0" || text == "f";
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    const auto option = table.options.find("autovacuum_enabled");
    if (option == table.options.end() || !is_off(option->second)) continue;
    const std::string name = name_of(table);
    Proposal fix = propose(
        "set_option", fmt::format("Let autovacuum look after {}", name),
        "It works when the table has changed enough, slowly enough not to be noticed, and gives "
        "way to locks. If it disturbs, tune its thresholds for this table.",
        {fmt::format("ALTER TABLE {} RESET (autovacuum_enabled)", name)},
        {fmt::format("ALTER TABLE {} SET (autovacuum_enabled = {})", name, option->second)});
    fix.impact.lock = Lock::share_update_exclusive;
    verdict.find(about(table),
                 fmt::format("autovacuum is off for {}: its dead rows stay and its statistics age",
                             table.name),
                 {{"autovacuum_enabled", option->second}}, std::move(fix));
  }
}

}  // namespace

extern const Rule autovacuum_disabled_table;
const Rule autovacuum_disabled_table = {.name = "autovacuum-disabled-table",
                                        .area = Area::maintenance,
                                        .summary = "Nothing removes a table's dead rows",
                                        .serves = {},
                                        .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const catalog::Trigger& trigger : table->triggers) {
      if (trigger.enabled != "disabled" || trigger.inherited) continue;
      const std::string name = catalog::quote_identifier(trigger.name);
      Proposal fix =
          alter_table(*table, "enable_trigger", fmt::format("ENABLE TRIGGER {}", name),
                      fmt::format("DISABLE TRIGGER {}", name), Lock::share_row_exclusive);
      fix.title = fmt::format("Switch trigger {} of {} on", name, name_of(*table));
      fix.why = "What it does happens again for new changes; what it missed has to be made up for.";
      fix.effort = 2;
      fix.risk = 2;
      verdict.find(
          subject_of(*table, trigger),
          fmt::format("Trigger {} of {} is disabled: {} does not run, and nothing says so.", name,
                      name_of(*table),
                      catalog::qualified(trigger.function_schema, trigger.function_name)),
          {{"timing", trigger.timing}, {"events", join(trigger.events, ", ")}}, std::move(fix));
    }
}

}  // namespace

extern const Rule disabled_trigger;
const Rule disabled_trigger = {.name = "disabled-trigger",
                               .severity = Severity::warning,
                               .area = Area::model,
                               .summary = "A trigger that is switched off",
                               .engines = Engines::postgresql,
                               .serves = {},
                               .needs_workload = false,
                               .check = check};

}  // namespace architrave::review::rules

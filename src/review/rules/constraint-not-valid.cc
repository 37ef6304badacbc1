#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Constraint& constraint : table->constraints) {
      if (constraint.validated || constraint.inherited ||
          constraint.definition.find("NOT ENFORCED") != std::string::npos)
        continue;
      // A check of the children would come back as not valid, also where it is.
      const bool has_heirs = constraint.type == ConstraintType::check && !constraint.no_inherit &&
                             !look.lookup.children(*table).empty();
      const std::string name = catalog::quote_identifier(constraint.name);
      const bool foreign = constraint.type == ConstraintType::foreign_key;
      Proposal fix =
          alter_table(*table, "validate_constraint", fmt::format("VALIDATE CONSTRAINT {}", name),
                      fmt::format("DROP CONSTRAINT {}", name), Lock::share_update_exclusive);
      for (std::string& statement : statements_of(*table, constraint))
        fix.down.push_back(std::move(statement));
      fix.title = fmt::format("Validate {} of {}", name, name_of(*table));
      fix.why = "Rows that break it come to light, and the planner may rely on it.";
      fix.impact.seconds_estimate = seconds_for(look, *table, Rates::scan);
      fix.risk = 2;
      verdict.find(subject_of(*table, constraint),
                   fmt::format("{} of {} is NOT VALID: older rows may {}.", name, name_of(*table),
                               foreign ? "refer to nothing" : "break it"),
                   {{"definition", constraint.definition}},
                   has_heirs ? std::nullopt : std::optional(std::move(fix)));
    }
}

}  // namespace

extern const Rule constraint_not_valid;
const Rule constraint_not_valid = {
    .name = "constraint-not-valid",
    .severity = Severity::warning,
    .area = Area::keys,
    .summary = "A constraint that existing rows were never checked against",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (!alters_domain_by(statement, "C", "67") || statement.node["def"]["skip_validation"].flag())
    return;
  finder.find(tables_of_domain(statement),
              "ALTER DOMAIN … ADD CONSTRAINT … NOT VALID, then ALTER DOMAIN … VALIDATE CONSTRAINT "
              "in a transaction of its own; or a CHECK on the columns");
}

}  // namespace

extern const Rule alter_domain_add_constraint;
const Rule alter_domain_add_constraint = {
    .is = {.name = "alter-domain-add-constraint",
           .severity = Severity::warning,
           .summary = "A new constraint of a domain reads all tables that use it"},
    .nodes = {"AlterDomainStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

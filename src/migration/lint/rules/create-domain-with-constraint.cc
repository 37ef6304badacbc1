#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

void check(const Statement& statement, Finder& finder) {
  for (const Node each : statement.node["constraints"])
    if (each["contype"].text() == "CONSTR_CHECK" || each["contype"].text() == "CONSTR_NOTNULL") {
      finder.find("the constraint of domain " + quoted(sql::dotted(statement.node["domainname"])) +
                      " can't be changed later without reading every table that uses it",
                  "a CHECK on the columns, which can be added NOT VALID and validated", {},
                  static_cast<int>(each["location"].number()));
      return;
    }
}

}  // namespace

extern const Rule create_domain_with_constraint;
const Rule create_domain_with_constraint = {
    .is = {.name = "create-domain-with-constraint",
           .severity = Severity::info,
           .summary = "A domain's constraint can't be changed without reading all tables that use "
                      "it"},
    .nodes = {"CreateDomainStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  finder.find("extension " + quote_identifier(statement.node["extname"].text()) +
                  " changes its functions and types under everything that uses them, and has no "
                  "way back but the one its author wrote",
              "try it on a copy first, and name the version: ALTER EXTENSION … UPDATE TO '…'");
}

}  // namespace

extern const Rule extension_upgrade;
const Rule extension_upgrade = {
    .is = {.name = "extension-upgrade",
           .severity = Severity::warning,
           .summary = "An extension's update changes functions and types under what uses them"},
    .nodes = {"AlterExtensionStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

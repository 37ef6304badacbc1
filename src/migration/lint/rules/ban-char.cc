#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      // "char" in quotes is a type of one byte; with a length it was meant as char(n).
      [](const TypeName& type) {
        return type.name == "bpchar" ||
               (!type.mods.empty() && (type.name == "char" || type.name == "character"));
      },
      ": values are stored with blanks and compared without", "text");
}

}  // namespace

extern const Rule ban_char;
const Rule ban_char = {.is = {.name = "ban-char",
                              .severity = Severity::warning,
                              .summary = "char(n) pads values with blanks"},
                       .nodes = {"CreateStmt", "AlterTableStmt", "CreateForeignTableStmt"},
                       .check = check};

}  // namespace architrave::migration::lint::rules

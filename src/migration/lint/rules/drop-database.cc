#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  finder.find("database " + quote_identifier(statement.node["dbname"].text()) +
                  " and all that is in it are gone, and no transaction brings them back",
              "no migration should drop a database; do it by hand, after a backup");
}

}  // namespace

extern const Rule drop_database;
const Rule drop_database = {.is = {.name = "drop-database",
                                   .severity = Severity::error,
                                   .summary = "A dropped database is gone at once and for good"},
                            .nodes = {"DropdbStmt"},
                            .check = check};

}  // namespace architrave::migration::lint::rules

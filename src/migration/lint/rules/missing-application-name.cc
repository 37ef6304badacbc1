#include "migration/lint/rule.h"
#include "migration/lint/waits.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  missing(statement, finder, application_name,
          " by a session that can't be told from others in pg_stat_activity",
          "SET application_name = 'migration NNNN' at the top of the file");
}

}  // namespace

extern const Rule missing_application_name;
const Rule missing_application_name = {
    .is = {.name = "missing-application-name",
           .severity = Severity::info,
           .summary = "A session that locks can't be told from others"},
    .check = check};

}  // namespace architrave::migration::lint::rules

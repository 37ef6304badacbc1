#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  if (statement.node["objtype"].text() != "OBJECT_TABLE") return;
  const std::string table = statement.state.schema.name_of(statement.node["relation"]);
  const auto earlier = statement.state.altered.find(table);
  if (earlier == statement.state.altered.end()) return;
  for (const Action& each : statement.actions)
    if (each.what == Do::validate_check || each.what == Do::validate_foreign_key ||
        each.what == Do::attach_partition || each.what == Do::attach_partition_proved)
      return;
  finder.find("line " + std::to_string(earlier->second) + " alters " + quoted(table) +
                  " too: one statement takes its lock once, and rewrites or reads once",
              "ALTER TABLE " + quoted(table) + " …, …", table);
}

}  // namespace

extern const Rule multiple_alter_table;
const Rule multiple_alter_table = {
    .is = {.name = "multiple-alter-table",
           .severity = Severity::info,
           .summary = "Several ALTER TABLEs of one table where one will do"},
    .nodes = {"AlterTableStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules

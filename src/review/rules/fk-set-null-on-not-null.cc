#include <fmt/format.h>

#include <regex>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// The columns that the action clears: those it names, or all.
std::vector<std::string> cleared(const Constraint& key) {
  const std::string words = "ON DELETE SET NULL (";
  const auto at = key.definition.find(words);
  if (at == std::string::npos) return key.columns;
  const std::string list =
      key.definition.substr(at + words.size(), key.definition.find(')', at) - at - words.size());
  std::vector<std::string> columns;
  for (const std::string& column : key.columns)
    for (const std::string& part : split(list, ','))
      if (trim(part) == catalog::quote_identifier(column)) columns.push_back(column);
  return columns;
}

// Today's effect, said plainly: the delete fails while there are children.
Proposal refuse(const Look& look, const Relation& table, const Constraint& key, bool on_delete) {
  const std::string name = catalog::quote_identifier(key.name);
  static const std::regex on_delete_action(" ON DELETE SET NULL( \\([^)]*\\))?");
  static const std::regex on_update_action(" ON UPDATE SET NULL");
  const std::string definition =
      std::regex_replace(key.definition, on_delete ? on_delete_action : on_update_action, "");
  const std::string drop = fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", name_of(table), name);
  Constraint plain = key;
  plain.definition = definition;
  Proposal fix = alter_table(table, "alter_constraint", "", "", Lock::share_row_exclusive);
  fix.up = {drop};
  fix.down = {drop};
  for (std::string& statement : statements_of(table, plain)) fix.up.push_back(std::move(statement));
  for (std::string& statement : statements_of(table, key)) fix.down.push_back(std::move(statement));
  fix.title = fmt::format("Let {} of {} refuse the {}", name, name_of(table),
                          on_delete ? "delete" : "update");
  fix.why = "It fails as it does now, with a message that says why; or let the column be null.";
  fix.impact.lock = Lock::access_exclusive;
  fix.impact.seconds_estimate = seconds_for(look, table, Rates::scan);
  fix.effort = 2;
  fix.risk = 2;
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Constraint& key : table->constraints) {
      const bool on_delete = key.on_delete == "set null";
      if (key.type != ConstraintType::foreign_key || key.inherited ||
          (!on_delete && key.on_update != "set null"))
        continue;
      std::vector<std::string> stuck;
      for (const std::string& name : on_delete ? cleared(key) : key.columns)
        if (const Column* column = table->column(name); column != nullptr && column->not_null)
          stuck.push_back(name);
      if (stuck.empty()) continue;
      const std::string parent = catalog::qualified(key.references_schema, key.references_table);
      verdict.find(
          subject_of(*table, key),
          fmt::format("{} of {} sets ({}) to null when a row of {} is {}, but it is NOT "
                      "NULL: the {} fails.",
                      catalog::quote_identifier(key.name), name_of(*table), list_of(stuck), parent,
                      on_delete ? "deleted" : "given another key", on_delete ? "delete" : "update"),
          {{"columns", join(stuck, ", ")}}, refuse(look, *table, key, on_delete));
    }
}

}  // namespace

extern const Rule fk_set_null_on_not_null;
const Rule fk_set_null_on_not_null = {
    .name = "fk-set-null-on-not-null",
    .severity = Severity::error,
    .area = Area::keys,
    .summary = "A foreign key that sets a column to null which may not be null",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

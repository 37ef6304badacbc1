#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// A check that speaks about the nulls of these columns: they are null together, or never.
bool is_guarded(const Relation& table, const std::vector<std::string>& columns) {
  return std::ranges::any_of(table.constraints, [&](const Constraint& check) {
    const std::string text = lower(check.expression);
    return check.type == ConstraintType::check &&
           (text.find(" null") != std::string::npos || text.find("num_n") != std::string::npos) &&
           std::ranges::all_of(columns, [&](const std::string& column) {
             return contains_word(check.expression, column);
           });
  });
}

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  for (const Relation* table : own_tables(look.catalog))
    for (const Constraint& key : table->constraints) {
      if (key.type != ConstraintType::foreign_key || key.inherited || key.match_full) continue;
      std::vector<std::string> nullable;
      for (const std::string& name : key.columns)
        if (const Column* column = table->column(name); column != nullptr && !column->not_null)
          nullable.push_back(name);
      // One nullable column beside required ones is an optional reference (tenant_id, parent_id).
      if (nullable.size() < 2 || is_guarded(*table, nullable)) continue;
      const std::string together =
          fmt::format("CHECK (num_nulls({}) IN (0, {}))", list_of(nullable), nullable.size());
      Proposal fix = add_constraint(
          look, *table, names.make(table->schema, {table->name, nullable.front()}, "nulls_check"),
          together, "A reference is then whole or not there at all.");
      verdict.find(
          subject_of(*table, key),
          fmt::format("{} of {} is not checked at all for rows in which some of ({}) are null.",
                      catalog::quote_identifier(key.name), name_of(*table), list_of(nullable)),
          {{"nullable", join(nullable, ", ")}, {"columns", join(key.columns, ", ")}},
          std::move(fix));
    }
}

}  // namespace

extern const Rule fk_nullable_composite;
const Rule fk_nullable_composite = {
    .name = "fk-nullable-composite",
    .severity = Severity::info,
    .area = Area::keys,
    .summary = "A foreign key of several columns that is not checked where one of them is null",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

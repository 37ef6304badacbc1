#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Index& index : table->indexes) {
      // One nullable column alone (an optional e-mail address) is what uniqueness is meant to
      // allow.
      if (!index.unique || index.primary || index.inherited || index.nulls_not_distinct ||
          !index.predicate.empty() || index.keys.size() < 2)
        continue;
      std::vector<std::string> nullable;
      bool expressions = false;
      for (const IndexKey& key : index.keys) {
        const Column* column = table->column(key.column);
        if (column == nullptr)
          expressions = true;
        else if (!column->not_null)
          nullable.push_back(key.column);
      }
      // All of them null is no key at all, and an expression such as coalesce() may be the remedy.
      if (expressions || nullable.empty() || nullable.size() == index.keys.size()) continue;
      const bool covered = std::ranges::any_of(table->indexes, [&](const Index& other) {
        // A partial index for the rows with nulls, which closes the gap.
        return other.unique && !other.predicate.empty() &&
               std::ranges::all_of(nullable, [&](const std::string& column) {
                 return other.predicate.find(column + " IS NULL") != std::string::npos;
               });
      });
      if (covered) continue;
      const auto constraint =
          std::ranges::find(table->constraints, index.constraint, &Constraint::name);
      verdict.find(constraint != table->constraints.end() ? subject_of(*table, *constraint)
                                                          : subject_of(*table, index),
                   fmt::format("{} keeps ({}) of {} unique only where {} not null.",
                               catalog::quote_identifier(index.name), list_of(columns_of(index)),
                               name_of(*table),
                               nullable.size() == 1 ? catalog::quote_identifier(nullable[0]) + " is"
                                                    : "(" + list_of(nullable) + ") are"),
                   {{"nullable", join(nullable, ", ")}});
    }
}

}  // namespace

extern const Rule unique_nullable;
const Rule unique_nullable = {
    .name = "unique-nullable",
    .severity = Severity::info,
    .area = Area::keys,
    .summary = "A unique key of several columns that allows duplicates where one of them is null",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

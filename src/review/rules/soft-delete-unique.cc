#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"
#include "review/index_facts.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

std::optional<Proposal> mend(const Look& look, Names& names, const Relation& table,
                             const Index& index, const Column& mark) {
  const auto constraint = std::ranges::find(table.constraints, index.constraint, &Constraint::name);
  const bool is_constraint = constraint != table.constraints.end();
  const bool referred_to =
      std::ranges::any_of(look.lookup.referencing(table), [&](const auto& key) {
        return std::ranges::is_permutation(key.constraint->references_columns, columns_of(index));
      });
  const bool plain = std::ranges::all_of(index.keys, [](const IndexKey& key) {
    return !key.column.empty() && key.opclass.empty() && key.collation.empty() && !key.descending &&
           !key.nulls_first;
  });
  if (referred_to || !plain || !index.include.empty() || index.nulls_not_distinct ||
      table.kind != RelationKind::table || !table.parents.empty() ||
      table.replica_identity == index.name || serves_a_foreign_key_alone(table, index) ||
      covering(table, index) != nullptr ||
      (is_constraint && (constraint->deferrable || index.clustered || !index.comment.empty())))
    return std::nullopt;
  const std::string live = mark.type_category == "B"
                               ? fmt::format("NOT {}", catalog::quote_identifier(mark.name))
                               : fmt::format("{} IS NULL", catalog::quote_identifier(mark.name));
  if (mark.type_category == "B" && !mark.not_null) return std::nullopt;
  NewIndex partial;
  std::vector<std::string> parts = columns_of(index);
  parts.insert(parts.begin(), table.name);
  partial.name = names.make(table.schema, parts, "live_key");
  for (const IndexKey& key : index.keys)
    partial.keys.push_back(catalog::quote_identifier(key.column));
  partial.unique = true;
  partial.predicate = live;
  partial.comment = fmt::format(
      "Keeps ({}) unique among rows that are not deleted. Serves look-ups of live rows by it.",
      join(columns_of(index), ", "));
  Proposal fix = create_index(look, table, partial, "A deleted row's value can be used again.");
  std::vector<std::string> back;
  if (is_constraint) {
    fix.up.push_back(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", name_of(table),
                                 catalog::quote_identifier(constraint->name)));
    back = statements_of(table, *constraint);
    fix.impact.lock = Lock::access_exclusive;
  } else {
    fix.up.push_back(fmt::format("DROP INDEX CONCURRENTLY {}", name_of(table, index)));
    back = statements_of(table, index);
  }
  fix.down.insert(fix.down.begin(), back.begin(), back.end());
  fix.kind = "replace_index";
  fix.title = fmt::format("Keep ({}) of {} unique among live rows", join(partial.keys, ", "),
                          name_of(table));
  fix.effort = 3;  // ON CONFLICT has to name the predicate
  fix.risk = 2;
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  for (const Relation* table : own_tables(look.catalog))
    for (const Index& index : table->indexes) {
      const Column* mark = marks_deleted(*table, index);
      if (mark == nullptr) continue;
      const auto constraint =
          std::ranges::find(table->constraints, index.constraint, &Constraint::name);
      verdict.find(
          constraint != table->constraints.end() ? subject_of(*table, *constraint)
                                                 : subject_of(*table, index),
          fmt::format("{} counts rows of {} that {} marks as deleted: their values can't be "
                      "used again.",
                      catalog::quote_identifier(index.name), name_of(*table),
                      catalog::quote_identifier(mark->name)),
          {{"marked by", mark->name}}, mend(look, names, *table, index, *mark));
    }
}

}  // namespace

extern const Rule soft_delete_unique;
const Rule soft_delete_unique = {
    .name = "soft-delete-unique",
    .severity = Severity::info,
    .area = Area::model,
    .summary = "A unique key that rows marked as deleted keep to themselves",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

Proposal replace(const Look& look, Names& names, const Relation& table, const Index& index) {
  const std::string column = catalog::quote_identifier(index.keys.front().column);
  NewIndex partial;
  partial.name = names.make(table.schema, {table.name, index.keys.front().column}, "present_idx");
  partial.keys = {column};
  partial.unique = index.unique;
  partial.predicate = fmt::format("{} IS NOT NULL", column);
  partial.comment = fmt::format("Serves look-ups by {}, without the rows that have none.",
                                index.keys.front().column);
  Proposal fix = create_index(look, table, partial,
                              "The same look-ups from a fraction of the disk, "
                              "and writes of nulls leave it alone.");
  const Proposal drop = drop_index(look, table, index, "");
  fix.up.insert(fix.up.end(), drop.up.begin(), drop.up.end());
  fix.down.insert(fix.down.begin(), drop.down.begin(), drop.down.end());
  fix.kind = "replace_index";
  fix.title = fmt::format("Leave the nulls out of {}", name_of(table, index));
  if (index.stats)
    fix.impact.bytes =
        -static_cast<std::int64_t>(static_cast<double>(index.stats->bytes) *
                                   table.column(index.keys.front().column)->stats->null_fraction);
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  for (const Relation* table : own_tables(look.catalog))
    for (const Index& index : table->indexes) {
      if (!is_null_heavy(*table, index) || covering(*table, index) != nullptr ||
          is_unused(look, *table, index) || marks_deleted(*table, index) != nullptr ||
          is_btree_on_container(*table, index))
        continue;
      const IndexKey& key = index.keys.front();
      const bool plain = key.opclass.empty() && key.collation.empty() && !key.descending &&
                         !key.nulls_first && index.include.empty() && can_drop(*table, index);
      const bool referred_to =
          std::ranges::any_of(look.lookup.referencing(*table), [&](const auto& each) {
            return each.constraint->references_columns == columns_of(index);
          });
      const double nulls = table->column(key.column)->stats->null_fraction;
      verdict.find(subject_of(*table, index),
                   fmt::format("{:.0f} % of {} of {} are null, and {} holds them all.", nulls * 100,
                               catalog::quote_identifier(key.column), name_of(*table),
                               catalog::quote_identifier(index.name)),
                   {{"null fraction", nulls}},
                   plain && !referred_to ? std::optional(replace(look, names, *table, index))
                                         : std::nullopt);
    }
}

}  // namespace

extern const Rule null_heavy_index;
const Rule null_heavy_index = {.name = "null-heavy-index",
                               .severity = Severity::info,
                               .area = Area::indexes,
                               .summary = "An index that holds hardly anything but nulls",
                               .engines = Engines::postgresql,
                               .serves = {"DB-2"},
                               .needs_workload = false,
                               .check = check};

}  // namespace architrave::review::rules

#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

Proposal replace(const Look& look, Names& names, const Relation& table, const Index& index) {
  const std::string column = catalog::quote_identifier(index.keys.front().column);
  NewIndex gin;
  gin.name = names.make(table.schema, {table.name, index.keys.front().column}, "gin_idx");
  gin.keys = {column};
  gin.method = "gin";
  gin.predicate = index.predicate;
  gin.comment = fmt::format("Serves searches inside {}: containment, overlap, elements.",
                            index.keys.front().column);
  Proposal fix = create_index(look, table, gin,
                              "Searches for what a value contains can use it; the B-tree can't.");
  const Proposal drop = drop_index(look, table, index, "");
  fix.up.insert(fix.up.end(), drop.up.begin(), drop.up.end());
  fix.down.insert(fix.down.begin(), drop.down.begin(), drop.down.end());
  fix.kind = "replace_index";
  fix.title = fmt::format("Make {} a GIN index", name_of(table, index));
  fix.effort = 2;
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  for (const Relation* table : own_tables(look.catalog))
    for (const Index& index : table->indexes) {
      if (!is_btree_on_container(*table, index) || covering(*table, index) != nullptr ||
          is_unused(look, *table, index))
        continue;
      const Column* column = table->column(index.keys.front().column);
      const bool has_gin = std::ranges::any_of(table->indexes, [&](const Index& other) {
        return other.method == "gin" && !other.keys.empty() &&
               other.keys.front().column == column->name;
      });
      verdict.find(
          subject_of(*table, index),
          fmt::format("{} is a B-tree on {} {}: it finds a value that is equal as a whole, "
                      "never one that contains something.",
                      name_of(*table, index), column->type,
                      catalog::quote_identifier(column->name)),
          {{"type", column->type}},
          can_drop(*table, index) && !has_gin ? std::optional(replace(look, names, *table, index))
                                              : std::nullopt);
    }
}

}  // namespace

extern const Rule btree_on_array;
const Rule btree_on_array = {
    .name = "btree-on-array",
    .severity = Severity::warning,
    .area = Area::indexes,
    .summary = "A B-tree on a column of arrays or documents, which it can only compare as a whole",
    .engines = Engines::postgresql,
    .serves = {"DB-2"},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules

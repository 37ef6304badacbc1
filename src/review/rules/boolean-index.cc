#include <fmt/format.h>

#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Index& index : table->indexes) {
      if (index.method != "btree" || index.keys.size() != 1 || !index.predicate.empty() ||
          !index.include.empty() || !index.valid || has_a_duty(*table, index) ||
          will_go(look, *table, index))
        continue;
      const Column* column = table->column(index.keys.front().column);
      if (column == nullptr || column->type_category != "B") continue;
      // Which of the two values is looked for, only the queries tell.
      verdict.find(
          subject_of(*table, index),
          fmt::format("{} indexes {} of {} alone: it has two values, and only the rare one "
                      "is worth an index.",
                      catalog::quote_identifier(index.name),
                      catalog::quote_identifier(column->name), name_of(*table)),
          {{"column", column->name}});
    }
}

}  // namespace

extern const Rule boolean_index;
const Rule boolean_index = {.name = "boolean-index",
                            .severity = Severity::info,
                            .area = Area::indexes,
                            .summary = "An index on nothing but a boolean",
                            .engines = Engines::postgresql,
                            .serves = {"DB-2"},
                            .needs_workload = false,
                            .check = check};

}  // namespace architrave::review::rules

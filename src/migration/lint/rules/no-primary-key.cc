#include <algorithm>

#include "catalog/catalog.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void no_key(const State& state, Finder& finder) {
  for (const Pending& each : state.tables) {
    const Table* table = state.schema.table(each.table);
    if (table == nullptr || !table->parents.empty() ||
        std::ranges::any_of(table->constraints, [](const Constraint& constraint) {
          return constraint.type == catalog::ConstraintType::primary_key;
        }))
      continue;
    finder.find_at(quoted(each.table) +
                       " has no primary key: rows can't be named, replicated logically by default, "
                       "or filled in batches",
                   "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, or the columns that name a "
                   "row",
                   each.table, each.place);
  }
}

}  // namespace

extern const Rule no_primary_key;
const Rule no_primary_key = {.is = {.name = "no-primary-key",
                                    .severity = Severity::warning,
                                    .summary = "A table without a primary key"},
                             .at_end = no_key};

}  // namespace architrave::migration::lint::rules

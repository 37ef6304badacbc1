#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

std::string how_many_nulls(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  const Column* column = table == nullptr ? nullptr : table->column(action.column);
  if (column == nullptr || column->null_fraction < 0) return {};
  if (column->null_fraction == 0) return "; the sample of the planner's statistics has none";
  const double rows = table->rows ? static_cast<double>(*table->rows) : 0;
  return "; by the planner's statistics about " +
         plural(static_cast<std::int64_t>(column->null_fraction * rows), "row") + " of " +
         human_count(static_cast<std::int64_t>(rows)) + " have none";
}

}  // namespace

extern const Rule not_null_may_fail;
const Rule not_null_may_fail = {
    .is = {.name = "not-null-may-fail",
           .severity = Severity::info,
           .summary = "SET NOT NULL fails if a row has a null",
           .needs = "data"},
    .actions = {Do::set_not_null, Do::add_primary_key_using_nullable_index},
    .message = "a row of {table} without a value makes it fail",
    .instead = "look first, and fill: SELECT count(*) FROM {table} WHERE {column} IS NULL",
    .detail = how_many_nulls};

}  // namespace architrave::migration::lint::rules

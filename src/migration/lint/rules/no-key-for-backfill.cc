#include <algorithm>

#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// Nothing that names one row: not for a batch of a backfill either.
bool has_no_key(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  if (table == nullptr || !table->complete) return false;
  return std::ranges::none_of(table->indexes, [&](const Index& index) {
    return index.unique && !index.partial && !index.columns.empty() &&
           std::ranges::all_of(index.columns, [&](std::string_view name) {
             const Column* column = table->column(name);
             return column != nullptr && column->not_null;
           });
  });
}

}  // namespace

extern const Rule no_key_for_backfill;
const Rule no_key_for_backfill = {
    .is = {.name = "no-key-for-backfill",
           .severity = Severity::warning,
           .summary = "A table without a key can't be filled in batches",
           .needs = "schema"},
    .actions = {Do::update, Do::set_type, Do::add_column_volatile_default, Do::add_column_stored,
                Do::add_column_sequence},
    .when = has_no_key,
    .message =
        "{table} has neither a primary key nor a unique index of columns that are NOT NULL: "
        "its rows can't be filled in batches that can be resumed",
    .instead =
        "a primary key first: ADD COLUMN id, fill it, CREATE UNIQUE INDEX CONCURRENTLY, ADD "
        "PRIMARY KEY USING INDEX"};

}  // namespace architrave::migration::lint::rules

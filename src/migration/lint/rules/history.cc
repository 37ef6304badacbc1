// The files themselves: their order, their other halves, their comments; and what later phases need
// of a table.
#include <algorithm>

#include "migration/lint/rule.h"

namespace architrave::migration::lint {

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

bool bypasses_row_security(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.other);
  if (table == nullptr || !table->row_security) return false;
  if (statement.state.version < 15) return true;
  for (const sql::Node each : statement.node["options"])
    if (each["defname"].text() == "security_invoker" &&
        (!each["arg"] || sql::string_of(each["arg"]) == "true" ||
         sql::string_of(each["arg"]) == "on"))
      return false;
  return true;
}

const Rule rules[] = {
    {.is = {.name = "unused-ignore",
            .severity = Severity::info,
            .summary = "A comment silences a rule that says nothing here"}},
    {.is = {.name = "syntax-error",
            .severity = Severity::error,
            .summary = "PostgreSQL can't read the statement"}},
    {.is = {.name = "non-linear-history",
            .severity = Severity::error,
            .summary = "A new migration comes before others that may have been applied"}},
    {.is = {.name = "missing-up-down",
            .severity = Severity::warning,
            .summary = "A migration without a way back, or a way back without a migration"}},
    {.is = {.name = "no-key-for-backfill",
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
         "PRIMARY KEY USING INDEX"},
    {.is = {.name = "versioned-views-bypass-rls",
            .severity = Severity::warning,
            .summary = "A view reads with its owner's rights, past the row security of its tables",
            .needs = "schema"},
     .actions = {Do::create_view},
     .in_use = false,
     .when = bypasses_row_security,
     .message = "{other} has row level security, and who reads it through {table} sees what the "
                "view's owner may see",
     .instead = "CREATE VIEW {table} WITH (security_invoker = true) (PostgreSQL 15); before that, "
                "put the policy's condition into the view"},
};

}  // namespace

std::span<const Rule> history_rules() { return rules; }

}  // namespace architrave::migration::lint

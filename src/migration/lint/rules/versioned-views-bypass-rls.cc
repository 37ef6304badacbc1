#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

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

}  // namespace

extern const Rule versioned_views_bypass_rls;
const Rule versioned_views_bypass_rls = {
    .is = {.name = "versioned-views-bypass-rls",
           .severity = Severity::warning,
           .summary = "A view reads with its owner's rights, past the row security of its tables",
           .needs = "schema"},
    .actions = {Do::create_view},
    .in_use = false,
    .when = bypasses_row_security,
    .message =
        "{other} has row level security, and who reads it through {table} sees what the "
        "view's owner may see",
    .instead =
        "CREATE VIEW {table} WITH (security_invoker = true) (PostgreSQL 15); before that, "
        "put the policy's condition into the view"};

}  // namespace architrave::migration::lint::rules

#include "migration/lint/conditions.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

// A batch names its rows: by a subquery with LIMIT, a range of keys, or the key itself.
bool is_not_batched(const Action& action, const Statement&) {
  if (action.node.is("InsertStmt")) {
    const Node select = action.node["selectStmt"];
    return !select["fromClause"].empty() && !select["limitCount"];
  }
  const Node where = action.node["whereClause"];
  if (!where || is_always_true(where)) return true;
  if (where.any([](Node each) { return each.key() == "limitCount"; })) return false;
  const auto bounded = [](Node each) {
    if (!each.is("A_Expr")) return false;
    const std::string_view kind = each["kind"].text();
    if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_IN" || kind == "AEXPR_OP_ANY") return true;
    const std::string_view op = sql::string_of(each["name"].front());
    const Node column = each["lexpr"];
    if (!column.is("ColumnRef")) return false;
    const std::string_view name = sql::string_of(column["fields"].back());
    return op == "=" && (name == "id" || name.ends_with("_id") || name == "ctid");
  };
  return !where.any(bounded);
}

}  // namespace

extern const Rule backfill_in_migration;
const Rule backfill_in_migration = {
    .is = {.name = "backfill-in-migration",
           .severity = Severity::warning,
           .summary = "Many rows changed in one statement stay locked until it ends"},
    .actions = {Do::update, Do::remove},
    .when = is_not_batched,
    .message =
        "all rows of {table} that it changes are locked until the transaction ends, and "
        "their old versions stay until then",
    .instead =
        "batches of a few thousand rows by key, each in a transaction of its own; "
        "architrave migrate plan writes such a backfill"};

}  // namespace architrave::migration::lint::rules

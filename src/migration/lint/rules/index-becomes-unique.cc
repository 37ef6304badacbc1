#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// An index of the same columns that is not unique yet.
bool becomes_unique(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  if (!action.node["unique"].flag() || table == nullptr) return false;
  std::vector<std::string_view> columns;
  for (const sql::Node key : action.node["indexParams"]) columns.push_back(key["name"].text());
  for (const Index& each : table->indexes)
    if (!each.unique && !each.partial && each.columns == columns) return true;
  return false;
}

}  // namespace

extern const Rule index_becomes_unique;
const Rule index_becomes_unique = {
    .is = {.name = "index-becomes-unique",
           .severity = Severity::warning,
           .summary = "Columns that had an index get a unique one: old rows were never checked",
           .needs = "schema"},
    .actions = {Do::create_index, Do::create_index_concurrently},
    .when = becomes_unique,
    .message =
        "{table} has an index of the same columns that is not unique: duplicates were "
        "allowed until now and make this fail",
    .instead =
        "look for duplicates first; build the unique index concurrently, and drop the other "
        "one afterwards"};

}  // namespace architrave::migration::lint::rules

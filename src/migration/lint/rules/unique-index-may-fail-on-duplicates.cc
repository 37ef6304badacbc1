#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

bool is_unique(const Action& action, const Statement&) { return action.node["unique"].flag(); }

// The one column of the key, if there is one and its table is known.
const Column* key_column(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  const Node keys = action.node[action.node.is("IndexStmt") ? "indexParams" : "keys"];
  if (table == nullptr || keys.size() != 1) return nullptr;
  const Node key = keys.front();
  return table->column(key.is("IndexElem") ? key["name"].text() : sql::string_of(key));
}

std::string how_distinct(const Action& action, const Statement& statement) {
  const Column* column = key_column(action, statement);
  const Table* table = statement.state.schema.table(action.relation);
  if (column == nullptr || column->distinct == 0) return {};
  if (column->distinct == -1) return "; in the sample of the planner's statistics all differ";
  const double rows = table->rows ? static_cast<double>(*table->rows) : 0;
  const double values = column->distinct > 0 ? column->distinct : -column->distinct * rows;
  return "; the planner's statistics know of about " +
         human_count(static_cast<std::int64_t>(values)) + " values in " +
         plural(static_cast<std::int64_t>(rows), "row");
}

}  // namespace

extern const Rule unique_index_may_fail_on_duplicates;
const Rule unique_index_may_fail_on_duplicates = {
    .is = {.name = "unique-index-may-fail-on-duplicates",
           .severity = Severity::info,
           .summary = "A unique index of columns that hold rows already fails on duplicates",
           .needs = "data"},
    .actions = {Do::create_index, Do::create_index_concurrently, Do::add_unique},
    .when =
        [](const Action& action, const Statement& statement) {
          return action.what == Do::add_unique || is_unique(action, statement);
        },
    .message =
        "rows of {table} that are equal in these columns make it fail, and CONCURRENTLY "
        "leaves an invalid index behind",
    .instead = "look first: SELECT columns FROM {table} GROUP BY columns HAVING count(*) > 1",
    .detail = how_distinct};

}  // namespace architrave::migration::lint::rules

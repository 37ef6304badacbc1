#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool is_schema_or_database(const Statement& statement) {
  return statement.node.is("ReindexStmt") &&
         statement.node["kind"].text() != "REINDEX_OBJECT_SYSTEM";
}

}  // namespace

extern const Rule reindex_not_concurrent;
const Rule reindex_not_concurrent = {
    .is = {.name = "reindex-not-concurrent",
           .severity = Severity::error,
           .summary = "REINDEX without CONCURRENTLY blocks writes while it builds"},
    .actions = {Do::reindex, Do::reindex_partitioned, Do::outside_transaction},
    .when =
        [](const Action& action, const Statement& statement) {
          return action.what != Do::outside_transaction || is_schema_or_database(statement);
        },
    .message = "REINDEX blocks writes of {table} while it builds, and queries that want the index",
    .instead = "REINDEX … CONCURRENTLY (PostgreSQL 12), outside of a transaction"};

}  // namespace architrave::migration::lint::rules

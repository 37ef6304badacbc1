#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool whole_database(const Action& action, const Statement& statement) {
  return action.what != Do::outside_transaction ||
         (statement.node.is("ReindexStmt") &&
          statement.node["kind"].text() != "REINDEX_OBJECT_SYSTEM");
}

}  // namespace

extern const Rule reindex_not_concurrent;
const Rule reindex_not_concurrent = {
    .is = {.name = "reindex-not-concurrent",
           .severity = Severity::error,
           .summary = "REINDEX without CONCURRENTLY blocks writes while it builds"},
    .actions = {Do::reindex, Do::outside_transaction},
    .when =
        [](const Action& action, const Statement& statement) {
          return whole_database(action, statement) &&
                 (action.what == Do::reindex || statement.node.is("ReindexStmt"));
        },
    .message = "REINDEX blocks writes of {table} while it builds, and queries that want the index",
    .instead = "REINDEX … CONCURRENTLY (PostgreSQL 12), outside of a transaction"};

}  // namespace architrave::migration::lint::rules

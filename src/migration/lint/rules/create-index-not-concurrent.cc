#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// CREATE INDEX ON ONLY a partitioned table is a definition; its partitions' indexes come later.
bool builds(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  return action.node["relation"]["inh"].flag() || table == nullptr || table->kind != 'p';
}

}  // namespace

extern const Rule create_index_not_concurrent;
const Rule create_index_not_concurrent = {
    .is = {.name = "create-index-not-concurrent",
           .severity = Severity::error,
           .summary = "CREATE INDEX without CONCURRENTLY blocks writes while it builds"},
    .actions = {Do::create_index},
    .when = builds,
    .message =
        "CREATE INDEX holds SHARE on {table} while it reads the whole table: all writes "
        "wait until the index is built",
    .instead =
        "CREATE INDEX CONCURRENTLY, in a file of its own with -- architrave:transaction "
        "none; drop the invalid index that it leaves behind should it fail"};

}  // namespace architrave::migration::lint::rules

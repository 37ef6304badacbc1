#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool of_the_corrupting_versions(const Action&, const Statement& statement) {
  return statement.state.version == 14 && statement.state.minor >= 0 && statement.state.minor < 4;
}

}  // namespace

extern const Rule index_corruption;
const Rule index_corruption = {
    .is = {.name = "index-corruption",
           .severity = Severity::error,
           .summary = "CREATE INDEX CONCURRENTLY can corrupt the index on PostgreSQL 14.0 to 14.3"},
    .actions = {Do::create_index_concurrently, Do::reindex_concurrently,
                Do::reindex_partitioned_concurrently},
    .in_use = false,
    .when = of_the_corrupting_versions,
    .message = "PostgreSQL 14.0 to 14.3 can miss rows in an index that is built concurrently",
    .instead =
        "update the server to 14.4 or later first; check what was built before with amcheck "
        "or rebuild it"};

}  // namespace architrave::migration::lint::rules

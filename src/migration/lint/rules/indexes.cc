// Indexes, and the maintenance that locks like them.
#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using sql::Node;

namespace {

bool of_more_than_three_columns(const Action& action, const Statement&) {
  return !action.node["unique"].flag() && action.node["indexParams"].size() > 3;
}

bool of_the_corrupting_versions(const Action&, const Statement& statement) {
  return statement.state.version == 14 && statement.state.minor >= 0 && statement.state.minor < 4;
}

// CREATE INDEX ON ONLY a partitioned table is a definition; its partitions' indexes come later.
bool builds(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  return action.node["relation"]["inh"].flag() || table == nullptr || table->kind != 'p';
}

bool is_unique(const Action& action, const Statement&) { return action.node["unique"].flag(); }

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

bool whole_database(const Action& action, const Statement& statement) {
  return action.what != Do::outside_transaction ||
         (statement.node.is("ReindexStmt") &&
          statement.node["kind"].text() != "REINDEX_OBJECT_SYSTEM");
}

// Child tables that no validated CHECK vouches for are scanned under the lock.
bool child_is_in_use(const Action& action, const Statement& statement) {
  return statement.state.in_use(action.other);
}

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

const Rule rules[] = {
    {.is = {.name = "create-index-not-concurrent",
            .severity = Severity::error,
            .summary = "CREATE INDEX without CONCURRENTLY blocks writes while it builds"},
     .actions = {Do::create_index},
     .when = builds,
     .message = "CREATE INDEX holds SHARE on {table} while it reads the whole table: all writes "
                "wait until the index is built",
     .instead = "CREATE INDEX CONCURRENTLY, in a file of its own with -- architrave:transaction "
                "none; drop the invalid index that it leaves behind should it fail"},
    {.is = {.name = "drop-index-not-concurrent",
            .severity = Severity::warning,
            .summary = "DROP INDEX without CONCURRENTLY blocks reads and writes of its table"},
     .actions = {Do::drop_index},
     .message = "DROP INDEX {column} takes ACCESS EXCLUSIVE on its table and waits for every query "
                "that runs; all others queue behind it",
     .instead = "DROP INDEX CONCURRENTLY {column}, outside of a transaction"},
    {.is = {.name = "reindex-not-concurrent",
            .severity = Severity::error,
            .summary = "REINDEX without CONCURRENTLY blocks writes while it builds"},
     .actions = {Do::reindex, Do::outside_transaction},
     .when =
         [](const Action& action, const Statement& statement) {
           return whole_database(action, statement) &&
                  (action.what == Do::reindex || statement.node.is("ReindexStmt"));
         },
     .message = "REINDEX blocks writes of {table} while it builds, and queries that want the index",
     .instead = "REINDEX … CONCURRENTLY (PostgreSQL 12), outside of a transaction"},
    {.is = {.name = "refresh-matview-blocking",
            .severity = Severity::warning,
            .summary = "REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks its readers"},
     .actions = {Do::refresh_matview},
     .message = "REFRESH holds ACCESS EXCLUSIVE on {table} while its query runs: nobody reads it "
                "until then",
     .instead = "REFRESH MATERIALIZED VIEW CONCURRENTLY {table}, which needs a unique index of "
                "columns that has no WHERE"},
    {.is = {.name = "refresh-matview-concurrently-lock",
            .severity = Severity::info,
            .summary = "REFRESH CONCURRENTLY still keeps other writers and refreshes out"},
     .actions = {Do::refresh_matview_concurrently},
     .message = "REFRESH CONCURRENTLY lets readers of {table} go on, but holds EXCLUSIVE: a second "
                "refresh waits; it fails unless a unique index covers all rows",
     .instead = "make sure that a unique index of {table} without WHERE is there, and refresh from "
                "one place, outside of the migration"},
    {.is = {.name = "detach-partition-not-concurrent",
            .severity = Severity::warning,
            .summary = "DETACH PARTITION without CONCURRENTLY blocks the whole partitioned table"},
     .actions = {Do::detach_partition},
     .when = [](const Action& action,
                const Statement&) { return action.node["subtype"].text() == "AT_DetachPartition"; },
     .message = "DETACH PARTITION takes ACCESS EXCLUSIVE on {table} and on {other}",
     .instead =
         "ALTER TABLE {table} DETACH PARTITION {other} CONCURRENTLY (PostgreSQL 14), outside "
         "of a transaction"},
    {.is = {.name = "attach-partition-without-check",
            .severity = Severity::warning,
            .summary =
                "ATTACH PARTITION scans the new partition under its lock unless a CHECK says "
                "what is in it",
            .needs = "schema"},
     .actions = {Do::attach_partition},
     .in_use = false,
     .when = child_is_in_use,
     .message = "ATTACH PARTITION reads all of {other} under ACCESS EXCLUSIVE to see whether its "
                "rows belong there",
     .instead =
         "first ALTER TABLE {other} ADD CONSTRAINT bounds CHECK (the bounds, and the key IS "
         "NOT NULL) NOT VALID, then VALIDATE CONSTRAINT bounds; attach it then, and drop the "
         "constraint afterwards"},
    {.is = {.name = "vacuum-full",
            .severity = Severity::error,
            .summary = "VACUUM FULL and CLUSTER rewrite the table while nobody can read it"},
     .actions = {Do::vacuum_full, Do::cluster, Do::outside_transaction},
     .when =
         [](const Action& action, const Statement& statement) {
           return action.what != Do::outside_transaction || statement.node.is("ClusterStmt");
         },
     .message = "{table} is written anew under ACCESS EXCLUSIVE: nobody reads or writes it until "
                "that is done",
     .instead =
         "pg_repack --table={table}, which needs the lock for a moment only; to let space be "
         "used again, VACUUM {table} is enough"},
    {.is = {.name = "index-corruption",
            .severity = Severity::error,
            .summary =
                "CREATE INDEX CONCURRENTLY can corrupt the index on PostgreSQL 14.0 to 14.3"},
     .actions = {Do::create_index_concurrently, Do::reindex_concurrently},
     .in_use = false,
     .when = of_the_corrupting_versions,
     .message = "PostgreSQL 14.0 to 14.3 can miss rows in an index that is built concurrently",
     .instead =
         "update the server to 14.4 or later first; check what was built before with amcheck "
         "or rebuild it"},
    {.is = {.name = "non-unique-index-over-3-columns",
            .severity = Severity::info,
            .summary = "An index of more than three columns rarely pays unless it is unique"},
     .actions = {Do::create_index, Do::create_index_concurrently},
     .in_use = false,
     .when = of_more_than_three_columns,
     .message =
         "index {column} of {table} has more than three columns: it is large, each write pays "
         "for it, and the later columns seldom narrow a search",
     .instead = "keep the columns that are compared with =, and one that is compared by range or "
                "sorted by; architrave optimize says what a workload needs"},
    {.is = {.name = "unique-index-may-fail-on-duplicates",
            .severity = Severity::info,
            .summary = "A unique index of columns that hold rows already fails on duplicates",
            .needs = "data"},
     .actions = {Do::create_index, Do::create_index_concurrently, Do::add_unique},
     .when =
         [](const Action& action, const Statement& statement) {
           return action.what == Do::add_unique || is_unique(action, statement);
         },
     .message = "rows of {table} that are equal in these columns make it fail, and CONCURRENTLY "
                "leaves an invalid index behind",
     .instead = "look first: SELECT columns FROM {table} GROUP BY columns HAVING count(*) > 1",
     .detail = how_distinct},
    {.is = {.name = "index-becomes-unique",
            .severity = Severity::warning,
            .summary = "Columns that had an index get a unique one: old rows were never checked",
            .needs = "schema"},
     .actions = {Do::create_index, Do::create_index_concurrently},
     .when = becomes_unique,
     .message = "{table} has an index of the same columns that is not unique: duplicates were "
                "allowed until now and make this fail",
     .instead =
         "look for duplicates first; build the unique index concurrently, and drop the other "
         "one afterwards"},
};

}  // namespace

std::span<const Rule> index_rules() { return rules; }

}  // namespace architrave::migration::lint

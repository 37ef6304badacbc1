// The table of locks. Sources: "Table-Level Locks" and the notes of each command in PostgreSQL's
// manual, AlterTableGetLockLevel in tablecmds.c; effects_test tries every row on real servers.
#include "migration/effects.h"

namespace architrave::migration {

namespace {

constexpr Lock none = Lock::none;
constexpr Lock access_share = Lock::access_share;
constexpr Lock row_share = Lock::row_share;
constexpr Lock row_exclusive = Lock::row_exclusive;
constexpr Lock share_update_exclusive = Lock::share_update_exclusive;
constexpr Lock share = Lock::share;
constexpr Lock share_row_exclusive = Lock::share_row_exclusive;
constexpr Lock exclusive = Lock::exclusive;
constexpr Lock access_exclusive = Lock::access_exclusive;
constexpr bool rewrites = true;
constexpr bool scans = true;
constexpr bool stays = false;  // no rewrite
constexpr bool blind = false;  // no scan
constexpr bool alone = false;  // not in a transaction
constexpr bool joins = true;   // in a transaction

}  // namespace

const std::vector<EffectRow>& effect_rows() {
  using enum Do;
  static const std::vector<EffectRow> rows = {
      // action, words, lock, on the other table, rewrites, scans, in a transaction, from version,
      // scans the other
      {add_column, "ADD COLUMN", access_exclusive},
      {add_column_default, "ADD COLUMN with a constant default", access_exclusive, none, rewrites,
       scans},
      {add_column_default, "ADD COLUMN with a constant default", access_exclusive, none, stays,
       blind, joins, 11},
      {add_column_volatile_default, "ADD COLUMN with a volatile default", access_exclusive, none,
       rewrites, scans},
      {add_column_sequence, "ADD COLUMN that counts (serial, identity)", access_exclusive, none,
       rewrites, scans},
      {add_column_stored, "ADD COLUMN GENERATED … STORED", access_exclusive, none, rewrites, scans},
      {add_column_constrained_domain, "ADD COLUMN of a domain with constraints", access_exclusive,
       none, rewrites, scans},
      {add_column_required, "ADD COLUMN NOT NULL without a default", access_exclusive, none, stays,
       scans},
      {drop_column, "DROP COLUMN", access_exclusive},
      {rename_column, "RENAME COLUMN", access_exclusive},
      {set_type, "ALTER COLUMN TYPE", access_exclusive, none, rewrites, scans},
      {set_type_in_place, "ALTER COLUMN TYPE that keeps the form on disk", access_exclusive},
      {set_type_reindexed, "ALTER COLUMN TYPE that changes the order of an index", access_exclusive,
       none, stays, scans},
      {set_type_checked, "ALTER COLUMN TYPE of a column with a CHECK", access_exclusive, none,
       stays, scans},
      {set_default, "SET DEFAULT", access_exclusive},
      {drop_default, "DROP DEFAULT", access_exclusive},
      {set_not_null, "SET NOT NULL", access_exclusive, none, stays, scans},
      {set_not_null_proved, "SET NOT NULL behind a validated CHECK", access_exclusive, none, stays,
       scans},
      {set_not_null_proved, "SET NOT NULL behind a validated CHECK", access_exclusive, none, stays,
       blind, joins, 12},
      {drop_not_null, "DROP NOT NULL", access_exclusive},
      {add_identity, "ADD GENERATED AS IDENTITY", access_exclusive},
      {alter_identity, "SET or DROP IDENTITY", access_exclusive},
      {drop_expression, "DROP EXPRESSION", access_exclusive},
      {set_statistics, "SET STATISTICS", share_update_exclusive},
      {set_storage, "SET STORAGE or COMPRESSION", access_exclusive},
      {set_column_options, "ALTER COLUMN SET (…)", share_update_exclusive},

      {add_primary_key, "ADD PRIMARY KEY", access_exclusive, none, stays, scans},
      {add_primary_key_using_index, "ADD PRIMARY KEY USING INDEX", access_exclusive},
      {add_primary_key_using_nullable_index, "ADD PRIMARY KEY USING INDEX of a nullable column",
       access_exclusive, none, stays, scans},
      {add_unique, "ADD UNIQUE", access_exclusive, none, stays, scans},
      {add_unique_using_index, "ADD UNIQUE USING INDEX", access_exclusive},
      {add_exclusion, "ADD EXCLUDE", access_exclusive, none, stays, scans},
      {add_check, "ADD CHECK", access_exclusive, none, stays, scans},
      {add_check_not_valid, "ADD CHECK NOT VALID", access_exclusive},
      {add_foreign_key, "ADD FOREIGN KEY", share_row_exclusive, share_row_exclusive, stays, scans,
       joins, 0, scans},
      {add_foreign_key_not_valid, "ADD FOREIGN KEY NOT VALID", share_row_exclusive,
       share_row_exclusive},
      {validate_check, "VALIDATE CONSTRAINT of a check", share_update_exclusive, none, stays,
       scans},
      {validate_foreign_key, "VALIDATE CONSTRAINT of a foreign key", share_update_exclusive,
       row_share, stays, scans, joins, 0, scans},
      {drop_constraint, "DROP CONSTRAINT", access_exclusive},
      {drop_foreign_key, "DROP CONSTRAINT of a foreign key", access_exclusive, access_exclusive},
      {rename_constraint, "RENAME CONSTRAINT", access_exclusive},
      {alter_constraint, "ALTER CONSTRAINT", access_exclusive},

      {create_table, "CREATE TABLE"},
      {create_foreign_key, "REFERENCES of a new table", none, share_row_exclusive},
      {create_partition, "CREATE TABLE PARTITION OF", none, access_exclusive},
      {create_inherited, "CREATE TABLE INHERITS", none, share_update_exclusive},
      {create_like, "CREATE TABLE LIKE", none, access_share},
      {drop_table, "DROP TABLE", access_exclusive, access_exclusive},
      {truncate, "TRUNCATE", access_exclusive, none, rewrites},
      {rename_table, "RENAME TO", access_exclusive},
      {set_table_schema, "SET SCHEMA", access_exclusive},
      {set_owner, "OWNER TO", access_exclusive},
      {set_tablespace, "SET TABLESPACE", access_exclusive, none, rewrites},
      {set_logged, "SET LOGGED or UNLOGGED", access_exclusive, none, rewrites, scans},
      {set_access_method, "SET ACCESS METHOD", access_exclusive, none, rewrites, scans},
      {set_options, "SET (…) of storage and autovacuum", share_update_exclusive},
      {cluster_on, "CLUSTER ON", share_update_exclusive},
      {row_security, "ENABLE ROW LEVEL SECURITY", access_exclusive},
      {replica_identity, "REPLICA IDENTITY", access_exclusive},
      {inherit, "INHERIT or NO INHERIT", access_exclusive, share_update_exclusive},
      {attach_partition, "ATTACH PARTITION", share_update_exclusive, access_exclusive, stays, blind,
       joins, 0, scans},
      {attach_partition_proved, "ATTACH PARTITION behind a validated CHECK", share_update_exclusive,
       access_exclusive},
      {detach_partition, "DETACH PARTITION", access_exclusive, share_update_exclusive},
      {detach_partition, "DETACH PARTITION", access_exclusive, access_exclusive, stays, blind,
       joins, 14},
      {detach_partition_concurrently, "DETACH PARTITION CONCURRENTLY", share_update_exclusive,
       access_exclusive, stays, blind, alone},
      {alter_table_otherwise, "ALTER TABLE", access_exclusive},

      {create_trigger, "CREATE TRIGGER", share_row_exclusive},
      {create_foreign_trigger, "CREATE CONSTRAINT TRIGGER FROM", none, access_share},
      {drop_trigger, "DROP TRIGGER", access_exclusive},
      {rename_trigger, "ALTER TRIGGER RENAME", access_exclusive},
      {enable_trigger, "ENABLE or DISABLE TRIGGER", share_row_exclusive},
      {create_rule, "CREATE RULE", access_exclusive},
      {drop_rule, "DROP RULE", access_exclusive},
      {enable_rule, "ENABLE or DISABLE RULE", access_exclusive},
      {create_policy, "CREATE POLICY", access_exclusive},
      {alter_policy, "ALTER POLICY", access_exclusive},
      {drop_policy, "DROP POLICY", access_exclusive},

      {create_index, "CREATE INDEX", share, none, stays, scans},
      {create_index_concurrently, "CREATE INDEX CONCURRENTLY", share_update_exclusive, none, stays,
       scans, alone},
      {drop_index, "DROP INDEX", access_exclusive},
      {drop_index_concurrently, "DROP INDEX CONCURRENTLY", share_update_exclusive, none, stays,
       blind, alone},
      {reindex, "REINDEX", share, none, stays, scans},
      {reindex_partitioned, "REINDEX of a partitioned table", share, none, stays, scans, alone},
      {reindex_concurrently, "REINDEX CONCURRENTLY", share_update_exclusive, none, stays, scans,
       alone},
      {reindex_partitioned_concurrently, "REINDEX CONCURRENTLY of a partitioned table",
       share_update_exclusive, none, stays, blind, alone},
      {rename_index, "ALTER INDEX RENAME", access_exclusive},
      {rename_index, "ALTER INDEX RENAME", share_update_exclusive, none, stays, blind, joins, 12},
      {alter_index, "ALTER INDEX", share_update_exclusive},

      {create_view, "CREATE VIEW", none, access_share},
      {replace_view, "CREATE OR REPLACE VIEW", access_exclusive, access_share},
      {drop_view, "DROP VIEW", access_exclusive},
      {alter_view, "ALTER VIEW", access_exclusive},
      {create_matview, "CREATE MATERIALIZED VIEW", none, access_share},
      {refresh_matview, "REFRESH MATERIALIZED VIEW", access_exclusive, none, rewrites},
      {refresh_matview_concurrently, "REFRESH MATERIALIZED VIEW CONCURRENTLY", exclusive, none,
       stays, scans},
      {drop_matview, "DROP MATERIALIZED VIEW", access_exclusive},
      {create_sequence, "CREATE SEQUENCE"},
      {alter_sequence, "ALTER SEQUENCE", share_row_exclusive},
      {drop_sequence, "DROP SEQUENCE", access_exclusive},
      {create_statistics, "CREATE STATISTICS", share_update_exclusive},
      {comment, "COMMENT ON", share_update_exclusive},

      {vacuum, "VACUUM", share_update_exclusive, none, stays, blind, alone},
      {vacuum_full, "VACUUM FULL", access_exclusive, none, rewrites, scans, alone},
      {analyze, "ANALYZE", share_update_exclusive},
      {cluster, "CLUSTER", access_exclusive, none, rewrites, scans},
      {cluster_partitioned, "CLUSTER of a partitioned table", access_exclusive, none, rewrites,
       scans, alone},
      {lock_table, "LOCK TABLE"},

      {read, "SELECT", access_share},
      {read_for_update, "SELECT FOR UPDATE", row_share},
      {insert, "INSERT", row_exclusive},
      {update, "UPDATE", row_exclusive},
      {remove, "DELETE", row_exclusive},
      {merge, "MERGE", row_exclusive},
      {copy_from, "COPY FROM", row_exclusive},

      {outside_transaction, "a statement of the whole server", none, none, stays, blind, alone},
      {add_enum_value, "ALTER TYPE ADD VALUE", none, none, stays, blind, alone},
      {add_enum_value, "ALTER TYPE ADD VALUE", none, none, stays, blind, joins, 12},
      {other, "a statement that locks no table"},
  };
  return rows;
}

const std::vector<SpreadRow>& spread_rows() {
  using enum Do;
  constexpr bool partitions_alone = false;
  static const std::vector<SpreadRow> rows = [] {
    std::vector<SpreadRow> out = {
        {drop_table, access_exclusive, partitions_alone},
        {drop_trigger, access_exclusive, partitions_alone},
        {drop_index, access_exclusive, partitions_alone},
        {rename_trigger, none, partitions_alone},
        {rename_trigger, access_exclusive, partitions_alone, 15},
        {add_primary_key, share, partitions_alone},
        {add_primary_key, access_exclusive, partitions_alone, 18},
        {add_unique, share, partitions_alone},
        {add_unique, access_exclusive, partitions_alone, 18},
        {add_foreign_key, share_row_exclusive, partitions_alone},
        {create_trigger, share_row_exclusive, partitions_alone},
        {enable_trigger, share_row_exclusive, partitions_alone},
        {create_index, share, partitions_alone},
        {reindex_partitioned, share, partitions_alone},
        // All at once before the first is built, for as long as that takes to tell them.
        {reindex_partitioned_concurrently, share, partitions_alone},
        {cluster_partitioned, access_exclusive, partitions_alone},
        {vacuum, share_update_exclusive, partitions_alone},
        {vacuum, share_update_exclusive, true, 18},
        {vacuum_full, access_exclusive, partitions_alone},
        {vacuum_full, access_exclusive, true, 18},
        {analyze, share_update_exclusive, partitions_alone},
        {analyze, share_update_exclusive, true, 18},
        {validate_check, share_update_exclusive},
        {set_statistics, share_update_exclusive}};
    for (const Do each : {add_column,
                          add_column_default,
                          add_column_volatile_default,
                          add_column_sequence,
                          add_column_stored,
                          add_column_constrained_domain,
                          add_column_required,
                          drop_column,
                          rename_column,
                          set_type,
                          set_type_in_place,
                          set_type_reindexed,
                          set_type_checked,
                          set_default,
                          drop_default,
                          set_not_null,
                          set_not_null_proved,
                          drop_not_null,
                          set_storage,
                          add_check,
                          add_check_not_valid,
                          drop_constraint,
                          drop_foreign_key,
                          rename_constraint,
                          truncate})
      out.push_back({each, access_exclusive});
    return out;
  }();
  return rows;
}

}  // namespace architrave::migration

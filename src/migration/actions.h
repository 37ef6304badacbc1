// What a statement does, one action after the other: ALTER TABLE's commands each on its own, the
// constraints that a column brings along, the tables that a DROP names. Which lock an action takes,
// and whether it rewrites or scans, is written in one table: effects_table.cc. The linter's rules
// look at actions as well, so that rule and prediction can't differ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migration/schema.h"
#include "sql/node.h"

namespace architrave::migration {

enum class Do : std::uint8_t {
  // Columns.
  add_column,
  add_column_default,
  add_column_volatile_default,
  add_column_sequence,  // serial or identity
  add_column_stored,    // GENERATED … STORED
  add_column_constrained_domain,
  add_column_required,  // NOT NULL without a default: looks whether there are rows
  drop_column,
  rename_column,
  set_type,  // rewrites, or may do so for all that is known
  set_type_in_place,
  set_type_reindexed,  // rows stay as they lie, the column's indexes don't
  set_type_checked,    // in place too, but a CHECK names the column and is tested again
  set_default,
  drop_default,
  set_not_null,
  set_not_null_proved,  // a validated CHECK says it already
  drop_not_null,
  add_identity,
  alter_identity,
  drop_expression,
  set_statistics,
  set_storage,
  set_column_options,
  // Constraints.
  add_primary_key,
  add_primary_key_using_index,
  add_primary_key_using_nullable_index,  // must look for nulls
  add_unique,
  add_unique_using_index,
  add_exclusion,
  add_check,
  add_check_not_valid,
  add_foreign_key,
  add_foreign_key_not_valid,
  validate_check,
  validate_foreign_key,
  drop_constraint,
  drop_foreign_key,
  rename_constraint,
  alter_constraint,
  // Tables.
  create_table,
  create_foreign_key,  // of a table that is being created: locks the other one
  create_partition,    // locks the partitioned table
  create_inherited,
  create_like,
  drop_table,
  truncate,
  rename_table,
  set_table_schema,
  set_owner,
  set_tablespace,
  set_logged,
  set_access_method,
  set_options,
  cluster_on,
  row_security,
  replica_identity,
  inherit,
  attach_partition,
  attach_partition_proved,  // a validated CHECK spares the scan
  detach_partition,
  detach_partition_concurrently,
  alter_table_otherwise,
  // Triggers, rules, policies.
  create_trigger,
  create_foreign_trigger,  // the other table of CREATE CONSTRAINT TRIGGER … FROM
  drop_trigger,
  rename_trigger,
  enable_trigger,
  create_rule,
  drop_rule,
  enable_rule,
  create_policy,
  alter_policy,
  drop_policy,
  // Indexes.
  create_index,
  create_index_concurrently,
  drop_index,
  drop_index_concurrently,
  reindex,
  reindex_partitioned,
  reindex_partitioned_concurrently,
  reindex_concurrently,
  rename_index,
  alter_index,
  // Views and sequences.
  create_view,
  replace_view,
  drop_view,
  alter_view,
  create_matview,
  refresh_matview,
  refresh_matview_concurrently,
  drop_matview,
  create_sequence,
  alter_sequence,
  drop_sequence,
  create_statistics,
  comment,
  // Maintenance.
  vacuum,
  vacuum_full,
  analyze,
  cluster,
  cluster_partitioned,
  lock_table,  // in the mode that it names
  // Rows.
  read,
  read_for_update,
  insert,
  update,
  remove,
  merge,
  copy_from,
  // Whole databases, and what locks no table.
  outside_transaction,  // CREATE DATABASE, ALTER SYSTEM, …
  add_enum_value,
  other,
  count_
};

struct Action {
  Do what = Do::other;
  sql::Node node;           // the clause that says so
  std::string relation;     // Schema::name_of, of the table (of an index: its table if known)
  std::string other;        // the table that a foreign key references, the partition, …
  std::string_view column;  // or what else it is about: a constraint, an index, a trigger
  bool only = false;        // says ONLY, or else stays with this table
  int location = -1;        // in the statement, in bytes; -1 if the parser does not say
};

// Reads actions out of statements. Reuses its memory: keep one.
class ActionReader {
 public:
  // `known` may be null. `version` is the server's major one.
  const std::vector<Action>& read(sql::Node statement, int version, const Schema* known);

 private:
  std::vector<Action> actions_;
};

// Whether an expression may give another value for each row, so that a default made of it rewrites.
// A function that PostgreSQL does not bring along counts as volatile, which is what CREATE FUNCTION
// makes it unless told otherwise.
bool may_be_volatile(sql::Node expression);
// Whether rows keep their form on disk under the new type. False if it is not known.
bool keeps_form(const TypeName& from, const TypeName& to);
// text and citext: rows keep their form, and indexes are built anew.
bool differs_by_collation(const TypeName& from, const TypeName& to);
// timestamp and timestamptz, which are the same number where the session's zone is UTC; their
// indexes are built anew. PostgreSQL 12 and newer know it.
bool differs_by_zone(const TypeName& from, const TypeName& to);

}  // namespace architrave::migration

// What takes data or objects away, or hands rights out.
#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using sql::Node;

namespace {

void dropped_schema(const Statement& statement, Finder& finder) {
  if (statement.node["removeType"].text() != "OBJECT_SCHEMA") return;
  for (const Node each : statement.node["objects"])
    finder.find("schema " + quote_identifier(sql::string_of(each)) +
                    (statement.node["behavior"].text() == "DROP_CASCADE"
                         ? " goes with everything that is in it and everything that depends on that"
                         : " is gone for every application that names it"),
                "drop what is in it one by one, after a backup, once nobody uses it");
}

void dropped_database(const Statement& statement, Finder& finder) {
  finder.find("database " + quote_identifier(statement.node["dbname"].text()) +
                  " and all that is in it are gone, and no transaction brings them back",
              "no migration should drop a database; do it by hand, after a backup");
}

bool cascades(const Action&, const Statement& statement) {
  return statement.node["behavior"].text() == "DROP_CASCADE";
}

// DROP TABLE x … CREATE TABLE x in one migration.
bool was_dropped(const Action& action, const Statement& statement) {
  return statement.state.dropped.contains(action.relation);
}

void extension(const Statement& statement, Finder& finder) {
  finder.find("extension " + quote_identifier(statement.node["extname"].text()) +
                  " changes its functions and types under everything that uses them, and has no "
                  "way back but the one its author wrote",
              "try it on a copy first, and name the version: ALTER EXTENSION … UPDATE TO '…'");
}

void rights(const Statement& statement, Finder& finder) {
  const std::string_view type = statement.node.type();
  if (type == "AlterOwnerStmt" || type == "GrantStmt" || type == "GrantRoleStmt" ||
      type == "AlterDefaultPrivilegesStmt" || type.ends_with("RoleStmt") ||
      type.ends_with("RoleSetStmt"))
    finder.find("changes who may see and change what",
                "have it reviewed by whoever answers for access; grant to roles that stand for "
                "tasks, and the least that each needs");
}

const Rule rules[] = {
    {.is = {.name = "drop-column",
            .severity = Severity::error,
            .summary = "A dropped column breaks applications that still name it, and its data are "
                       "gone"},
     .actions = {Do::drop_column},
     .message = "queries that name {column} of {table} fail from this moment on, and its values "
                "are gone",
     .instead = "first release code that does not read or write it; keep the values aside (rename "
                "it, drop it a release later)"},
    {.is = {.name = "drop-table",
            .severity = Severity::error,
            .summary = "A dropped table's rows are gone, and applications that name it fail"},
     .actions = {Do::drop_table},
     .when = [](const Action& action, const Statement&) { return action.other.empty(); },
     .message = "{table} and its rows are gone, and queries that name it fail from this moment on",
     .instead = "rename it first, and drop it a release later, after a backup"},
    {.is = {.name = "drop-schema",
            .severity = Severity::error,
            .summary = "A dropped schema takes everything that is in it along"},
     .nodes = {"DropStmt"},
     .check = dropped_schema},
    {.is = {.name = "drop-database",
            .severity = Severity::error,
            .summary = "A dropped database is gone at once and for good"},
     .nodes = {"DropdbStmt"},
     .check = dropped_database},
    {.is = {.name = "truncate",
            .severity = Severity::error,
            .summary = "TRUNCATE empties the table, under ACCESS EXCLUSIVE"},
     .actions = {Do::truncate},
     .message = "all rows of {table} are gone, and it is locked for reads and writes until the "
                "transaction ends",
     .instead = "DELETE in batches, of the rows that are meant"},
    {.is = {.name = "truncate-cascade",
            .severity = Severity::error,
            .summary = "TRUNCATE CASCADE empties every table that references this one"},
     .actions = {Do::truncate},
     .in_use = false,
     .when = cascades,
     .message = "every table with a foreign key to {table} is emptied as well, and those that "
                "reference them",
     .instead = "name all tables: TRUNCATE {table}, …"},
    {.is = {.name = "create-table-force",
            .severity = Severity::error,
            .summary = "A table that is dropped and made again loses its rows, rights and foreign "
                       "keys"},
     .actions = {Do::create_table},
     .in_use = false,
     .when = was_dropped,
     .message =
         "{table} was dropped in this migration and is made anew: rows, grants, comments and "
         "foreign keys to it are gone",
     .instead =
         "change what is there with ALTER TABLE {table}, or make a table of another name and "
         "move the rows"},
    {.is = {.name = "extension-upgrade",
            .severity = Severity::warning,
            .summary = "An extension's update changes functions and types under what uses them"},
     .nodes = {"AlterExtensionStmt"},
     .check = extension},
    {.is = {.name = "authz-update",
            .severity = Severity::info,
            .summary = "Grants, policies, roles and owners decide who may do what"},
     .actions = {Do::row_security, Do::create_policy, Do::alter_policy, Do::drop_policy,
                 Do::set_owner},
     .message = "changes who may see and change rows of {table}",
     .instead = "have it reviewed by whoever answers for access; try it as each role that is meant",
     .nodes = {"GrantStmt", "GrantRoleStmt", "AlterOwnerStmt", "AlterDefaultPrivilegesStmt",
               "CreateRoleStmt", "AlterRoleStmt", "DropRoleStmt", "AlterRoleSetStmt"},
     .check = rights},
    {.is = {.name = "correctness",
            .severity = Severity::warning,
            .summary = "What reads the table's changes, or moves them on, may no longer be right"},
     .actions = {Do::replica_identity, Do::inherit, Do::detach_partition,
                 Do::detach_partition_concurrently},
     .message = "{table} changes what others take for granted: replicas and change streams by its "
                "replica identity, queries of the parent by which tables belong to it",
     .instead = "stop subscribers first, or make sure that they, and queries of the parent, are "
                "right with both"},
};

}  // namespace

std::span<const Rule> destructive_rules() { return rules; }

}  // namespace architrave::migration::lint

// Columns: what is added, changed and taken away under the lock, and under the application.
#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using sql::Node;

namespace {

bool before_11(const Action&, const Statement& statement) { return statement.state.version < 11; }

// Also of a table that this migration made, if it has put rows into it.
bool may_have_rows(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  return statement.state.in_use(action.relation) || (table != nullptr && table->filled);
}

bool is_json(const TypeName& type) { return type.name == "json"; }

void json_column(const Statement& statement, Finder& finder) {
  statement.node.any([&](Node each) {
    if (!each.is("ColumnDef") || !is_json(type_name(each["typeName"]))) return false;
    const std::string_view name = each["colname"].text();
    finder.find((name.empty() ? "the column" : "column " + quote_identifier(name)) +
                    " is json: it has no equality, so that DISTINCT, GROUP BY and UNION fail on "
                    "queries that select it, and no index can look into it",
                "jsonb", {}, static_cast<int>(each["typeName"]["location"].number()));
    return false;
  });
}

void schema_renamed(const Statement& statement, Finder& finder) {
  if (statement.node["renameType"].text() != "OBJECT_SCHEMA") return;
  finder.find("everything that names schema " + quote_identifier(statement.node["subname"].text()) +
                  " fails from this moment on, functions and views' owners' search paths included",
              "make a new schema and move objects one by one, with views under the old names until "
              "every application has changed");
}

const Rule rules[] = {
    {.is = {.name = "add-required-field",
            .severity = Severity::error,
            .summary = "A NOT NULL column without a default can't be added to a table with rows"},
     .actions = {Do::add_column_required},
     .in_use = false,
     .when = may_have_rows,
     .message = "{column} is NOT NULL and has no default: it fails if {table} has rows, and "
                "inserts of applications that don't know it fail from then on",
     .instead = "add it nullable or with a default, fill it in batches, then make it NOT NULL "
                "behind a validated CHECK"},
    {.is = {.name = "add-column-volatile-default",
            .severity = Severity::error,
            .summary = "A default that differs from row to row rewrites the table under its lock"},
     .actions = {Do::add_column_volatile_default},
     .message = "the default of {column} is computed for each row: all of {table} is written anew "
                "under ACCESS EXCLUSIVE",
     .instead =
         "ALTER TABLE {table} ADD COLUMN {column} without it, then ALTER COLUMN {column} SET "
         "DEFAULT …, then fill old rows in batches"},
    {.is = {.name = "add-column-default-before-pg11",
            .severity = Severity::error,
            .summary = "Before PostgreSQL 11 every default of a new column rewrites the table"},
     .actions = {Do::add_column_default},
     .when = before_11,
     .message = "this version writes all of {table} anew under ACCESS EXCLUSIVE to put the default "
                "of {column} into each row",
     .instead =
         "ALTER TABLE {table} ADD COLUMN {column} without it, then ALTER COLUMN {column} SET "
         "DEFAULT …, then fill old rows in batches"},
    {.is = {.name = "add-serial-identity-column",
            .severity = Severity::error,
            .summary = "A serial or identity column rewrites the table when it is added"},
     .actions = {Do::add_column_sequence},
     .message = "each row gets a number of its own: all of {table} is written anew under ACCESS "
                "EXCLUSIVE",
     .instead = "add {column} as a plain bigint, give it a sequence as its default, fill old rows "
                "in batches, and make it NOT NULL and an identity afterwards"},
    {.is = {.name = "add-stored-generated-column",
            .severity = Severity::error,
            .summary = "A stored generated column rewrites the table when it is added"},
     .actions = {Do::add_column_stored},
     .message = "{column} is computed for each row: all of {table} is written anew under ACCESS "
                "EXCLUSIVE",
     .instead = "add {column} as a plain column, keep it with a trigger and fill old rows in "
                "batches; or compute it in a view"},
    {.is = {.name = "change-type-rewrite",
            .severity = Severity::error,
            .summary = "Changing a column's type rewrites the table and its indexes under its lock",
            .needs = "schema"},
     .actions = {Do::set_type, Do::set_type_reindexed},
     .message =
         "the type of {column} changes: unless old values are valid as they lie on disk, all "
         "of {table} is written anew under ACCESS EXCLUSIVE, and the indexes of {column} are "
         "unless their order stays",
     .instead =
         "add a new column of that type, keep it in step with a trigger, fill it in batches, "
         "then swap the names in one short transaction"},
    {.is = {.name = "rename-column",
            .severity = Severity::error,
            .summary =
                "A renamed column breaks every query of a running application that names it"},
     .actions = {Do::rename_column},
     .message = "queries that say {column} of {table} fail from this moment on",
     .instead = "add a column of the new name, write both, fill old rows, read the new one, and "
                "drop the old one in a later release; or put a view in front of the table"},
    {.is = {.name = "rename-table",
            .severity = Severity::error,
            .summary = "A renamed table breaks every query of a running application that names it"},
     .actions = {Do::rename_table},
     .message = "queries that say {table} fail from this moment on",
     .instead = "rename it and make a view under the old name, in the same transaction; drop the "
                "view once nobody uses it"},
    {.is = {.name = "rename-schema",
            .severity = Severity::error,
            .summary = "A renamed schema breaks everything that names it"},
     .nodes = {"RenameStmt"},
     .check = schema_renamed},
    {.is = {.name = "change-column-default",
            .severity = Severity::info,
            .summary = "A changed default is not what running applications expect of new rows"},
     .actions = {Do::set_default, Do::drop_default},
     .message = "rows that running applications insert without {column} get another value from now "
                "on, and sessions that have the old one in their plans until they plan again",
     .instead = "have the application give the value itself before the default changes"},
    {.is = {.name = "json-instead-of-jsonb",
            .severity = Severity::warning,
            .summary = "json has no equality and no index; jsonb has both"},
     .nodes = {"CreateStmt", "AlterTableStmt"},
     .check = json_column},
};

}  // namespace

std::span<const Rule> column_rules() { return rules; }

}  // namespace architrave::migration::lint

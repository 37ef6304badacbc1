// Enumerations and triggers.
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using sql::Node;

namespace {

std::string type_of(const Statement& statement) {
  return quoted(sql::dotted(statement.node["typeName"]));
}

void renamed_value(const Statement& statement, Finder& finder) {
  if (!statement.node["oldVal"]) return;
  finder.find("applications that write or compare with '" +
                  std::string(statement.node["oldVal"].text()) + "' of " + type_of(statement) +
                  " fail from this moment on",
              "add a new value, change applications and rows, and leave the old one unused");
}

void value_in_transaction(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  if (node.is("AlterEnumStmt")) {
    if (node["oldVal"] || !statement.state.is_transaction()) return;
    const KnownType* type = statement.state.schema.type(sql::string_of(node["typeName"].back()));
    if (type != nullptr && type->born == statement.state.unit) return;
    if (statement.state.version < 12)
      finder.find("before PostgreSQL 12, ALTER TYPE … ADD VALUE can't run in a transaction",
                  "a file of its own with -- architrave:transaction none");
    else
      finder.find("a value that is added to " + type_of(statement) +
                      " in a transaction can't be used before it commits",
                  "a file of its own, before the one that uses the value");
    return;
  }
}

void value_without_place(const Statement& statement, Finder& finder) {
  if (statement.node["oldVal"] || statement.node["newValNeighbor"]) return;
  finder.find("the value goes behind all others of " + type_of(statement) +
                  ", which is what ORDER BY and < go by, and it can't be moved later",
              "ALTER TYPE " + type_of(statement) + " ADD VALUE '" +
                  std::string(statement.node["newVal"].text()) + "' AFTER …, or BEFORE …");
}

void made_enum(const Statement& statement, Finder& finder) {
  finder.find("values of " + type_of(statement) +
                  " can be added and renamed but never taken away, and their order never changes",
              "a table of the values with a foreign key to it, or text with a CHECK");
}

const Rule rules[] = {
    {.is = {.name = "rename-enum-value",
            .severity = Severity::error,
            .summary = "A renamed enum value breaks every query that names it"},
     .nodes = {"AlterEnumStmt"},
     .check = renamed_value},
    {.is = {.name = "enum-add-value-in-transaction",
            .severity = Severity::warning,
            .summary = "A value added to an enum can't be used in the same transaction"},
     .nodes = {"AlterEnumStmt"},
     .check = value_in_transaction},
    {.is = {.name = "enum-add-value-without-before-after",
            .severity = Severity::info,
            .summary = "A value added to an enum without BEFORE or AFTER sorts behind all others"},
     .nodes = {"AlterEnumStmt"},
     .check = value_without_place},
    {.is = {.name = "creating-enum",
            .severity = Severity::info,
            .summary =
                "Values can't be taken out of an enum; a lookup table can be changed freely"},
     .nodes = {"CreateEnumStmt"},
     .check = made_enum},
    {.is = {.name = "create-trigger-lock",
            .severity = Severity::warning,
            .summary = "CREATE TRIGGER blocks writes, and each write pays for it afterwards"},
     .actions = {Do::create_trigger},
     .message = "CREATE TRIGGER {column} takes SHARE ROW EXCLUSIVE on {table}: writes wait for it, "
                "and it waits for those that run",
     .instead =
         "set lock_timeout and try again, in a transaction that does nothing else; keep what "
         "the trigger does short"},
    {.is = {.name = "drop-trigger",
            .severity = Severity::warning,
            .summary = "Dropping a trigger takes away what it kept true, under ACCESS EXCLUSIVE"},
     .actions = {Do::drop_trigger},
     .message = "what trigger {column} kept true of {table} is no longer kept, and DROP TRIGGER "
                "takes ACCESS EXCLUSIVE",
     .instead = "make sure that nothing relies on it; set lock_timeout"},
    {.is = {.name = "enable-disable-trigger-lock",
            .severity = Severity::warning,
            .summary =
                "Enabling or disabling a trigger blocks writes; while it is off, its rule is "
                "not kept"},
     .actions = {Do::enable_trigger},
     .message = "takes SHARE ROW EXCLUSIVE on {table}: writes wait; rows that change while a "
                "trigger is off are never seen by it, foreign keys included",
     .instead =
         "SET LOCAL session_replication_role = replica in the one session that must not fire "
         "triggers, or a condition in the trigger itself"},
};

}  // namespace

std::span<const Rule> type_rules() { return rules; }

}  // namespace architrave::migration::lint

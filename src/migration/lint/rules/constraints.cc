// Constraints: what is checked under which lock.
#include <algorithm>

#include "base/quoting.h"
#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using catalog::ConstraintType;
using sql::Node;

namespace {

// With the column that brings it along no row can break it, but both tables are locked.
bool without_not_valid(const Action& action, const Statement&) {
  return !action.node["skip_validation"].flag();
}

bool added_in_same_transaction(const Action& action, const Statement& statement) {
  return statement.state.is_transaction() &&
         statement.state.not_valid.contains(action.relation + '.' + std::string(action.column));
}

bool may_be_nullable(const Action& action, const Statement&) {
  return !action.node["indexname"].text().empty();
}

// A check whose name says the column, validated here but made elsewhere, may be the one that
// spares the scan.
bool nothing_vouches(const Action& action, const Statement& statement) {
  if (statement.state.version < 12) return true;  // which looks at all rows whatever is known
  if (action.what == Do::set_not_null_proved) return false;
  const Table* table = statement.state.schema.table(action.relation);
  if (table == nullptr) return true;
  return std::ranges::none_of(table->constraints, [&](const Constraint& each) {
    return each.validated && each.columns.empty() && each.type == ConstraintType::check &&
           each.name.find(action.column) != std::string_view::npos;
  });
}

// Whether an index of the table begins with the columns, in any order.
bool is_indexed(const Schema& schema, const std::string& name,
                const std::vector<std::string>& columns) {
  const Table* table = schema.table(name);
  if (table == nullptr) return false;
  return std::ranges::any_of(table->indexes, [&](const Index& index) {
    if (index.partial || index.columns.size() < columns.size()) return false;
    return std::ranges::all_of(columns, [&](const std::string& column) {
      const auto first = index.columns.begin();
      const auto last = first + static_cast<std::ptrdiff_t>(columns.size());
      return std::find(first, last, column) != last;
    });
  });
}

void keys_without_index(const State& state, Finder& finder) {
  for (const Pending& each : state.foreign_keys) {
    if (is_indexed(state.schema, each.table, each.columns)) continue;
    std::string columns;
    for (const std::string& column : each.columns)
      columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    finder.find_at("no index of " + quoted(each.table) + " begins with (" + columns +
                       "): deleting or changing a row of the referenced table reads all of " +
                       quoted(each.table) + ", under its lock",
                   "CREATE INDEX CONCURRENTLY ON " + quoted(each.table) + " (" + columns + ")",
                   each.table, each.place);
  }
}

bool has_check_or_not_null(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  if (table == nullptr) return false;
  const Column* column = table->column(action.column);
  return (column != nullptr && column->not_null) ||
         std::ranges::any_of(table->constraints, [&](const Constraint& each) {
           return each.type == ConstraintType::check &&
                  std::ranges::find(each.columns, action.column) != each.columns.end();
         });
}

// A check that said what NOT NULL says by now.
bool is_needed(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  const Constraint* constraint = table == nullptr ? nullptr : table->constraint(action.column);
  if (constraint == nullptr || constraint->proves_not_null.empty()) return true;
  const Column* column = table->column(constraint->proves_not_null);
  return column == nullptr || !column->not_null;
}

void domain_with_constraint(const Statement& statement, Finder& finder) {
  for (const Node each : statement.node["constraints"])
    if (each["contype"].text() == "CONSTR_CHECK" || each["contype"].text() == "CONSTR_NOTNULL") {
      finder.find("the constraint of domain " + quoted(sql::dotted(statement.node["domainname"])) +
                      " can't be changed later without reading every table that uses it",
                  "a CHECK on the columns, which can be added NOT VALID and validated", {},
                  static_cast<int>(each["location"].number()));
      return;
    }
}

// What it does, as a letter or as the letter's number.
bool alters_domain_by(const Statement& statement, std::string_view letter,
                      std::string_view number) {
  const std::string_view what = statement.node["subtype"].text();
  return what == letter || what == number;
}

std::string tables_of_domain(const Statement& statement) {
  return "every table with a column of domain " + quoted(sql::dotted(statement.node["typeName"])) +
         " is read under SHARE: writes wait";
}

void domain_gets_constraint(const Statement& statement, Finder& finder) {
  if (!alters_domain_by(statement, "C", "67") || statement.node["def"]["skip_validation"].flag())
    return;
  finder.find(tables_of_domain(statement),
              "ALTER DOMAIN … ADD CONSTRAINT … NOT VALID, then ALTER DOMAIN … VALIDATE CONSTRAINT "
              "in a transaction of its own; or a CHECK on the columns");
}

void domain_gets_not_null(const Statement& statement, Finder& finder) {
  if (alters_domain_by(statement, "O", "79"))
    finder.find(tables_of_domain(statement),
                "ADD CONSTRAINT … CHECK (VALUE IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT in "
                "a transaction of its own; or NOT NULL on the columns");
}

std::string how_many_nulls(const Action& action, const Statement& statement) {
  const Table* table = statement.state.schema.table(action.relation);
  const Column* column = table == nullptr ? nullptr : table->column(action.column);
  if (column == nullptr || column->null_fraction < 0) return {};
  if (column->null_fraction == 0) return "; the sample of the planner's statistics has none";
  const double rows = table->rows ? static_cast<double>(*table->rows) : 0;
  return "; by the planner's statistics about " +
         plural(static_cast<std::int64_t>(column->null_fraction * rows), "row") + " of " +
         human_count(static_cast<std::int64_t>(rows)) + " have none";
}

const Rule rules[] = {
    {.is = {.name = "fk-without-not-valid",
            .severity = Severity::error,
            .summary = "A foreign key that is validated at once blocks writes to both tables"},
     .actions = {Do::add_foreign_key, Do::add_foreign_key_not_valid},
     .when = without_not_valid,
     .message = "ADD FOREIGN KEY holds SHARE ROW EXCLUSIVE on {table} and {other} while every row "
                "is checked: writes to both wait",
     .instead = "ALTER TABLE {table} ADD CONSTRAINT … FOREIGN KEY … REFERENCES {other} NOT VALID, "
                "and in a later transaction ALTER TABLE {table} VALIDATE CONSTRAINT …"},
    {.is = {.name = "check-without-not-valid",
            .severity = Severity::error,
            .summary = "A CHECK that is validated at once blocks reads and writes of its table"},
     .actions = {Do::add_check},
     .message = "ADD CHECK holds ACCESS EXCLUSIVE on {table} while every row is checked",
     .instead = "ADD CONSTRAINT … CHECK (…) NOT VALID, and in a later transaction ALTER TABLE "
                "{table} VALIDATE CONSTRAINT …"},
    {.is = {.name = "validate-in-same-transaction",
            .severity = Severity::error,
            .summary = "Validating in the transaction that added the constraint keeps its lock"},
     .actions = {Do::validate_check, Do::validate_foreign_key},
     .when = added_in_same_transaction,
     .message = "{column} was added in this transaction, whose lock on {table} is held while all "
                "rows are read: NOT VALID gains nothing",
     .instead = "commit first: put ALTER TABLE {table} VALIDATE CONSTRAINT {column} into a file of "
                "its own"},
    {.is = {.name = "unique-without-using-index",
            .severity = Severity::error,
            .summary = "ADD UNIQUE builds its index while nobody can read the table"},
     .actions = {Do::add_unique},
     .message = "ADD UNIQUE holds ACCESS EXCLUSIVE on {table} while its index is built",
     .instead =
         "CREATE UNIQUE INDEX CONCURRENTLY name ON {table} (…), then ALTER TABLE {table} ADD "
         "CONSTRAINT name UNIQUE USING INDEX name"},
    {.is = {.name = "primary-key-without-using-index",
            .severity = Severity::error,
            .summary = "ADD PRIMARY KEY builds its index while nobody can read the table"},
     .actions = {Do::add_primary_key},
     .message =
         "ADD PRIMARY KEY holds ACCESS EXCLUSIVE on {table} while its index is built and its "
         "columns are searched for nulls",
     .instead = "SET NOT NULL behind a validated CHECK, CREATE UNIQUE INDEX CONCURRENTLY name ON "
                "{table} (…), then ALTER TABLE {table} ADD CONSTRAINT name PRIMARY KEY USING INDEX "
                "name"},
    {.is = {.name = "pk-using-index-on-nullable-column",
            .severity = Severity::warning,
            .summary = "PRIMARY KEY USING INDEX of columns that may be null reads the whole table",
            .needs = "schema"},
     .actions = {Do::add_primary_key_using_nullable_index},
     .when = may_be_nullable,
     .message =
         "nothing says that the key's columns are NOT NULL: PRIMARY KEY sets that, and reads "
         "all of {table} under ACCESS EXCLUSIVE",
     .instead = "ADD CHECK (… IS NOT NULL) NOT VALID, VALIDATE it, SET NOT NULL, each in its own "
                "transaction; then add the key"},
    {.is = {.name = "exclusion-constraint-on-existing-table",
            .severity = Severity::error,
            .summary = "ADD EXCLUDE builds its index while nobody can read the table"},
     .actions = {Do::add_exclusion},
     .message = "ADD EXCLUDE holds ACCESS EXCLUSIVE on {table} while its index is built, and can't "
                "be added NOT VALID",
     .instead = "make a new table with the constraint and move the rows in batches, or add it in a "
                "window without traffic, with lock_timeout"},
    {.is = {.name = "set-not-null-scan",
            .severity = Severity::error,
            .summary = "SET NOT NULL reads the whole table while nobody else can"},
     .actions = {Do::set_not_null, Do::set_not_null_proved},
     .when = nothing_vouches,
     .message = "SET NOT NULL holds ACCESS EXCLUSIVE on {table} while every row is looked at",
     .instead = "ALTER TABLE {table} ADD CONSTRAINT {column}_not_null CHECK ({column} IS NOT NULL) "
                "NOT VALID; then VALIDATE CONSTRAINT in its own transaction; then SET NOT NULL, "
                "which need not look (PostgreSQL 12); then drop the check",
     .nodes = {"AlterDomainStmt"},
     .check = domain_gets_not_null},
    {.is = {.name = "drop-not-null",
            .severity = Severity::warning,
            .summary = "Readers of a column that was NOT NULL may not expect nulls"},
     .actions = {Do::drop_not_null},
     .message = "applications that read {column} of {table} may not be ready for a null",
     .instead = "first release code that can read nulls, then drop NOT NULL"},
    {.is = {.name = "drop-foreign-key-constraint",
            .severity = Severity::warning,
            .summary = "Without the constraint, rows that break it get in and keep it from coming "
                       "back"},
     .actions = {Do::drop_constraint, Do::drop_foreign_key},
     .when = is_needed,
     .message = "once {column} of {table} is gone, rows that it would refuse are accepted, and it "
                "can't be added again before they are mended",
     .instead = "make sure that nothing relies on it; replace a constraint in one statement: DROP "
                "CONSTRAINT …, ADD CONSTRAINT … NOT VALID"},
    {.is = {.name = "fk-not-indexed",
            .severity = Severity::warning,
            .summary = "A foreign key without an index makes deletes of the referenced table slow",
            .needs = "schema"},
     .at_finish = keys_without_index},
    {.is = {.name = "create-domain-with-constraint",
            .severity = Severity::info,
            .summary = "A domain's constraint can't be changed without reading all tables that use "
                       "it"},
     .nodes = {"CreateDomainStmt"},
     .check = domain_with_constraint},
    {.is = {.name = "alter-domain-add-constraint",
            .severity = Severity::warning,
            .summary = "A new constraint of a domain reads all tables that use it"},
     .nodes = {"AlterDomainStmt"},
     .check = domain_gets_constraint},
    {.is = {.name = "change-type-with-check-or-not-null",
            .severity = Severity::warning,
            .summary =
                "A changed type has the column's CHECKs and NOT NULL tested again, row by row",
            .needs = "schema"},
     .actions = {Do::set_type, Do::set_type_checked},
     .when = has_check_or_not_null,
     .message =
         "{column} of {table} has a CHECK or is NOT NULL: after the change each row is tested "
         "again under ACCESS EXCLUSIVE",
     .instead = "add a new column of the new type, keep it in step with a trigger, fill it in "
                "batches, add its constraints NOT VALID and validate them, then swap the names"},
    {.is = {.name = "not-null-may-fail",
            .severity = Severity::info,
            .summary = "SET NOT NULL fails if a row has a null",
            .needs = "data"},
     .actions = {Do::set_not_null, Do::add_primary_key_using_nullable_index},
     .message = "a row of {table} without a value makes it fail",
     .instead = "look first, and fill: SELECT count(*) FROM {table} WHERE {column} IS NULL",
     .detail = how_many_nulls},
};

}  // namespace

std::span<const Rule> constraint_rules() { return rules; }

}  // namespace architrave::migration::lint

// What the comparison of two schemas costs, without a server: 100 tables and 10,000.
#include <fmt/format.h>
#include <sys/resource.h>

#include <string>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/diff.h"
#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"

namespace {

using namespace architrave;
using namespace architrave::catalog;

// A schema such as applications have: tables of ten columns with a key, a foreign key to another
// table and its index; a view over every tenth.
Catalog schema_of(int tables, bool changed) {
  Catalog catalog;
  catalog.server.version_number = 150000;
  catalog.schemas.push_back({"app", "owner", {}, ""});
  for (int i = 0; i < tables; ++i) {
    if (changed && i % 100 == 7) continue;  // gone
    Relation& table = catalog.relations.emplace_back();
    table.schema = "app";
    table.name = fmt::format("table_{:05}", i);
    table.owner = "owner";
    for (int j = 0; j < 10; ++j) {
      Column& column = table.columns.emplace_back();
      column.name = j == 0 ? "id" : fmt::format("column_{}", j);
      column.type = j % 2 == 0 ? "bigint" : "text";
      column.type_schema = "pg_catalog";
      column.type_name = j % 2 == 0 ? "int8" : "text";
      column.not_null = j < 3;
    }
    if (changed && i % 10 == 3) {
      table.columns[5].type = "character varying(40)";
      table.columns[5].type_name = "varchar";
      table.columns.push_back(table.columns[3]);
      table.columns.back().name = "added";
    }
    table.indexes.resize(2);
    table.constraints.resize(2);
    Index& index = table.indexes[0];
    index.name = table.name + "_pkey";
    index.constraint = index.name;
    index.unique = index.primary = true;
    index.keys.push_back({.column = "id"});
    Index& other = table.indexes[1];
    other.name = table.name + "_parent_idx";
    other.keys.push_back({.column = "column_2"});
    other.definition = "CREATE INDEX " + other.name + " ON app." + table.name + " (column_2)";
    Constraint& key = table.constraints[0];
    key.name = index.name;
    key.type = ConstraintType::primary_key;
    key.columns = {"id"};
    key.index = index.name;
    key.definition = "PRIMARY KEY (id)";
    Constraint& foreign = table.constraints[1];
    foreign.name = table.name + "_parent_fkey";
    foreign.type = ConstraintType::foreign_key;
    foreign.columns = {"column_2"};
    foreign.references_schema = "app";
    foreign.references_table = fmt::format("table_{:05}", i / 2 % 100 == 7 ? i : i / 2);
    foreign.references_columns = {"id"};
    foreign.definition =
        "FOREIGN KEY (column_2) REFERENCES app." + foreign.references_table + "(id)";
    if (i % 10 != 0) continue;
    Relation& view = catalog.relations.emplace_back();
    view.schema = "app";
    view.name = fmt::format("view_{:05}", i);
    view.owner = "owner";
    view.kind = RelationKind::view;
    view.columns = {{.name = "id", .type = "bigint"}};
    view.definition = " SELECT id FROM app." + fmt::format("table_{:05}", i);
    catalog.dependencies.push_back(
        {object_of(view), {Kind::table, "app." + fmt::format("table_{:05}", i)}});
  }
  sort(catalog);
  return catalog;
}

void measure(int tables) {
  const Catalog before = schema_of(tables, false);
  const Catalog after = schema_of(tables, true);
  const double begun = monotonic_seconds();
  const std::size_t changes = diff(before, after).size();
  const double compared = monotonic_seconds();
  const std::size_t steps = postgres::transition(before, after).steps.size();
  const double ended = monotonic_seconds();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{:>6} tables: {} changes in {:.1f} ms, {} steps in {:.1f} ms, {} MB at most\n",
             tables, changes, 1000 * (compared - begun), steps, 1000 * (ended - compared),
             usage.ru_maxrss / 1024);
}

}  // namespace

int main() {
  measure(100);
  measure(10000);
}

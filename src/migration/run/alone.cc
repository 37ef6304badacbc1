#include "migration/run/alone.h"

#include <algorithm>
#include <array>

#include "base/quoting.h"
#include "sql/tree.h"

namespace architrave::migration {

namespace {

std::string name_of(const sql::Tree& relation) {
  return qualified(relation["schemaname"].text(), relation["relname"].text());
}

sql::Tree tree_of(const std::string& statement) {
  auto parsed = sql::parse(statement);
  return parsed && parsed->size() == 1 ? std::move(parsed->front()) : sql::Tree();
}

// The index that CREATE INDEX CONCURRENTLY makes, if it is there: by its name, or where the server
// chooses the name, an index of the table that is not among those that `note` lists.
struct Index {
  std::string name;
  bool valid = false;
};
Result<std::vector<Index>> index_of(postgres::Connection& connection, const sql::Tree& tree,
                                    const std::string& note) {
  const std::string name(tree["idxname"].text());
  if (name.empty() && note.empty()) return std::vector<Index>();
  auto rows = connection.query(
      "SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid"
      " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE i.indrelid = pg_catalog.to_regclass($1) AND c.relkind = 'i'"
      " AND CASE $2 WHEN '' THEN c.oid <> ALL ($3::oid[]) ELSE c.relname = $2 END",
      {name_of(tree["relation"]), name, note.empty() ? "{}" : note});
  if (!rows) return fail(rows);
  std::vector<Index> found;
  for (int row = 0; row < rows->size(); ++row)
    found.push_back({std::string(rows->cell(row, 0)), rows->cell(row, 1) == "t"});
  return found;
}

// The table's indexes before one without a name is built.
Result<std::string> indexes_of(postgres::Connection& connection, const sql::Tree& tree) {
  auto rows = connection.query(
      "SELECT coalesce(array_agg(indexrelid), '{}') FROM pg_catalog.pg_index"
      " WHERE indrelid = pg_catalog.to_regclass($1)",
      {name_of(tree["relation"])});
  if (!rows) return fail(rows);
  return std::string(rows->cell(0, 0));
}

std::string drop(const std::string& index) { return "DROP INDEX CONCURRENTLY IF EXISTS " + index; }

// REINDEX CONCURRENTLY that was cut short leaves invalid copies: name_ccnew, name_ccold1, …
Result<std::vector<std::string>> copies_of(postgres::Connection& connection,
                                           const sql::Tree& tree) {
  auto rows = connection.query(
      "SELECT format('%I.%I', n.nspname, c.relname)"
      " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname ~ '_cc(new|old)[0-9]*$'"
      " AND (i.indrelid = pg_catalog.to_regclass($1) OR i.indrelid = (SELECT x.indrelid"
      " FROM pg_catalog.pg_index x WHERE x.indexrelid = pg_catalog.to_regclass($1)))",
      {name_of(tree["relation"])});
  if (!rows) return fail(rows);
  std::vector<std::string> drops;
  for (int row = 0; row < rows->size(); ++row)
    drops.push_back(drop(std::string(rows->cell(row, 0))));
  return drops;
}

// A partition that is being detached: gone, pending, or attached as before.
Status look_at_detach(postgres::Connection& connection, const sql::Tree& tree, Alone& alone) {
  for (const sql::Tree& command : tree["cmds"].list) {
    if (command["subtype"].text() != "AT_DetachPartition") continue;
    const std::string parent = name_of(tree["relation"]);
    const std::string partition = name_of(command["def"]["name"]);
    // The column came with what it says, in 14.
    auto rows = connection.query(
        "SELECT (to_jsonb(i) ->> 'inhdetachpending')::boolean FROM pg_catalog.pg_inherits i"
        " WHERE inhparent = pg_catalog.to_regclass($1) AND inhrelid = pg_catalog.to_regclass($2)",
        {parent, partition});
    if (!rows) return fail(rows);
    alone.is_done = rows->size() == 0;
    if (rows->size() > 0 && rows->cell(0, 0) == "t")
      alone.statement = "ALTER TABLE " + parent + " DETACH PARTITION " + partition + " FINALIZE";
  }
  return {};
}

}  // namespace

Result<Alone> look_before(postgres::Connection& connection, const std::string& statement,
                          bool begun, const std::string& note) {
  Alone alone;
  alone.statement = statement;
  const sql::Tree tree = tree_of(statement);
  if (tree.is("IndexStmt")) {
    auto found = index_of(connection, tree, note);
    if (!found) return fail(found);
    alone.is_known = true;
    if (!begun && tree["idxname"].text().empty()) {
      auto there = indexes_of(connection, tree);
      if (!there) return fail(there);
      alone.note = std::move(*there);
    }
    for (const Index& index : *found) {
      if (!index.valid) alone.first.push_back(drop(index.name));
      alone.is_done |= index.valid && begun;
    }
  } else if (tree.is("ReindexStmt")) {
    auto drops = begun ? copies_of(connection, tree) : std::vector<std::string>();
    if (!drops) return fail(drops);
    alone.first = std::move(*drops);
  } else if (tree.is("AlterTableStmt") && begun) {
    if (Status looked = look_at_detach(connection, tree, alone); !looked) return fail(looked);
  }
  return alone;
}

bool says_done(const Error& error) {
  // What was to be dropped is not there; what was to be made is.
  constexpr std::array codes = {"postgres.42704", "postgres.3D000", "postgres.42P01",
                                "postgres.42P04", "postgres.42710", "postgres.42P07"};
  return std::ranges::find(codes, error.code) != codes.end();
}

Result<std::vector<std::string>> leftovers(postgres::Connection& connection,
                                           const std::string& statement, const std::string& note) {
  const sql::Tree tree = tree_of(statement);
  if (tree.is("ReindexStmt")) return copies_of(connection, tree);
  std::vector<std::string> drops;
  if (!tree.is("IndexStmt")) return drops;
  auto found = index_of(connection, tree, note);
  if (!found) return fail(found);
  for (const Index& index : *found)
    if (!index.valid) drops.push_back(drop(index.name));
  return drops;
}

}  // namespace architrave::migration

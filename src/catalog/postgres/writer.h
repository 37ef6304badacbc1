// A Catalog as PostgreSQL SQL, in dependency order.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/postgres/ordering.h"

namespace architrave::postgres {

struct WriteOptions {
  bool owners = true;
  bool grants = true;
  std::string role;      // who runs the statements: its own objects need no owner set
  int version = 150000;  // of the server it is for: 13 knows no NULLS NOT DISTINCT
  // Partitions that are written as tables of their own, and not attached: where the parent is there
  // before them, with indexes that they would get under names of their own.
  std::set<catalog::ObjectName> apart = {};
  // Whether corrections() follow. If not, a table that inherits may get its columns in another
  // order, since what is made first and inherits later has them for its own.
  bool corrected = true;
  // Names of constraints in the database, with their schema, besides the catalog's own: where the
  // usual name of a NOT NULL is among them, PostgreSQL 18 has to be told to take it nevertheless.
  std::set<std::string> taken_names = {};
  // Where it is given, these tables and views alone.
  std::optional<std::set<catalog::ObjectName>> relations = {};
};

// Statements without their semicolons, in an order that loads: by the catalog's dependencies
// where it has some, else by what the parser finds in the definitions. The roles that owners,
// grants and policies name must exist: see roles_named. Function bodies are not checked (the first
// statement sets check_function_bodies off).
std::vector<std::string> write(const catalog::Catalog& catalog, const WriteOptions& options = {});

// What write() is made of, for who wants some of the objects only: `of` tells whose each step is.
struct Makings {
  std::vector<Step> steps;  // in no order yet: in_order takes them
  std::vector<Step> after;  // comments, owners, grants, event triggers: when all is there
};
Makings makings(const catalog::Catalog& catalog, const WriteOptions& options = {});

// These views and materialized views of the catalog alone, made as above (with their indexes,
// rules, triggers, comments, owners and grants) in an order that loads, and dropped in one that
// does: what a change of a column needs around it.
std::vector<std::string> make_views(const catalog::Catalog& catalog,
                                    const std::set<catalog::Object>& views,
                                    const WriteOptions& options = {});
std::vector<std::string> drop_views(const catalog::Catalog& catalog,
                                    const std::set<catalog::Object>& views);

// Every role that the catalog names as an owner, grantee or in a policy, sorted.
std::vector<std::string> roles_named(const catalog::Catalog& catalog);

// Every tablespace that it names, sorted, but for the server's own.
std::vector<std::string> tablespaces_named(const catalog::Catalog& catalog);

// What SQL has no words for: for a reader, and as changes of the system's own catalog, for a
// superuser of a disposable server, after what write() gives.
struct Correction {
  std::string note;  // "the index app.i is invalid, which no statement can make it"
  std::vector<std::string> statements;
};
std::vector<Correction> corrections(const catalog::Catalog& catalog);

}  // namespace architrave::postgres

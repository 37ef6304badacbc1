// Reads a SQLite database into a Catalog, in one transaction and with a bounded number of questions
// (set-based through the pragmas' table-valued functions; one more for each view and virtual table,
// since one that is broken would take the rest with it).
//
// How SQLite's ideas become the Catalog's
//  - There is one schema, "main". Tables named sqlite_* and the shadow tables of virtual tables are
//    no part of it.
//  - Relation.options: "without_rowid", "strict", "autoincrement" = "true"; "virtual" = the module.
//    Relation.definition, Index.definition and Trigger.definition are the CREATE statements.
//  - Column.options "hidden" = "true" for the hidden columns of virtual tables. type_category is D
//    for date and time names, B for booleans, else by affinity: N, S, and U for blobs.
//  - A constraint without a name gets the name that PostgreSQL would give it (orders_pkey,
//    orders_email_key, orders_customer_id_fkey, orders_total_check).
//  - A rowid table's INTEGER PRIMARY KEY is the table's own B-tree. It appears as an index named
//    like the constraint, with options "rowid" = "true", so that questions about access paths find
//    it; it has no size of its own and is not written.
//  - IndexKey.nulls_first is that of a PostgreSQL default: SQLite has no choice there.
//  - RelationStats.rows comes from ANALYZE (sqlite_stat1), else from counting; live_rows is the
//    count. Rows are counted in files of at most 50 MB and sizes (dbstat) read, each for at most
//    two seconds.
//  - What a view needs includes what it needs through other views.
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite {

// What can't be read (a broken view, a virtual table whose module is not here) is in
// catalog.unread, not an error.
Result<catalog::Catalog> read_catalog(Connection& connection);

// The base name of a declared type ("VARCHAR(40)" -> "varchar") and the category it has.
std::string type_base_name(std::string_view declared);
std::string type_category(std::string_view base_name);

}  // namespace architrave::sqlite

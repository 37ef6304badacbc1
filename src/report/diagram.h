// What a picture of a schema shows: its tables and the foreign keys between them. A partition is
// part of its partitioned table and is not drawn on its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::report {

// The tables that are drawn, in the catalog's order.
std::vector<const catalog::Relation*> drawn_tables(const catalog::Catalog& catalog);

// A foreign key between two drawn tables.
struct Edge {
  const catalog::Relation* child = nullptr;
  const catalog::Relation* parent = nullptr;
  const catalog::Constraint* key = nullptr;
  bool not_null = false;  // every column is: each child has its parent
  bool unique = false;    // a parent has one child at most
};
// In the order of the children and their constraints.
std::vector<Edge> edges(const catalog::Catalog& catalog);

// What a column is to its table.
struct Role {
  bool primary = false;
  bool foreign = false;
  bool unique = false;  // alone
};
Role role_of(const catalog::Relation& table, const catalog::Column& column);

// A column's type in few letters and without spaces where PostgreSQL has a short name for it:
// "timestamptz(3)", "varchar(40)", "float8".
std::string short_type(std::string_view type);

// An erDiagram of these tables and of the edges among them.
std::string mermaid(const std::vector<const catalog::Relation*>& tables,
                    const std::vector<Edge>& edges);

}  // namespace architrave::report

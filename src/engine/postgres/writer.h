// A Catalog as PostgreSQL SQL, in dependency order.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::postgres {

struct WriteOptions {
  bool owners = true;
  bool grants = true;
  int version = 150000;  // of the server it is for: 13 knows no NULLS NOT DISTINCT
};

// Statements without their semicolons, in an order that loads: by the catalog's dependencies
// where it has some, else by what the parser finds in the definitions. The roles that owners,
// grants and policies name must exist: see roles_named. Function bodies are not checked (the first
// statement sets check_function_bodies off).
std::vector<std::string> write(const catalog::Catalog& catalog, const WriteOptions& options = {});

// Every role that the catalog names as an owner, grantee or in a policy, sorted.
std::vector<std::string> roles_named(const catalog::Catalog& catalog);

}  // namespace architrave::postgres

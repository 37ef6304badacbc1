// Made-up rows for the tables of a query, as adverse as the definitions allow: NULLs, duplicates,
// values that are equal and not alike, orphans where no validated foreign key forbids them, and the
// constants of the query with their neighbours.
#pragma once

#include <string>
#include <vector>

#include "catalog/lookup.h"
#include "sql/tree.h"

namespace architrave::advisor::rewrites {

// The base tables that a statement reads, through views as well; each once.
std::vector<const catalog::Relation*> tables_of(const catalog::Catalog& catalog,
                                                const catalog::Lookup& lookup,
                                                const sql::Tree& statement);

// Statements that fill these tables, and those they refer to, with the rows of a seed. They are run
// in a transaction that is rolled back, and change settings of it.
std::vector<std::string> fill_statements(const catalog::Catalog& catalog,
                                         const catalog::Lookup& lookup,
                                         const std::vector<const catalog::Relation*>& tables,
                                         const sql::Tree& statement, unsigned seed);

}  // namespace architrave::advisor::rewrites

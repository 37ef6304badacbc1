// The constraints of a table, put together from what the pragmas tell and what its text says.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "engine/sqlite/definitions.h"

namespace architrave::sqlite {

struct TableParts {
  catalog::Relation* relation = nullptr;  // with its columns and indexes
  TableText text;
  std::map<std::size_t, std::string> primary_key;  // by place in the key, from 1
  // From pragma_foreign_key_list, in the order of the text, without names.
  std::vector<catalog::Constraint> foreign_keys;
};

// Fills the relation's constraints, and names them as the owners of the indexes behind them.
// Foreign keys that do not match the text in number are reported in catalog.unread.
void add_constraints(TableParts& parts, catalog::Catalog& catalog);

// What follows ADD CONSTRAINT name: "FOREIGN KEY (a) REFERENCES b(id) ON DELETE CASCADE".
std::string constraint_definition(const catalog::Constraint& constraint);

}  // namespace architrave::sqlite

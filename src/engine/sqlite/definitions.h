// What the text of CREATE TABLE, CREATE INDEX and CREATE TRIGGER says beyond what pragmas tell.
// SQLite has accepted the text already, so these never fail: what they don't find is empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::sqlite {

struct ConstraintText {
  catalog::ConstraintType type = catalog::ConstraintType::check;
  std::string name;                  // "" where none was given
  std::vector<std::string> columns;  // of a key or foreign key; of a check on a column that column
  std::string expression;            // of a check
  std::string on_conflict;           // "replace", …; "" for the default
  bool deferrable = false;
  bool deferred = false;
};

struct ColumnText {
  std::string name;
  std::string collation;
  std::string generated;  // its expression
};

struct TableText {
  std::vector<ColumnText> columns;
  std::vector<ConstraintText> constraints;  // in the order of the text
  bool autoincrement = false;
  std::string module;  // of a virtual table: "fts5"
};
TableText parse_table(std::string_view sql);

struct IndexText {
  std::vector<std::string> keys;  // without COLLATE, ASC, DESC
  std::string predicate;
};
IndexText parse_index(std::string_view sql);

struct TriggerText {
  std::string timing;  // "before", "after", "instead of"
  std::string event;   // "insert", "update", "delete"
  bool has_when = false;
};
TriggerText parse_trigger(std::string_view sql);

// The query of a CREATE VIEW statement.
std::string view_query(std::string_view sql);

// Those of `names` that stand as identifiers in an expression, in the order of `names`.
std::vector<std::string> names_in(std::string_view expression,
                                  const std::vector<std::string>& names);

}  // namespace architrave::sqlite

// Which rows an UPDATE or a DELETE changes: all of a table, or as many as a planner expects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/schema.h"
#include "migration/work.h"
#include "sql/node.h"

namespace architrave::migration {

struct RowChange {
  WorkKind work = WorkKind::update_rows;
  std::string table;  // as Schema::name_of has it
  bool only = false;  // not of tables that inherit from it
  bool all = false;   // the statement has no condition
  // By a planner's estimate, where one was asked; and the tables, "schema.name" quoted as SQL wants
  // it, that it reads from end to end to find them.
  std::optional<double> rows;
  std::vector<std::string> reads;
};

// Absent of any other statement.
std::optional<RowChange> row_change_of(sql::Node statement, const Schema& schema);

// What to ask a planner, and what it said.
std::string question_of(std::string_view statement);
void take_plan(std::string_view json, RowChange& change);

}  // namespace architrave::migration

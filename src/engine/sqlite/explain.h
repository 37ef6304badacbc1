// EXPLAIN QUERY PLAN as a tree of nodes, each named by SQLite's own words: it has no figures.
#pragma once

#include <string>

#include "engine/sqlite/sqlite.h"
#include "plan/plan.h"

namespace architrave::sqlite {

Result<plan::Plan> explain(Connection& connection, const std::string& query);

}  // namespace architrave::sqlite

// An execution plan as values: what EXPLAIN said of a query, read from its JSON or text, and
// walked. Shapes, names and units are PostgreSQL's own; times are milliseconds, blocks 8 KiB.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace architrave::plan {

// What EXPLAIN ANALYZE adds to a node. `rows` and the times are per loop, as PostgreSQL says them.
struct Actual {
  double startup_ms = 0;
  double total_ms = 0;
  double rows = 0;
  double loops = 1;
};

// With BUFFERS: a node's own and its children's, as PostgreSQL counts.
struct Buffers {
  std::int64_t shared_hit = 0;
  std::int64_t shared_read = 0;
  std::int64_t shared_written = 0;
  std::int64_t temp_read = 0;
  std::int64_t temp_written = 0;
};

struct Node {
  std::string type;  // "Index Only Scan", "Hash Join", …
  std::string schema;
  std::string relation;
  std::string alias;
  std::string index;
  std::string subplan;       // "SubPlan 1", "CTE totals"
  std::string relationship;  // to its parent: "Outer", "Inner", "SubPlan", "InitPlan", "Member"
  double startup_cost = 0;
  double total_cost = 0;
  double rows = 0;  // estimated
  int width = 0;
  std::optional<Actual> actual;
  std::optional<Buffers> buffers;
  // Everything else that a node said, under PostgreSQL's names: "Filter", "Index Cond",
  // "Sort Key" (joined by ", "), "Rows Removed by Filter", "Sort Space Used", "Join Type", …
  std::map<std::string, std::string, std::less<>> details;
  std::vector<Node> children;

  std::string_view detail(std::string_view name) const;  // "" if it did not say
};

struct Plan {
  Node root;
  std::optional<double> planning_ms;
  std::optional<double> execution_ms;
  std::optional<double> jit_ms;
  std::string query;  // where it was said: auto_explain's "Query Text"
  // Settings that differ from the server's built-in ones, as EXPLAIN (SETTINGS) says them.
  std::map<std::string, std::string, std::less<>> settings;
};

// EXPLAIN (FORMAT JSON)'s answer, or auto_explain's. Error "plan.format".
Result<Plan> read_json(std::string_view text);
// EXPLAIN's text form, as logs and people's files hold it. Error "plan.format".
Result<Plan> read_text(std::string_view text);

// The names of the indexes that it uses, each once, sorted.
std::vector<std::string> used_indexes(const Plan& plan);

}  // namespace architrave::plan

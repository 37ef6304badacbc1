// The planner's statistics of a database, as a twin holds them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

// One slot of a pg_statistic row.
struct StatisticsSlot {
  int kind = 0;           // STATISTIC_KIND_…: 1 most common values, 2 histogram, 3 correlation, …
  std::string op;         // as regoperator prints it; empty: the type's own, as kind wants it
  std::string collation;  // qualified; empty for none
  std::vector<float> numbers;
  bool has_numbers = false;
  std::optional<std::string> values;  // an array literal
  std::string values_type;            // of one value, qualified; also where no values are kept
};

struct ColumnStatistics {
  std::string schema;
  std::string relation;  // a table, or an index for its expressions
  std::string column;    // a table's column name, or an index key's number
  bool inherited = false;
  float null_fraction = 0;
  int width = 0;
  float distinct = 0;
  std::vector<StatisticsSlot> slots;
};

struct RelationSize {
  std::string schema;
  std::string name;
  std::int64_t pages = 0;           // what the planner asks the file for: its length in blocks
  std::int64_t believed_pages = 0;  // relpages
  std::int64_t all_visible = 0;
  double rows = -1;
  int btree_height = 0;           // level of the fast root; 0 for other methods
  std::vector<std::int64_t> gin;  // pending, total, entry and data pages, entries; may be empty
};

// A row of pg_statistic_ext_data. The data are the server's own bytes, in hexadecimal.
struct ExtendedStatistics {
  std::string schema;
  std::string name;
  bool inherited = false;
  std::string distinct;
  std::string dependencies;
  std::string most_common;
  std::map<int, std::string> columns;  // by the numbers that the data use
};

struct Statistics {
  std::vector<RelationSize> relations;  // tables, materialized views, indexes
  std::vector<ColumnStatistics> columns;
  std::vector<ExtendedStatistics> extended;
  std::map<std::string, std::string> planner_settings;  // random_page_cost, work_mem, …
  std::vector<catalog::Unread> unread;
};

// A condition on pg_settings: what the planner asks.
extern const char* const planner_settings_only;

// What the role may read: all of it for a superuser, else what pg_stats shows, and the rest is
// listed in `unread`. Read-only, in one transaction.
Result<Statistics> read_statistics(Connection& connection, const catalog::Catalog& catalog);

}  // namespace architrave::postgres

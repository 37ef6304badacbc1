// The queries that a database serves, as values: text, fingerprint, calls, time and rows, from
// pg_stat_statements, from logs or from a file of queries; and the file that keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proposal/tuning.h"

namespace architrave::workload {

enum class QueryKind { select, insert, update, remove, merge, utility };
std::string_view to_string(QueryKind kind);

// All statements of one fingerprint.
struct Query {
  std::string fingerprint;  // libpg_query's, 16 hexadecimal digits
  QueryKind kind = QueryKind::select;
  std::string text;     // normalized: constants are $1, $2, …
  std::string example;  // one of them with its constants, if any was seen; the slowest
  // Values for $1, $2, … of `text` as seen in the log (absent: NULL): a small, bounded sample.
  std::vector<std::vector<std::optional<std::string>>> parameters;
  // A plan that auto_explain logged, in its text or JSON form: the slowest's.
  std::string plan;
  std::int64_t calls = 0;
  std::int64_t errors = 0;  // of the calls, those that failed
  double total_ms = 0;      // of execution
  double plan_ms = 0;       // of parsing, binding and planning, as far as it was said apart
  double max_ms = 0;
  std::int64_t rows = 0;
  std::int64_t blocks_read = 0;  // shared, from outside PostgreSQL's cache
  std::int64_t blocks_hit = 0;
  std::int64_t temp_blocks = 0;  // written
  std::string user;              // the first that was seen
  std::string database;
};

struct Workload {
  std::string source;          // "pg_stat_statements", "log", "file"
  std::string name;            // of the database or files; never with a password
  std::optional<double> from;  // Unix time of the first and last statement seen, if known
  std::optional<double> to;
  std::int64_t statements = 0;        // seen, each call counted
  std::int64_t unparsed = 0;          // of them, not understood by the parser
  std::int64_t unreadable_lines = 0;  // of logs
  std::vector<Query> queries;         // most total time first, then most calls
  std::vector<NPlusOne> n_plus_one;
  std::vector<std::string> notes;  // what is missing or partial, for people
  bool partial = false;            // exit code 2: something could not be read
};

// Adds what another one has seen.
void merge(Workload& into, Workload&& other);

// Most total time first, then most calls, then by fingerprint.
void sort_queries(Workload& workload);

// The .workload file: JSON. Errors "workload.format".
std::string to_file(const Workload& workload);
Result<Workload> from_file(std::string_view bytes);

}  // namespace architrave::workload

// Reads a workload: from a live server's pg_stat_statements, from its logs, or from files of SQL.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "workload/workload.h"

namespace architrave::catalog {
struct Catalog;
}

namespace architrave::workload {

class LogState;

struct ReadOptions {
  std::string log_line_prefix;  // as in postgresql.conf; empty: found out from the lines
  std::optional<double> since;  // Unix times; statements logged before or after are left out
  std::optional<double> until;
  std::string database;           // only its statements; live: the one that is connected to
  std::string user;               // only this role's
  LogState* state = nullptr;      // how far each log was read, before and after; may be null
  double statement_timeout = 60;  // seconds, of each question to a live server
  const catalog::Catalog* catalog = nullptr;  // for the foreign keys behind repeated statements
  std::function<void(std::string_view)> progress;  // may be empty
};

// Whether an input names a server, not a file.
bool is_live(std::string_view input);

// The inputs together, as one workload: one live server, or any number of logs, .sql files and
// .workload files ("-" is standard input). What could not be read is counted, said in `notes`, and
// makes it `partial`. Errors: "workload.mixed", "workload.no_statistics", "workload.unknown",
// "file.missing", "file.read", "postgres.connect", "interrupted".
Result<Workload> read(const std::vector<std::string>& inputs, const ReadOptions& options);

}  // namespace architrave::workload

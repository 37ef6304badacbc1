// The workload of a live server, as pg_stat_statements has it: versions 1.8 (PostgreSQL 13) to 1.12
// (18), whatever their columns are called.
#pragma once

#include <string>

#include "base/result.h"
#include "workload/read.h"

namespace architrave::workload {

// Errors: "workload.no_statistics" where the extension is not there or not loaded, with what to do;
// and those of a connection. Rows that the role may not see are counted and noted.
Result<Workload> read_statements_view(const std::string& source, const ReadOptions& options);

}  // namespace architrave::workload

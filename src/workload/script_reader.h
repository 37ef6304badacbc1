// A file of SQL as a workload: each statement counts as one call.
#pragma once

#include <string_view>

#include "workload/query_table.h"
#include "workload/workload.h"

namespace architrave::workload {

// The statements of a script for psql. Its data and psql's own commands are left out, and noted.
void read_script(std::string_view script, QueryTable& table, Workload& workload);

}  // namespace architrave::workload

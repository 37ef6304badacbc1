#include "workload/read.h"

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "workload/query_table.h"
#include "workload/script_reader.h"
#include "workload/statements_view.h"

namespace architrave::workload {

bool is_live(std::string_view input) {
  return input.empty() || input.starts_with("postgresql://") || input.starts_with("postgres://") ||
         (input.contains('=') && !std::filesystem::exists(input));
}

Result<Workload> read(const std::vector<std::string>& inputs, const ReadOptions& options) {
  for (const std::string& input : inputs) {
    if (!is_live(input)) continue;
    if (inputs.size() == 1) return read_statements_view(input, options);
    return fail("workload.mixed", "a server's statistics and other inputs are given together",
                input, "read each into a .workload of its own");
  }
  if (inputs.empty()) return read_statements_view("", options);

  Workload workload;
  workload.source = "file";
  workload.name = join(inputs, ", ");
  QueryTable table;
  for (const std::string& input : inputs) {
    const Result<std::string> script = read_file(input);
    if (!script) return std::unexpected(script.error());
    read_script(*script, table, workload);
  }
  table.finish(workload);
  return workload;
}

}  // namespace architrave::workload

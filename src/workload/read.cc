#include "workload/read.h"

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "workload/log.h"
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

  Result<LogState> state =
      options.state.empty() ? Result<LogState>(LogState()) : LogState::read(options.state);
  if (!state) return std::unexpected(state.error());
  Workload workload;
  workload.name = join(inputs, ", ");
  QueryTable table;
  Repetitions repetitions(table);
  Messages messages(table, repetitions, options);
  bool logs = false;
  for (const std::string& input : inputs) {
    if (input.ends_with(".sql")) {
      const Result<std::string> script = read_file(input);
      if (!script) return std::unexpected(script.error());
      read_script(*script, table, workload);
      continue;
    }
    std::string text;  // what comes through a pipe has no name to go by
    const Status done = read_log({.path = input,
                                  .prefix = options.log_line_prefix,
                                  .state = options.state.empty() ? nullptr : &*state,
                                  .otherwise = input == "-" ? &text : nullptr},
                                 messages, workload, options.progress);
    if (done)
      logs = true;
    else if (!text.empty())
      read_script(text, table, workload);
    else
      return std::unexpected(done.error());
  }
  workload.source = logs ? "log" : "file";
  messages.finish(workload);
  workload.n_plus_one = repetitions.finish(options.catalog);
  table.finish(workload);
  const bool filtered = options.since || options.until || !options.database.empty() ||
                        !options.user.empty() || !options.state.empty();
  if (logs && workload.statements == 0 && filtered) {
    workload.notes.emplace_back("nothing is left of what was asked for");
  } else if (logs && workload.statements == 0) {
    workload.partial = true;
    workload.notes.emplace_back(
        "the logs hold no statements: set log_min_duration_statement = 0, or a threshold");
  }
  if (!options.state.empty())
    if (const Status written = state->write(options.state); !written)
      return std::unexpected(written.error());
  return workload;
}

}  // namespace architrave::workload

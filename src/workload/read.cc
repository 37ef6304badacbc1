#include "workload/read.h"

#include <filesystem>
#include <map>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "workload/log.h"
#include "workload/query_table.h"
#include "workload/script_reader.h"
#include "workload/statements_view.h"

namespace architrave::workload {

namespace {

// A server that logs in several formats names their files alike; the one to read has the lower
// rank.
std::pair<std::string, int> log_of_server(std::string name) {
  for (const std::string_view packed : {".gz", ".zst"})
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  int rank = 3;
  for (const std::string_view format : {".log", ".csv", ".json"}) {
    --rank;
    if (!name.ends_with(format)) continue;
    name.resize(name.size() - format.size());
    return {name, rank};
  }
  return {name, 2};  // RDS: postgresql.log.2026-11-21-04 beside postgresql.log.2026-11-21-04.csv
}

// The inputs without those that hold the same messages in another format.
std::vector<std::string> each_once(const std::vector<std::string>& inputs,
                                   std::vector<std::string>& notes) {
  std::map<std::string, std::pair<int, std::string>> best;
  for (const std::string& input : inputs) {
    const auto [name, rank] = log_of_server(input);
    const auto [at, is_new] = best.try_emplace(name, rank, input);
    if (!is_new && rank < at->second.first) at->second = {rank, input};
  }
  std::vector<std::string> kept;
  for (const std::string& input : inputs) {
    const auto [name, rank] = log_of_server(input);
    const auto& [best_rank, chosen] = best[name];
    if (rank == best_rank)
      kept.push_back(input);
    else
      notes.push_back(input + " is left out: " + chosen +
                      " holds the same messages; give it alone if that is not so");
  }
  return kept;
}

}  // namespace

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
  workload.name = join(inputs, ", ");
  QueryTable table;
  Repetitions repetitions(table);
  Messages messages(table, repetitions, options);
  bool logs = false;
  std::vector<Workload> read_before;
  for (const std::string& input : each_once(inputs, workload.notes)) {
    if (input.ends_with(".workload")) {
      const Result<std::string> bytes = read_file(input);
      if (!bytes) return std::unexpected(bytes.error());
      Result<Workload> before = from_file(*bytes);
      if (!before && before.error().where.empty()) before.error().where = input;
      if (!before || inputs.size() == 1) return before;
      read_before.push_back(std::move(*before));
      continue;
    }
    if (input.ends_with(".sql")) {
      const Result<std::string> script = read_file(input);
      if (!script) return std::unexpected(script.error());
      read_script(*script, table, workload);
      continue;
    }
    std::string text;  // what comes through a pipe has no name to go by
    const Status done = read_log({.path = input,
                                  .prefix = options.log_line_prefix,
                                  .state = options.state,
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
  for (Workload& each : read_before) merge(workload, std::move(each));
  const bool filtered = options.since || options.until || !options.database.empty() ||
                        !options.user.empty() || options.state != nullptr;
  if (workload.statements == 0 && !logs) {
    workload.partial = true;
    workload.notes.emplace_back("there is no statement in it");
  } else if (logs && workload.statements == 0 && filtered) {
    workload.notes.emplace_back("nothing is left of what was asked for");
  } else if (logs && workload.statements == 0 && !workload.partial) {
    workload.partial = true;
    workload.notes.emplace_back(
        "the logs hold no statements: set log_min_duration_statement = 0, or a threshold");
  }
  return workload;
}

}  // namespace architrave::workload

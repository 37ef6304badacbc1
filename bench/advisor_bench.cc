// The index advisor beside the published algorithms that it must never be worse than, on the same
// queries, candidates and sizes: cost, what-if calls and CPU seconds (ours and the server's).
//
//   advisor_bench SOURCE FOLDER_OF_QUERIES [--width 2,3] [--budgets 50,100,250,500,1000]
//   [--own-sizes] [--judged] [--list] [--empty-indexes] [--server-version 15]
//
// --empty-indexes asks a twin as where there is no HypoPG;
// --judged refuses plans that are expected to be slow, as `optimize` does and the published ones do
// not; --list only lists the candidates with their sizes.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "advisor/indexes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/postgres/empty_indexes.h"

using namespace architrave;

namespace {

double own_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int complain(const Error& error) {
  std::fputs(describe(error).c_str(), stderr);
  return 2;
}

struct Meter {
  engine::Planner& planner;
  std::int64_t calls = planner.calls();
  double own = own_seconds();
  double server = planner.server_seconds();
  std::string since() const {
    return fmt::format("{:6} calls  {:5.2f} + {:5.2f} CPU s", planner.calls() - calls,
                       own_seconds() - own, planner.server_seconds() - server);
  }
};

std::vector<std::vector<std::size_t>> wider(const std::vector<advisor::Candidate>& candidates) {
  std::vector<std::vector<std::size_t>> lists(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i)
    for (std::size_t j = 0; j < candidates.size(); ++j) {
      const catalog::Index& a = candidates[i].index;
      const catalog::Index& b = candidates[j].index;
      if (i == j || candidates[i].table != candidates[j].table || a.method != b.method ||
          a.predicate != b.predicate ||
          (b.keys.size() == a.keys.size() && b.include.size() <= a.include.size()))
        continue;
      if (advisor::begins_with(b, a)) lists[i].push_back(j);
    }
  return lists;
}

Result<std::unique_ptr<engine::Planner>> with_empty_indexes(engine::Opened& opened) {
  auto twin = engine::make_sandbox(opened, engine::Fill::twin);
  if (!twin) return std::unexpected(twin.error());
  opened.sandbox = std::move(*twin);
  return postgres::make_empty_indexes(dynamic_cast<postgres::PostgresSandbox&>(*opened.sandbox));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  catch_interrupts();
  std::vector<std::string> widths = {"2", "3"};
  std::vector<std::string> budgets = {"50", "100", "250", "500", "1000"};
  bool peers = true;
  bool judged = false;
  bool listed = false;
  bool empty = false;
  int server_version = 15;
  double gap = 0.005;
  advisor::IndexOptions options{.sizes = advisor::Sizes::hypopg};
  for (int i = 3; i < argc; ++i) {
    if (std::strcmp(argv[i], "--width") == 0)
      widths = split(argv[++i], ',');
    else if (std::strcmp(argv[i], "--budgets") == 0)
      budgets = split(argv[++i], ',');
    else if (std::strcmp(argv[i], "--own-sizes") == 0)
      options.sizes = advisor::Sizes::own;
    else if (std::strcmp(argv[i], "--no-peers") == 0)
      peers = false;
    else if (std::strcmp(argv[i], "--list") == 0)
      listed = true;
    else if (std::strcmp(argv[i], "--empty-indexes") == 0)
      empty = true;
    else if (std::strcmp(argv[i], "--judged") == 0)
      judged = true;
    else if (std::strcmp(argv[i], "--thorough") == 0)
      options.thorough = true;
    else if (std::strcmp(argv[i], "--server-version") == 0)
      server_version = std::stoi(argv[++i]);
    else if (std::strcmp(argv[i], "--gap") == 0)
      gap = std::stod(argv[++i]);
  }
  auto opened = engine::open(argv[1], {.server_version = server_version});
  if (!opened) return complain(opened.error());
  auto planner = empty ? with_empty_indexes(*opened) : engine::make_planner(*opened);
  if (!planner) return complain(planner.error());
  std::vector<std::filesystem::path> files;
  for (const auto& each : std::filesystem::directory_iterator(argv[2]))
    if (each.path().extension() == ".sql") files.push_back(each.path());
  std::ranges::sort(files);
  std::vector<advisor::WeightedQuery> queries;
  for (const auto& each : files) {
    std::string text = read_file(each).value_or("");
    while (!text.empty() &&
           (std::isspace(static_cast<unsigned char>(text.back())) != 0 || text.back() == ';'))
      text.pop_back();
    queries.push_back({.sql = std::move(text), .parameters = {}});
  }
  fmt::print("{}: {} queries\n", (*planner)->description(), queries.size());
  for (const std::string& width : widths)
    for (const std::string& budget : budgets) {
      options.max_width = std::stoi(width);
      options.budget = std::stoll(budget) << 20;
      options.gap = gap;
      Meter preparing{**planner};
      const double begun = monotonic_seconds();
      auto problem = advisor::index_problem(opened->catalog, queries, **planner, options);
      if (!problem) return complain(problem.error());
      std::size_t most = 0;
      for (const auto& each : problem->relevant) most = std::max(most, each.size());
      fmt::print("width {} budget {} MB: {} candidates, at most {} of a query; {:.2f} s {}\n",
                 width, budget, problem->candidates.size(), most, monotonic_seconds() - begun,
                 preparing.since());
      if (listed) {
        for (const advisor::Candidate& each : problem->candidates)
          fmt::print("{}\t{}\n", each.bytes,
                     advisor::create_statement(*each.table, each.index, false));
        continue;
      }
      for (std::size_t q = 0; q < problem->complaints.size(); ++q)
        if (!problem->complaints[q].empty())
          fmt::print("  {}: {}\n", files[q].filename().string(), problem->complaints[q]);
      const auto row = [&](const char* name, double cost, double base, const Meter& meter,
                           const std::string& more) {
        fmt::print("  {:<10} cost {:14.2f}  {:6.2f} %  {}  {}\n", name, cost, 100 * cost / base,
                   meter.since(), more);
      };
      double base = 0;
      {
        Meter meter{**planner};
        advisor::Oracle oracle(
            **planner, problem->relevant,
            judged ? advisor::judge_of(opened->catalog, *problem) : advisor::Judge());
        auto found = advisor::search(oracle, problem->input);
        if (!found) return complain(found.error());
        base = found->before;
        std::int64_t bytes = 0;
        int count = 0;
        for (std::size_t i = 0; i < found->chosen.size(); ++i)
          if (found->chosen[i]) bytes += problem->input.bytes[i], ++count;
        row("architrave", found->after, base, meter,
            fmt::format("gap {:.3f} %, {} rounds, first {:.2f} s, {} indexes of {}",
                        100 * found->gap(), found->rounds, found->first_seconds, count,
                        human_bytes(bytes)));
        if (std::getenv("SHOW") != nullptr)
          for (const advisor::Refusal& each : found->refused) {
            fmt::print("      refused for {} ({:.2f})", files[each.query].filename().string(),
                       each.slowdown);
            for (const std::size_t i : each.together)
              fmt::print("  {} {}", problem->candidates[i].table->name,
                         advisor::describe(problem->candidates[i].index));
            for (const std::size_t i : each.remedy)
              fmt::print("  unless {} {}", problem->candidates[i].table->name,
                         advisor::describe(problem->candidates[i].index));
            fmt::print("\n");
          }
        if (std::getenv("SHOW") != nullptr)
          for (std::size_t i = 0; i < found->chosen.size(); ++i)
            if (found->chosen[i])
              fmt::print("      {} {} {}\n", problem->candidates[i].table->name,
                         advisor::describe(problem->candidates[i].index),
                         human_bytes(problem->candidates[i].bytes));
      }
      if (!peers) continue;
      for (const bool is_extend : {false, true}) {
        Meter meter{**planner};
        auto relevant = problem->relevant;
        if (!options.thorough)
          for (auto& list : relevant)
            std::erase_if(list, [&](std::size_t i) { return problem->input.variant[i]; });
        advisor::Oracle oracle(**planner, relevant);
        auto chosen = is_extend
                          ? advisor::extend(oracle, problem->input, wider(problem->candidates))
                          : advisor::db2advis(oracle, problem->input);
        if (!chosen) return complain(chosen.error());
        auto cost = advisor::cost_of(oracle, problem->input, *chosen);
        if (!cost) return complain(cost.error());
        row(is_extend ? "Extend" : "DB2Advis", *cost, base, meter, "");
      }
    }
  return 0;
}

// The index advisor beside the published algorithms that it must never be worse than, on the same
// queries, candidates and sizes: cost, what-if calls and CPU seconds (ours and the server's).
//
//   advisor_bench SOURCE FOLDER_OF_QUERIES [--width 2,3] [--budgets 50,100,250,500,1000]
//   [--own-sizes] [--judged] [--list] [--empty-indexes] [--compare] [--server-version 15]
//
// --empty-indexes asks a twin as where there is no HypoPG; --compare asks both the same;
// --judged refuses plans that are expected to be slow, as `optimize` does and the published ones do
// not; --list only lists the candidates with their sizes.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "advisor/indexes.h"
#include "advisor/search/published.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "catalog/object.h"
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

// The same questions to HypoPG and to empty indexes of the sizes that HypoPG takes, in one twin: of
// each query its candidates one by one, and random sets.
int compare(engine::Opened& opened, const std::vector<advisor::WeightedQuery>& queries,
            engine::Planner& hypothetical, advisor::IndexOptions options) {
  options.sizes = advisor::Sizes::hypopg;
  auto problem = advisor::index_problem(opened.catalog, queries, hypothetical, options);
  if (!problem) return complain(problem.error());
  auto empty =
      postgres::make_empty_indexes(dynamic_cast<postgres::PostgresSandbox&>(*opened.sandbox));
  if (!empty) return complain(empty.error());
  std::vector<engine::PlannerQuery> plannable;
  for (const auto& each : queries) plannable.push_back({each.sql, each.parameters});
  if (auto set = (*empty)->set_queries(std::move(plannable)); !set) return complain(set.error());
  std::vector<engine::HypotheticalIndex> indexes;
  for (const advisor::Candidate& each : problem->candidates)
    indexes.push_back({.parts = {{catalog::qualified(each.table->schema, each.table->name),
                                  advisor::create_statement(*each.table, each.index, false),
                                  each.bytes,
                                  {}}},
                       .table = {},
                       .create = {}});
  if (auto set = (*empty)->set_indexes(std::move(indexes)); !set) return complain(set.error());
  std::vector<engine::Question> questions;
  std::mt19937 random(1);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    auto relevant = problem->relevant[q];
    // Of how many rows HypoPG takes a partial one to have, it does not say.
    std::erase_if(relevant,
                  [&](std::size_t i) { return !problem->candidates[i].index.predicate.empty(); });
    questions.push_back({q, {}});
    for (const std::size_t i : relevant) questions.push_back({q, {i}});
    for (std::size_t n = 0; n < 200 && !relevant.empty(); ++n) {
      std::set<std::size_t> set;
      for (std::size_t k = 0; k < 2 + n % 12; ++k) set.insert(relevant[random() % relevant.size()]);
      questions.push_back({q, {set.begin(), set.end()}});
    }
  }
  std::vector<std::vector<std::optional<engine::Answer>>> answers;
  for (engine::Planner* each : {&hypothetical, empty->get()}) {
    const Meter meter{*each};
    auto some = each->ask(questions);
    if (!some) return complain(some.error());
    answers.push_back(std::move(*some));
    fmt::print("{}: {}\n", each->description(), meter.since());
  }
  std::vector<std::pair<double, std::size_t>> apart;
  std::size_t same = 0;
  std::size_t missing = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& one = answers[0][i];
    const auto& other = answers[1][i];
    missing += one.has_value() != other.has_value() ? 1 : 0;
    if (!one || !other) continue;
    same += one->used == other->used ? 1 : 0;
    apart.emplace_back(other->cost / one->cost - 1, i);
  }
  std::ranges::sort(apart);
  const auto at = [&](double share) {
    return 100 *
           apart[static_cast<std::size_t>(share * static_cast<double>(apart.size() - 1))].first;
  };
  fmt::print("{} questions, {} answered by one alone; in {} both plans use the same indexes\n",
             questions.size(), missing, same);
  fmt::print(
      "cost with empty indexes beside HypoPG's: least {:+.3f} %, 5 of 100 {:+.3f} %, median "
      "{:+.3f} %, 95 of 100 {:+.3f} %, most {:+.3f} %\n",
      at(0), at(0.05), at(0.5), at(0.95), at(1));
  for (const std::size_t rank : {std::size_t{0}, apart.size() - 1}) {
    const auto& [by, i] = apart[rank];
    fmt::print("  {:+.1f} % query {}:", 100 * by, questions[i].query + 1);
    for (const auto& list : answers) {
      fmt::print(" {:.2f} with", list[i]->cost);
      for (const std::size_t used : list[i]->used)
        fmt::print(" {} {}", problem->candidates[used].table->name,
                   advisor::describe(problem->candidates[used].index));
      fmt::print(";");
    }
    fmt::print("\n");
    if (std::getenv("SHOW") != nullptr)
      for (const auto& list : answers) fmt::print("{}\n", list[i]->plan);
  }
  return 0;
}

// The set that each finds, weighed by both.
int compare_sets(engine::Opened& opened, const std::vector<advisor::WeightedQuery>& queries,
                 engine::Planner& hypothetical, advisor::IndexOptions options, bool judged) {
  options.sizes = advisor::Sizes::own;
  auto empty =
      postgres::make_empty_indexes(dynamic_cast<postgres::PostgresSandbox&>(*opened.sandbox));
  if (!empty) return complain(empty.error());
  const std::vector<engine::Planner*> planners = {&hypothetical, empty->get()};
  std::vector<advisor::IndexProblem> problems;
  std::vector<std::vector<bool>> sets;
  for (engine::Planner* each : planners) {
    auto problem = advisor::index_problem(opened.catalog, queries, *each, options);
    if (!problem) return complain(problem.error());
    problems.push_back(std::move(*problem));
    advisor::Oracle oracle(
        *each, problems.back().relevant,
        judged ? advisor::judge_of(opened.catalog, problems.back()) : advisor::Judge());
    auto found = advisor::search(oracle, problems.back().input);
    if (!found) return complain(found.error());
    fmt::print("{}: {} calls, gap {:.3f} %\n", each->description(), each->calls(),
               100 * found->gap());
    sets.push_back(std::move(found->chosen));
  }
  if (problems[0].candidates.size() != problems[1].candidates.size()) {
    std::fputs("they do not take the same candidates\n", stderr);
    return 2;
  }
  for (std::size_t by = 0; by < planners.size(); ++by) {
    advisor::Oracle oracle(*planners[by], problems[by].relevant);
    for (std::size_t of = 0; of < planners.size(); ++of) {
      const auto cost = advisor::cost_of(oracle, problems[by].input, sets[of]);
      if (!cost) return complain(cost.error());
      fmt::print("{}: the set found with {} costs {:.2f}\n", planners[by]->description(),
                 planners[of]->description(), *cost);
    }
  }
  return 0;
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
  bool compared = false;
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
    else if (std::strcmp(argv[i], "--compare") == 0)
      compared = true;
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
  if (compared) {
    options.max_width = std::stoi(widths.front());
    options.budget = std::stoll(budgets.back()) << 20;
    if (const int failed = compare(*opened, queries, **planner, options); failed != 0)
      return failed;
    return compare_sets(*opened, queries, **planner, options, judged);
  }
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

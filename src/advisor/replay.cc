#include "advisor/replay.h"

#include <algorithm>
#include <cmath>

namespace architrave::advisor {

namespace {

constexpr double slower = 1.2;
constexpr int runs = 2;
constexpr int most_rounds = 4;

Status run_all(engine::Sandbox& sandbox, const std::vector<std::string>& statements) {
  std::vector<engine::Unit> units;
  for (const std::string& each : statements) units.push_back({{each}, /*transactional=*/false});
  const auto outcomes = sandbox.run(units);
  if (!outcomes) return std::unexpected(outcomes.error());
  for (const engine::Outcome& outcome : *outcomes)
    if (!outcome.ok) return fail("replay.index", outcome.error, outcome.statement);
  return {};
}

bool is_slower(double before, double after, double limit) {
  const double now = after < 0 ? limit : after;
  return before >= 0 && now > before * slower && now - before > too_short_to_tell;
}

}  // namespace

Result<std::vector<double>> run_times(engine::Sandbox& sandbox,
                                      const std::vector<std::string>& queries, double limit) {
  std::vector<double> times(queries.size(), -1);
  for (int run = 0; run < runs; ++run) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      if (run > 0 && times[q] < 0) continue;
      const auto answers = sandbox.attempt({"SET TRANSACTION READ ONLY", queries[q]}, limit);
      if (!answers) return std::unexpected(answers.error());
      const engine::Attempt& end = answers->back();
      if (!end.ok())
        times[q] = -1;
      else
        times[q] = run == 0 ? end.seconds : std::min(times[q], end.seconds);
    }
  }
  return times;
}

Result<Replayed> replay(engine::Sandbox& sandbox, const std::vector<std::string>& queries,
                        const std::vector<double>& before, const std::vector<std::string>& create,
                        const std::vector<std::string>& drop,
                        const std::vector<std::vector<std::size_t>>& users, double limit) {
  Replayed replayed;
  if (Status built = run_all(sandbox, create); !built) return fail(built);
  std::vector<bool> standing(create.size(), true);
  for (int round = 0; round < most_rounds; ++round) {
    if (Status analyzed = run_all(sandbox, {"ANALYZE"}); !analyzed) return fail(analyzed);
    auto after = run_times(sandbox, queries, limit);
    if (!after) return std::unexpected(after.error());
    replayed.after = std::move(*after);
    std::vector<bool> regressed(queries.size(), false);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      // What seems slower is run once more: something else may have been in its way.
      if (!is_slower(before[q], replayed.after[q], limit)) continue;
      auto again = run_times(sandbox, {queries[q]}, limit);
      if (!again) return std::unexpected(again.error());
      if (again->front() >= 0 && (replayed.after[q] < 0 || again->front() < replayed.after[q]))
        replayed.after[q] = again->front();
      regressed[q] = is_slower(before[q], replayed.after[q], limit);
    }
    std::vector<std::string> leave;
    for (std::size_t i = 0; i < create.size(); ++i) {
      if (!standing[i]) continue;
      // One that spares others more than it costs the slower ones is still refused: nobody wants to
      // explain the query that got slow.
      const bool to_blame =
          std::ranges::any_of(users[i], [&](std::size_t q) { return regressed[q]; });
      if (!to_blame) continue;
      standing[i] = false;
      leave.push_back(drop[i]);
      replayed.vetoed.push_back(i);
    }
    if (leave.empty()) break;
    if (Status left = run_all(sandbox, leave); !left) return fail(left);
  }
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < create.size(); ++i)
    if (standing[i]) rest.push_back(drop[i]);
  if (Status dropped = run_all(sandbox, rest); !dropped) return fail(dropped);
  return replayed;
}

}  // namespace architrave::advisor

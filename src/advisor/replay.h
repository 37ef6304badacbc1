// The better estimate is not always the faster set: where rows are at hand, the indexes are built
// and the queries run, and what makes one of them slower is left out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"

namespace architrave::advisor {

constexpr double too_short_to_tell = 0.005;  // seconds: below, runs differ for other reasons

// Seconds of each query, the faster of two runs; below zero for one that failed or took longer than
// `limit` seconds. Changes nothing: each run is rolled back.
Result<std::vector<double>> run_times(engine::Sandbox& sandbox,
                                      const std::vector<std::string>& queries, double limit);

struct Replayed {
  std::vector<double> after;        // run_times of the queries, in order
  std::vector<std::size_t> vetoed;  // indexes that were left out for the sake of a query
};

// Builds the indexes (statements CREATE INDEX name ON …), runs the queries, and leaves out, for
// each query that got slower than `before` (run_times) by more than a fifth, the indexes that its
// plan uses (`users[index]`: the queries that use it), until none does. The sandbox is left as it
// was.
Result<Replayed> replay(engine::Sandbox& sandbox, const std::vector<std::string>& queries,
                        const std::vector<double>& before, const std::vector<std::string>& create,
                        const std::vector<std::string>& drop,
                        const std::vector<std::vector<std::size_t>>& users, double limit);

}  // namespace architrave::advisor

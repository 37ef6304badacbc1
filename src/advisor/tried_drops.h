// Indexes that may go: what a search gave up and what is superfluous, tried on the workload.
#pragma once

#include <string>
#include <vector>

#include "advisor/outcome.h"
#include "proposal/tuning.h"

namespace architrave::advisor {

struct TriedDrops {
  std::vector<TunedDrop> drops;
  std::vector<Proposal> proposals;  // of these, in order
  std::vector<std::string> notes;
};

// Beside the outcome's set, all at once: what is not missed in company is not missed alone.
Result<TriedDrops> try_drops(const Outcome& outcome, const Oracle& oracle,
                             engine::Planner& planner);

}  // namespace architrave::advisor

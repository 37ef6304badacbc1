// What findings come to: a score per area, the order of the roadmap, and the verdict in words.
// Pure functions of a report's review.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "proposal/rule.h"
#include "report/report.h"

namespace architrave::assessment {

// A finding weighs 10 as an error, 3 as a warning, 0.3 as an info. An area's score is
//   100 · exp(−weight / (4 · (10 + tables / 2)))
// and at most 79 where it has an error: a wart in a large schema costs less than in a small one,
// and no number of good tables outweighs an error. An area that no rule could look at is not
// judged.
std::vector<report::AreaScore> score_areas(const Review& review, const catalog::Catalog& catalog,
                                           std::span<const Rule* const> rules);

// The mean of the judged areas, in which keys, indexes, security and backup count twice and naming
// half.
int score_whole(const std::vector<report::AreaScore>& scores);

// One action per rule that fired. What matters most comes first: by severity, then by how many
// findings it mends; the first five are then put in the order in which to do them, least risk and
// effort first.
std::vector<report::Action> plan_actions(const Review& review, std::span<const Rule* const> rules);

std::string verdict(const report::Report& report);

}  // namespace architrave::assessment

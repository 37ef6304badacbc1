// The program that looks at the costs from above: it chooses among plans that were seen (query,
// used set, cost), so that what it finds can be had.
#pragma once

#include <optional>
#include <vector>

#include "advisor/search/refusals.h"
#include "advisor/search/space.h"

namespace architrave::advisor {

// The best set of the plans that are known, within the budget and without what is refused, if one
// is better than the best so far; to within `gap` of the best, or what is found within so many
// seconds.
std::optional<std::vector<bool>> choose_among_plans(const Space& space, const Oracle& oracle,
                                                    const Refusals& refusals, double gap,
                                                    double seconds);

}  // namespace architrave::advisor

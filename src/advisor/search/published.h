// The published algorithms that the search is measured against, on the same costs; and the cost of
// a set, for which everything that is not known is asked.
#pragma once

#include <vector>

#include "advisor/search/search.h"

namespace architrave::advisor {

// DB2Advis (Valentin et
// al., ICDE 2000): each query's best set, its benefit shared out, the best ratio first. `without`:
// candidates that are left aside, or empty.
Result<std::vector<bool>> db2advis(Oracle& oracle, const SearchInput& input,
                                   const std::vector<bool>& without = {});
// Extend (Schlosser et al., ICDE 2019), over the same candidates: adds or widens the index with the
// best ratio of benefit and bytes until nothing helps. `widens[i]`: candidates whose keys begin
// with those of i.
Result<std::vector<bool>> extend(Oracle& oracle, const SearchInput& input,
                                 const std::vector<std::vector<std::size_t>>& widens);
// Cost of the workload under the set, maintenance included; asks what is not known.
Result<double> cost_of(Oracle& oracle, const SearchInput& input, const std::vector<bool>& chosen);

}  // namespace architrave::advisor

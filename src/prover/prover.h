// Tries proposals in a sandbox, in batches, and says what held.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "proposal/rule.h"

namespace architrave::prover {

// Judges a catalog again, for the claim `clears`.
using Judge = std::function<Review(const catalog::Catalog&)>;
using Progress = std::function<void(std::string_view what, std::size_t done, std::size_t of)>;

// Gives every proposal of the review its proof:
//   loads     `up` ran on the real server
//   clears    the finding that it mends is gone afterwards, and none has joined
//   cheaper   its probes cost less than before (only where the sandbox has statistics)
//   reverses  after `down` the catalog equals the one before
// All are applied together, the catalog read once, all undone in reverse, and read once more; a
// batch in which something does not hold is split until the culprit stands alone. Claims hold no
// wall times, so that the same input gives the same report.
Status prove(Review& review, engine::Sandbox& sandbox, const Judge& judge,
             const Progress& progress = {});

}  // namespace architrave::prover

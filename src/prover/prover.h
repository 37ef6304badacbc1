// Tries proposals in a sandbox, in batches, and says what held.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "proposal/rule.h"

namespace architrave::prover {

// Judges a catalog again, for the claim `clears`: all rules, as the review was made.
using Judge = std::function<Review(const catalog::Catalog&)>;
using Progress = std::function<void(std::string_view what, std::size_t done, std::size_t of)>;

// Makes another sandbox that holds the same, for when an undo has failed and left the first one
// in a state that nobody knows.
using Fresh = std::function<Result<std::unique_ptr<engine::Sandbox>>()>;

// Gives every proposal of the review its proof:
//   loads     `up` ran on the real server
//   clears    the finding that it mends is gone afterwards, and none has joined
//   reverses  after `down` the catalog equals the one before
//   cheaper   its probes cost less than before (only where the source has statistics)
// All are applied together, the catalog read once, all undone in reverse, and read once more; what
// does not hold in company is tried again in smaller company, and at last alone. Claims hold no
// wall times, so that the same input gives the same report.
//
// `measured` is the catalog that the review was made from: the sandbox has no rows and no traffic,
// so its own sizes and counters mean nothing to a judge. An error is a server that went away or an
// interrupt; a proposal that fails is not an error.
Status prove(Review& review, const catalog::Catalog& measured,
             std::unique_ptr<engine::Sandbox>& sandbox, const Judge& judge, const Fresh& fresh,
             const Progress& progress = {});

}  // namespace architrave::prover

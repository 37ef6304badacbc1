// Which swaps a way from one catalog to another takes: all that may be, each tried.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/engine.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

struct SwapOptions {
  std::int64_t small_bytes = 0;   // tables of at most that size are changed in place
  std::string role;               // who runs the migration
  std::set<std::string> without;  // objects, as Swap::of, that go another way
  bool is_undo = false;           // of a phase that may have stopped in between
};

// Whether there is any to be tried.
bool may_swap(const catalog::Catalog& from, const catalog::Catalog& to, const SwapOptions& options);

struct Swaps {
  std::vector<Swap> list;
  std::vector<std::string> notes;  // what is written anew under a lock after all, and why
};
// Tries them in a sandbox that holds `from` and no rows, and leaves it as it is after those that
// can be done.
Result<Swaps> find_swaps(engine::Sandbox& bare, const catalog::Catalog& from,
                         const catalog::Catalog& to, const SwapOptions& options);

}  // namespace architrave::migration

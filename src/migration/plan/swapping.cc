#include "migration/plan/swapping.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "catalog/lookup.h"
#include "migration/plan/attachment.h"
#include "migration/plan/column_swap.h"
#include "migration/plan/identity_swap.h"
#include "migration/plan/index_swap.h"
#include "migration/plan/partition_swap.h"
#include "migration/plan/table_swap.h"
#include "migration/plan/type_swap.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;

class Swapping {
 public:
  Swapping(const Catalog& from, const Catalog& to, const SwapOptions& options)
      : from_(from), to_(to), options_(options) {}

  // Gives each group of swaps that belong together to `attempt`, which says whether it was done and
  // may fail; what is done decides about those behind it.
  template <class Attempt>
  Status each(const Attempt& attempt) {
    const std::int64_t small = options_.small_bytes;
    const std::string& role = options_.role;
    for (std::vector<Swap>& group : type_swaps(from_, to_, small, role))
      if (Status done = one(std::move(group), attempt); !done) return done;
    // What stands in its way, a type that needs a new function, is for the way under a lock to
    // find.
    if (Status done = all(new_types(from_, to_, small, role), attempt); !done) return done;
    if (Status done = all(table_swaps(from_, to_, small, role), attempt); !done) return done;
    if (Status done = all(partition_swaps(from_, to_, small, role), attempt); !done) return done;
    if (Status done = all(attachments(from_, to_, small), attempt); !done) return done;
    if (Status done = all(identity_swaps(from_, to_, small, done_, options_.is_undo), attempt);
        !done)
      return done;
    if (Status done = all(replacements(from_, to_, small, done_, options_.is_undo), attempt); !done)
      return done;
    for (std::vector<Swap>& group : swaps(from_, to_, small, done_))
      if (Status done = one(std::move(group), attempt); !done) return done;
    return {};
  }

 private:
  template <class Attempt>
  Status one(std::vector<Swap> group, const Attempt& attempt) {
    if (std::ranges::any_of(group,
                            [&](const Swap& swap) { return options_.without.contains(swap.of); }))
      return {};
    auto done = attempt(group);
    if (!done) return fail(done);
    if (*done)
      for (const Swap& swap : group) done_.insert(swap.of);
    return {};
  }

  template <class Attempt>
  Status all(std::vector<Swap> list, const Attempt& attempt) {
    // Of a table that columns are made in it can't be known what it will be.
    std::erase_if(list, [&](const Swap& swap) {
      return std::ranges::any_of(from_.relations, [&](const catalog::Relation& table) {
        return to_string(object_of(table)) == swap.of && has_new_column(table);
      });
    });
    for (Swap& swap : list)
      if (Status done = one({std::move(swap)}, attempt); !done) return done;
    return {};
  }

  bool has_new_column(const catalog::Relation& table) const {
    return std::ranges::any_of(table.columns, [&](const catalog::Column& column) {
      return done_.contains(to_string(object_of(table, column)));
    });
  }

  const Catalog& from_;
  const Catalog& to_;
  const SwapOptions& options_;
  std::set<std::string> done_;
};

}  // namespace

bool may_swap(const Catalog& from, const Catalog& to, const SwapOptions& options) {
  bool any = false;
  const Status asked = Swapping(from, to, options).each([&](const std::vector<Swap>&) {
    any = true;
    return Result<bool>(false);
  });
  return asked && any;
}

Result<Swaps> find_swaps(engine::Sandbox& bare, const Catalog& from, const Catalog& to,
                         const SwapOptions& options) {
  Swaps found;
  const Status tried =
      Swapping(from, to, options).each([&](std::vector<Swap>& group) -> Result<bool> {
        auto outcome = bare.run({{statements_of(group), true}});
        if (!outcome) return fail(outcome);
        const engine::Outcome& seen = outcome->front();
        if (seen.ok) std::ranges::copy(group, std::back_inserter(found.list));
        for (const Swap& swap : group)
          if (!seen.ok && swap.kind == Swap::Kind::column)
            found.notes.push_back(swap.of + ": written anew under a lock, since beside it " +
                                  seen.error + ": " + seen.statement);
        return seen.ok;
      });
  if (!tried) return std::unexpected(tried.error());
  return found;
}

}  // namespace architrave::migration

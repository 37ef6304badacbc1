#include "migration/plan/descent.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <ranges>
#include <set>
#include <utility>

#include "catalog/lookup.h"
#include "migration/plan/column_swap.h"
#include "migration/plan/misfits.h"
#include "migration/plan/phases.h"
#include "migration/plan/route.h"
#include "migration/plan/stopped.h"
#include "migration/plan/swapping.h"
#include "migration/plan/table_swap.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using RouteStep = postgres::Step;

class Descent {
 public:
  Descent(Plan& plan, std::unique_ptr<engine::Sandbox>& walked, const Ascent& there)
      : plan_(plan), walked_(walked), there_(there), here_(there.states.back()) {}

  Result<Claim> go() {
    Claim reverses{ClaimKind::reverses, "the way back, phase by phase", {}, true};
    for (std::size_t i = plan_.phases.size(); i-- > 0;) {
      auto done = come_back_beside(i);
      if (!done) return fail(done);
      if (!plan_.refused.empty()) return reverses;
      if (*done) continue;
      auto trouble = come_back(i, {});
      if (!trouble) return fail(trouble);
      if (!plan_.refused.empty()) return reverses;
      if (trouble->empty()) continue;
      reverses.holds = false;
      reverses.seen = std::move(*trouble);
      return reverses;
    }
    reverses.seen = "the catalog afterwards equals the one before";
    if (!stopped_by_rows_.empty()) {
      reverses.holds = std::nullopt;
      reverses.seen = "it stops at made-up values of what was given up: " + stopped_by_rows_ +
                      "; without rows, " + reverses.seen;
    }
    return reverses;
  }

 private:
  // Whether the phase can be undone beside those who use the tables, and was: columns and tables
  // take their old places, and for what was no swap there new ones are made.
  Result<bool> come_back_beside(std::size_t i) {
    const std::vector<Swap> swaps = swaps_back(i);
    const bool may_be_new = there_.may_be_new && !there_.how.in_place &&
                            may_swap(there_.states[i + 1], there_.states[i], swap_options(i));
    for (const bool with_new : {true, false}) {
      if (with_new ? !may_be_new : swaps.empty()) continue;
      auto again = walked_->copy();
      if (!again) return fail(again);
      auto trouble = come_back(i, swaps, with_new);
      if (!trouble && trouble.error().code != "plan.no_way") return fail(trouble);
      if (trouble && trouble->empty()) return true;
      walked_ = std::move(*again);
      plan_.phases[i].down.clear();
    }
    return false;
  }

  // But for what has been swapped there, and comes back as it went, and for tables with names that
  // are others' as long as their renaming is not undone.
  SwapOptions swap_options(std::size_t phase) const {
    SwapOptions options{
        .small_bytes = there_.how.small_bytes, .role = there_.ground.role(), .is_undo = true};
    // A key that another has replaced does not: the old one is gone.
    const auto is_key = [](const Swap& swap) {
      return swap.of.starts_with("index ") && swap.back.empty();
    };
    for (const Swap& swap : there_.swaps)
      if (!swap.take_place.empty() && !is_key(swap) &&
          does(plan_.phases[phase], swap.take_place.back().text))
        options.without.insert(swap.of);
    std::set<std::string> renamed;
    for (const Undo& each : there_.undo)
      if (does(plan_.phases[phase], each.statement)) renamed.insert(each.back.of);
    if (renamed.empty()) return options;
    for (const Catalog* state : {&there_.states[phase], &there_.states[phase + 1]})
      for (const catalog::Relation& table : state->relations) {
        std::set<std::string> objects = {to_string(object_of(table))};
        for (const catalog::Column& column : table.columns)
          objects.insert(to_string(object_of(table, column)));
        for (const catalog::Index& index : table.indexes)
          objects.insert(to_string(object_of(table, index)));
        if (std::ranges::any_of(objects,
                                [&](const std::string& each) { return renamed.contains(each); }))
          options.without.merge(objects);
      }
    options.without.merge(renamed);
    return options;
  }

  // Finds the way back of a phase and goes it: what did not hold, or nothing; what is refused, in
  // the plan. `swaps`: columns and tables that take their old places before all else; `with_new`:
  // and others are made.
  Result<std::string> come_back(std::size_t i, std::vector<Swap> swaps, bool with_new = false) {
    auto work = with_new ? there_.ground.hold_definitions(*walked_) : walked_->copy();
    if (!work) return fail(work);
    if (!swaps.empty()) {
      std::vector<engine::Unit> units;
      for (const Swap& each : swaps) units.push_back({each.prepare, true});
      for (const Swap& each : swaps)
        for (const Backfill& fill : each.fills) units.push_back({{backfill_block(fill)}, false});
      units.push_back({statements_of(swaps, false), true});
      auto outcomes = (*work)->run(units);
      if (!outcomes) return fail(outcomes);
      for (const engine::Outcome& outcome : *outcomes)
        if (!outcome.ok) return outcome.error;
    }
    if (with_new) {
      auto begin = look(**work, i + 1);
      if (!begin) return fail(begin);
      auto found = find_swaps(**work, *begin, there_.states[i], swap_options(i));
      if (!found) return fail(found);
      if (found->list.empty()) return std::string("no swap could be done");
      std::ranges::move(found->list, std::back_inserter(swaps));
    }
    auto undone = undo(**work, plan_.phases[i], swaps);
    if (!undone && undone.error().code == "plan.no_way" && !plan_.kept.empty()) {
      refuse_kept(plan_, undone.error().message);
      return std::string();
    }
    if (!undone) return fail(undone);
    // What the rest of the way begins with, under the names that it has by then.
    std::optional<Catalog> begin;
    if (!undone->empty() || !swaps.empty()) {
      auto seen = look(**work, i + 1);
      if (!seen) return fail(seen);
      begin = std::move(*seen);
    }
    auto route =
        find_route(**work, there_.states[i], there_.ground.fixpoint(), there_.ground.role(),
                   there_.ground.looking(),
                   {std::move(*undone), begin ? &*begin : &here_, lost_objects()}, Gone::made_up);
    std::unique_ptr<engine::Sandbox> without_rows;
    if (!route && route.error().code == "plan.no_way" && !plan_.lost.empty() && swaps.empty()) {
      auto bare = there_.ground.hold_definitions(*walked_);
      if (!bare) return fail(bare);
      without_rows = std::move(*bare);
      route = find_route_without_rows(*without_rows, i);
    }
    if (!route) return fail(route);
    Work back = online(route->steps, swaps, begin ? *begin : there_.states[i + 1], there_.states[i],
                       there_.how);
    std::vector<Step>& down = plan_.phases[i].down;
    if (const std::vector<std::string> left = leftovers(plan_.phases[i].up, there_.states[i]);
        !left.empty()) {
      down.push_back(Step::transaction({left.begin(), left.end()}));
      down.back().lock_timeout = "100ms";
    }
    const std::size_t enough = down.size();
    std::vector<Step> steps;
    for (std::vector<Step>* part : {&back.expand, &back.migrate, &back.contract})
      std::ranges::move(*part, std::back_inserter(steps));
    for (Step& step : steps)
      for (Statement& each : step.statements) each.accepted.clear();  // lint reads no way back
    std::ranges::move(unmade(plan_.phases[i].up, steps, there_.states[i], there_.states[i + 1]),
                      std::back_inserter(down));
    std::ranges::move(steps, std::back_inserter(down));
    for (Step& step : down) step.is_swap = false;  // some are the way there's
    if (down.size() > enough)
      down[enough].is_swap = std::ranges::any_of(plan_.phases[i].up, &Step::is_swap);
    auto failed = run_phase(*walked_, plan_.phases[i].down);
    if (!failed) return fail(failed);
    if (without_rows && *failed && (*failed)->is_about_rows()) {
      auto said = why_rows_stop(*walked_, **failed, there_.states[i + 1], there_.states[i]);
      if (!said) return fail(said);
      stopped_by_rows_ = std::move(*said);
      walked_ = std::move(without_rows);
      failed = run_phase(*walked_, plan_.phases[i].down);
      if (!failed) return fail(failed);
    }
    auto state = there_.ground.look(*walked_);
    if (!state) return fail(state);
    auto left = there_.ground.fixpoint().difference(*state, there_.states[i]);
    if (!left) return fail(left);
    if (*failed) return (*failed)->text();
    if (!left->empty()) return first_of(*left);
    here_ = std::move(*state);
    return std::string();
  }

  // What it holds, with as many rows as that state has.
  Result<Catalog> look(engine::Sandbox& sandbox, std::size_t state) const {
    auto catalog = there_.ground.look(sandbox);
    if (catalog) catalog::copy_measurements(there_.states[state], *catalog);
    return catalog;
  }

  // Of the columns and tables that took others' places in the phase.
  std::vector<Swap> swaps_back(std::size_t phase) const {
    std::set<std::string> columns;
    std::set<std::string> tables;
    for (const Swap& swap : there_.swaps)
      if ((swap.kind == Swap::Kind::column || swap.kind == Swap::Kind::table) &&
          does(plan_.phases[phase], swap.take_place.back().text))
        (swap.kind == Swap::Kind::table ? tables : columns).insert(swap.of);
    if (columns.empty() && tables.empty()) return {};
    const Catalog& before = there_.states[phase];
    const Catalog& after = there_.states[phase + 1];
    const catalog::Lookup lookup(after);
    std::vector<Swap> list;
    for (const catalog::Relation& table : before.relations) {
      if (tables.contains(to_string(object_of(table))))
        if (auto back = table_swap_back(before, after, table, there_.ground.role()))
          list.push_back(std::move(*back));
      const catalog::Relation* now = after.relation(table.object_name());
      if (now == nullptr) continue;
      std::vector<Retyping> retyped;
      for (const catalog::Column& was : table.columns) {
        const catalog::Column* is = now->column(was.name);
        const catalog::Column* aside = now->column(old_name(was.name));
        if (!columns.contains(to_string(object_of(table, was))) || is == nullptr ||
            aside == nullptr || !can_swap(*now, *is))
          continue;
        // What its type was called may be another's name.
        catalog::Column old = *aside;
        old.name = was.name;
        old.not_null = was.not_null;
        retyped.emplace_back(*is, std::move(old));
      }
      std::ranges::move(column_swaps_back(lookup, *now, retyped, table), std::back_inserter(list));
    }
    return list;
  }

  // The way back of a phase among definitions alone, for rows that may be there all the same.
  Result<Route> find_route_without_rows(engine::Sandbox& bare, std::size_t phase) {
    auto work = bare.copy();
    if (!work) return fail(work);
    auto undone = undo(**work, plan_.phases[phase], {});
    if (!undone) return fail(undone);
    Start start{std::move(*undone), nullptr, lost_objects()};
    return find_route(**work, there_.states[phase], there_.ground.fixpoint(), there_.ground.role(),
                      there_.ground.looking(), std::move(start), Gone::made_up);
  }

  // Columns that took no nulls and whose values were given up, and tables whose rows were: what is
  // there on the way back is made up, whether rows are at hand or not.
  std::set<std::string> lost_objects() const {
    std::set<std::string> objects;
    const auto is_lost = [&](const std::string& object) {
      return std::ranges::find(plan_.lost, object, &Refused::object) != plan_.lost.end();
    };
    for (const catalog::Relation& relation : there_.states.front().relations) {
      if (const std::string table = to_string(object_of(relation)); is_lost(table))
        objects.insert(table);
      for (const catalog::Column& column : relation.columns) {
        const std::string object = to_string(object_of(relation, column));
        if (column.not_null && column.default_value.empty() && column.identity.empty() &&
            column.generated.empty() && is_lost(object))
          objects.insert(object);
      }
    }
    return objects;
  }

  static bool does(const PlannedPhase& phase, const std::string& statement) {
    return std::ranges::any_of(phase.up, [&](const Step& step) {
      return std::ranges::any_of(step.statements,
                                 [&](const Statement& each) { return each.text == statement; });
    });
  }

  // Takes back, in the sandbox, what the phase has renamed and put aside, but for these.
  Result<std::vector<RouteStep>> undo(engine::Sandbox& sandbox, const PlannedPhase& phase,
                                      const std::vector<Swap>& swaps) {
    std::vector<RouteStep> steps;
    for (const Undo& each : there_.undo | std::views::reverse)
      if (does(phase, each.statement) &&
          std::ranges::find(swaps, each.back.of, &Swap::of) == swaps.end())
        steps.push_back(each.back);
    for (const RouteStep& step : steps) {
      auto outcome = sandbox.run({{step.statements, true}});
      if (!outcome) return fail(outcome);
      if (!outcome->front().ok)
        return fail("plan.no_way", outcome->front().error, outcome->front().statement);
    }
    return steps;
  }

  Plan& plan_;
  std::unique_ptr<engine::Sandbox>& walked_;
  const Ascent& there_;
  Catalog here_;                 // what `walked` holds
  std::string stopped_by_rows_;  // so that it went on without them
};

}  // namespace

Result<Claim> descend(Plan& plan, std::unique_ptr<engine::Sandbox>& walked, const Ascent& there) {
  return Descent(plan, walked, there).go();
}

}  // namespace architrave::migration

#include "migration/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "migration/histories.h"
#include "migration/plan/demands.h"
#include "migration/plan/descent.h"
#include "migration/plan/doubts.h"
#include "migration/plan/filled_column.h"
#include "migration/plan/ground.h"
#include "migration/plan/kept.h"
#include "migration/plan/misfits.h"
#include "migration/plan/old_column.h"
#include "migration/plan/online.h"
#include "migration/plan/phases.h"
#include "migration/plan/route.h"
#include "migration/plan/rows.h"
#include "migration/plan/sqlite.h"
#include "migration/plan/stopped.h"
#include "migration/plan/swapping.h"
#include "migration/plan/under_lock.h"
#include "migration/unsaid.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;

using RouteStep = postgres::Step;

// Makes a plan of one pair of sources.
class Planner {
 public:
  Planner(engine::Opened& from, engine::Opened& to, PlanOptions options)
      : from_(from),
        to_(to),
        options_(std::move(options)),
        ground_(from, to, options_.allow_losses) {}

  Result<Plan> make() {
    plan_.name = options_.name;
    say("comparing");
    auto changes = ground_.compare();
    if (!changes) return fail(changes);
    plan_.changes = std::move(*changes);
    if (plan_.changes.empty()) return std::move(plan_);

    if (Status begun = begin(options_.rows); !begun) return fail(begun);
    version_ = from_.catalog.server.version_number;
    how_ = options_.online;
    how_.version = version_;
    for (;;) {
      const std::size_t known = plan_.notes.size();
      auto trouble = walk();
      if (!trouble) return fail(trouble);
      if (!(trouble->empty() && plan_.refused.empty()) && is_sample_ && !states_.empty()) {
        plan_.notes.resize(known);
        if (Status again = try_without_rows(*trouble); !again) return fail(again);
        continue;
      }
      if (!plan_.refused.empty()) {
        plan_.phases.clear();
        return std::move(plan_);
      }
      if (trouble->empty() || how_.in_place) break;
      if (!is_plain_) {
        plan_.notes.resize(known);
        if (std::ranges::any_of(swaps_, serves_old_shape))
          plan_.notes.push_back(
              "who knows the old names or columns alone can't go on, since with them it did not "
              "hold: " +
              *trouble);
        is_plain_ = true;
        forget_walk();
        continue;
      }
      // What could not be done beside those who use the tables can be done in place.
      plan_.notes.push_back("in place, since online it did not hold: " + *trouble);
      how_.in_place = true;
      forget_walk();
    }
    Schema known(from_.catalog);
    for (const PlannedPhase& phase : plan_.phases) describe(plan_, phase, version_, known);
    if (!options_.online.in_place)
      std::ranges::move(rewrites_under_lock(plan_, from_.catalog, how_.small_bytes),
                        std::back_inserter(plan_.notes));
    return std::move(plan_);
  }

 private:
  // A sandbox to begin in.
  Status begin(bool with_rows) {
    say("starting a sandbox");
    auto origin = engine::make_sandbox(from_);
    if (!origin) return fail(origin);
    origin_ = std::move(*origin);
    plan_.proved_on = origin_->description();
    if (from_.take_rows && with_rows) {
      say("copying rows");
      auto taken = from_.take_rows(from_, *origin_, to_.catalog);
      if (!taken) return fail(taken);
      std::ranges::move(taken->notes, std::back_inserter(plan_.notes));
      is_sample_ = !taken->all;
      if (taken->rows > 0)
        plan_.proved_on += fmt::format(", with {} {}", is_sample_ ? "a sample of" : "all of its",
                                       plural(taken->rows, "row"));
    }
    return ground_.make_roles(*origin_);
  }

  // What a sample of the rows says may not be so of all of them.
  Status try_without_rows(std::string trouble) {
    if (trouble.empty()) trouble = plan_.refused.front().why;
    plan_.notes.push_back("tried without rows, since with a sample of them it did not hold: " +
                          trouble);
    is_sample_ = false;
    plan_.refused.clear();
    forget_walk();
    return begin(/*with_rows=*/false);
  }

  void forget_walk() {
    undo_.clear();
    names_ = {};
    rows_.clear();
    swaps_.clear();
    states_.clear();
    plan_.lost.clear();
    plan_.kept.clear();
  }

  // There and back. What did not hold, or nothing; what is refused, in the plan.
  Result<std::string> walk() {
    const auto refuse = [&](const Status& failed) -> Result<std::string> {
      if (failed.error().code != "plan.no_way") return std::unexpected(failed.error());
      plan_.refused.push_back({failed.error().where, failed.error().message});
      return failed.error().message;
    };
    if (Status routed = find_up(); !routed) return refuse(routed);
    if (!plan_.refused.empty()) return {};
    put_in_phases(how_);
    if (Status proved = prove_up(); !proved) return fail(proved);
    if (plan_.proof.status() == ProofStatus::refuted) {
      if (failure_)
        if (Status asked = refuse_misfits(plan_, *failure_, *origin_, *walked_, demands_,
                                          demands_on_the_way_, options_.online.fill);
            !asked)
          return fail(asked);
      std::string seen = plan_.proof.claims.back().seen;
      if (plan_.refused.empty() && !plan_.kept.empty()) refuse_kept(plan_, seen);
      return seen;
    }
    if (Status found = find_down(); !found) {
      if (!how_.in_place && found.error().code == "plan.no_way")
        return found.error().message + ": " + found.error().where;
      return refuse(found);
    }
    return plan_.proof.status() == ProofStatus::refuted ? plan_.proof.claims.back().seen
                                                        : std::string();
  }

  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what);
  }

  bool may_lose(const std::string& object) const {
    return options_.allow_losses || options_.allowed.contains(object);
  }

  static RouteStep step_of(const catalog::Object& object, std::vector<std::string> statements) {
    RouteStep step;
    step.act = RouteStep::Act::alter;
    step.of = to_string(object);
    step.statements = std::move(statements);
    return step;
  }

  // Runs the renames that were asked for.
  Result<std::vector<RouteStep>> rename(engine::Sandbox& sandbox) {
    std::vector<RouteStep> steps;
    RenameQueue queue(options_.renames);
    while (!queue.empty()) {
      const auto catalog = ground_.look(sandbox);
      if (!catalog) return std::unexpected(catalog.error());
      auto parsed = queue.next(*catalog);
      if (!parsed) return fail(parsed);
      std::vector<std::string> there = {parsed->statement};
      std::vector<std::string> back = {parsed->back};
      // Both names are good until the contract phase.
      const std::string room =
          room_for_old_name(to_.catalog, parsed->object.name, options_.renames);
      if (!room.empty()) {
        back.insert(back.begin(), room);
      } else if (!how_.in_place && !parsed->keep_old_name.empty()) {
        there.insert(there.end(), parsed->keep_old_name.begin(), parsed->keep_old_name.end());
        back.insert(back.begin(), parsed->drop_old_name);
      }
      const bool may_keep = room.empty() && !how_.in_place && !is_plain_;
      if (auto swap = may_keep ? keep_old_column(*catalog, to_.catalog, *parsed) : std::nullopt) {
        std::vector<std::string> all = statements_before(*swap);
        std::vector<std::string> with_old = there;
        for (const Statement& each : swap->take_place) with_old.push_back(each.text);
        std::ranges::copy(with_old, std::back_inserter(all));
        auto kept = sandbox.run({{all, true}});
        if (!kept) return fail(kept);
        if (kept->front().ok) {
          steps.push_back(renamed(*parsed, std::move(with_old), std::move(swap->back)));
          swaps_.push_back(std::move(*swap));
          continue;
        }
      }
      auto outcome = sandbox.run({{there, true}});
      if (!outcome) return fail(outcome);
      if (!outcome->front().ok)
        return fail("plan.rename", outcome->front().error, outcome->front().statement);
      steps.push_back(renamed(*parsed, std::move(there), std::move(back)));
    }
    return steps;
  }

  RouteStep renamed(const Rename& rename, std::vector<std::string> there,
                    std::vector<std::string> back) {
    RouteStep step = step_of(rename.object, std::move(there));
    step.act = RouteStep::Act::rename;
    names_.add(rename);
    undo_.push_back({rename.statement, step_of(rename.object, std::move(back))});
    return step;
  }

  // For applications that do not know the new one yet.
  static bool serves_old_shape(const Swap& swap) {
    return swap.kind == Swap::Kind::old_name || swap.kind == Swap::Kind::filled;
  }

  Status find_up() {
    say("finding the way there");
    // Found among definitions alone: what the rows say to it, the trial will tell.
    auto work = ground_.hold(from_.catalog);
    if (!work) return fail(work);
    auto renamed = rename(**work);
    if (!renamed) return fail(renamed);
    auto begin = ground_.look(**work);
    if (!begin) return fail(begin);
    begin_ = std::move(*begin);
    catalog::copy_measurements(from_.catalog, begin_);
    shared_ = shared_columns(begin_, to_.catalog);
    leave_out(shared_, begin_, options_.online.fill);
    if (Status counted = refuse_missing_values(plan_, from_, *origin_, begin_, names_, to_.catalog,
                                               options_.online.fill);
        !counted)
      return fail(counted);
    demands_ = demands(begin_, to_.catalog, options_.online.fill, &names_);
    demands_on_the_way_ = demands(begin_, to_.catalog, options_.online.fill);
    if (from_.ask) {
      say("asking the rows that are there");
      if (Status asked = ask_ahead(plan_, from_.ask, demands_); !asked) return asked;
    }
    plan_.likely = likely_renames(begin_, to_.catalog);
    std::erase_if(plan_.likely, [&](const LikelyRename& each) {
      return std::ranges::find(swaps_, to_string(each.before), &Swap::of) != swaps_.end();
    });
    if (Status swapped = swap(**work); !swapped) return fail(swapped);
    auto route = find_route(**work, to_.catalog, ground_.fixpoint(), ground_.role(),
                            ground_.looking(), {std::move(*renamed), &begin_});
    if (!route) return fail(route);
    route_ = std::move(*route);
    for (const postgres::Loss& loss : route_.losses) settle_loss(loss);
    for (const catalog::Change& change : route_.left_over)
      plan_.refused.push_back(
          {to_string(change.object), "no statement was found for: " + catalog::describe(change)});
    return {};
  }

  // Puts what is made beside the old in its place, where a lock would be held for long.
  Status swap(engine::Sandbox& sandbox) {
    if (how_.in_place) return {};
    for (Swap& each :
         is_plain_ ? std::vector<Swap>() : filled_columns(begin_, to_.catalog, how_.fill)) {
      auto outcome = sandbox.run({{statements_of({each}), true}});
      if (!outcome) return fail(outcome);
      if (outcome->front().ok) swaps_.push_back(std::move(each));
    }
    if (!swaps_.empty())
      if (Status seen = begin_again(sandbox); !seen) return seen;
    auto found = find_swaps(sandbox, begin_, to_.catalog,
                            {.small_bytes = how_.small_bytes, .role = ground_.role()});
    if (!found) return fail(found);
    std::ranges::move(found->notes, std::back_inserter(plan_.notes));
    if (found->list.empty()) return {};
    for (const Swap& each : found->list) {
      if (each.back.empty()) continue;
      RouteStep back;
      back.act = RouteStep::Act::alter;
      back.of = each.of;
      back.statements = each.back;
      undo_.push_back({each.take_place.back().text, std::move(back)});
    }
    std::ranges::move(found->list, std::back_inserter(swaps_));
    return begin_again(sandbox);
  }

  Status begin_again(engine::Sandbox& sandbox) {
    auto begin = ground_.look(sandbox);
    if (!begin) return fail(begin);
    catalog::copy_measurements(begin_, *begin);
    begin_ = std::move(*begin);
    return {};
  }

  // What may be lost is; else the plan is refused. `object`: "column app.orders.total".
  void settle_loss_for_good(const std::string& object, const std::string& what) {
    const std::string name = object.substr(object.find(' ') + 1);
    const bool may = may_lose(name);
    std::vector<Refused>& list = may ? plan_.lost : plan_.refused;
    // Each part of a partitioned table says it of the whole.
    if (std::ranges::find(list, object, &Refused::object) != list.end()) return;
    list.push_back({object, may ? what
                                : fmt::format("{} would be lost: --allow-loss={} if that is meant",
                                              what, name)});
  }

  // What can be kept aside is, if it may not be lost.
  void settle_loss(const postgres::Loss& loss) {
    const std::string object = to_string(loss.object);
    // The new column holds what this one held.
    for (const Swap& swap : swaps_)
      if (std::ranges::find(swap.replaced, object) != swap.replaced.end()) {
        for (const auto& [column, what] : swap.loses) settle_loss_for_good(column, what);
        return;
      }
    if (may_lose(loss.object.name)) {
      plan_.lost.push_back({object, loss.what});
      return;
    }
    const auto drop = std::ranges::find_if(route_.steps, [&](const RouteStep& step) {
      return step.of == object && step.act == RouteStep::Act::unmake;
    });
    const Kept kept = keep(loss.object, begin_);
    if (drop == route_.steps.end() || kept.aside.empty())
      return settle_loss_for_good(object, loss.what);
    drop->statements = kept.aside;
    // Else it would still be a part of the table, take its rows, and go with it.
    const bool is_detached =
        kept.leave.empty() || std::ranges::any_of(route_.steps, [&](const RouteStep& step) {
          return std::ranges::find(step.statements, kept.leave) != step.statements.end();
        });
    if (!is_detached) drop->statements.insert(drop->statements.begin(), kept.leave);
    undo_.push_back({kept.aside.back(), step_of(loss.object, kept.back)});
    const auto moved = std::ranges::find_if(kept.aside, [](const std::string& sql) {
      return sql.find(" RENAME ") != std::string::npos ||
             sql.find(" SET SCHEMA ") != std::string::npos;
    });
    plan_.kept.push_back({object, moved == kept.aside.end() ? kept.aside.back() : *moved});
  }

  void put_in_phases(const OnlineOptions& how) {
    plan_.phases.clear();
    Work work =
        online(route_.steps, how.in_place ? std::vector<Swap>() : swaps_, begin_, to_.catalog, how);
    for (auto& [phase, steps] :
         {std::pair{Phase::expand, &work.expand}, std::pair{Phase::migrate, &work.migrate},
          std::pair{Phase::contract, &work.contract}})
      if (!steps->empty()) plan_.phases.push_back({phase, std::move(*steps), {}});
  }

  Status prove_up() {
    say("trying it");
    plan_.proof.claims.clear();
    states_.clear();
    failure_.reset();
    auto walked = origin_->copy();
    if (!walked) return fail(walked);
    walked_ = std::move(*walked);
    auto before = ground_.look(*walked_);
    if (!before) return fail(before);
    states_.push_back(std::move(*before));
    if (Status counted = count_rows(); !counted) return fail(counted);
    Claim loads{ClaimKind::loads, "every phase, as its file says", {}, true};
    for (const PlannedPhase& phase : plan_.phases) {
      auto failed = run_phase(*walked_, phase.up);
      if (!failed) return fail(failed);
      if (*failed) {
        loads.holds = false;
        loads.seen = (*failed)->text();
        failure_ = std::move(*failed);
        break;
      }
      auto state = ground_.look(*walked_);
      if (!state) return fail(state);
      // A way back meets as many rows, not the sandbox's.
      catalog::copy_measurements(begin_, *state);
      states_.push_back(std::move(*state));
    }
    if (*loads.holds) {
      auto left = ground_.fixpoint().difference(states_.back(), to_.catalog);
      if (!left) return fail(left);
      loads.holds = left->empty();
      loads.seen = left->empty() ? "the catalog afterwards is the one asked for" : first_of(*left);
    }
    plan_.proof.claims.push_back(std::move(loads));
    if (plan_.proof.claims.back().holds == false) return {};
    return compare_rows("after the last phase", shared_, rows_);
  }

  // What the tables hold before, under the names that they will have.
  Status count_rows() {
    if (!rows_.empty()) return {};
    Result<Digests> rows = digest(*walked_, options_.renames.empty() ? shared_ : SharedColumns());
    if (!options_.renames.empty()) {
      auto named = origin_->copy();
      if (!named) return fail(named);
      for (const Undo& each : undo_)
        if (auto outcome = (*named)->run({{{each.statement}, true}}); !outcome)
          return fail(outcome);
      rows = digest(**named, shared_);
    }
    if (!rows) return fail(rows);
    rows_ = std::move(*rows);
    return {};
  }

  Status compare_rows(const std::string& when, const SharedColumns& columns,
                      const Digests& expected) {
    if (columns.empty()) return {};
    auto rows = digest(*walked_, columns);
    if (!rows) return fail(rows);
    std::int64_t count = 0;
    std::string trouble;
    for (const auto& [table, text] : expected) {
      count += std::atoll(text.c_str());
      if ((*rows)[table] != text)
        trouble = fmt::format("{} had {} and has {}", table, text, (*rows)[table]);
    }
    plan_.proof.claims.push_back(
        lossless_claim(when, count, static_cast<std::int64_t>(columns.size()), trouble));
    return {};
  }

  Status find_down() {
    say("finding the way back");
    // All that was there, but for what was given up.
    SharedColumns columns = shared_columns(states_.front(), states_.front());
    std::set<std::string> lost;
    for (const Refused& each : plan_.lost) lost.insert(each.object);
    give_up(columns, states_.front(), lost);
    leave_out(columns, states_.front(), options_.online.fill);
    auto before = digest(*origin_, columns);
    if (!before) return fail(before);
    // Old names that come back have the values of the new ones.
    OnlineOptions how = how_;
    for (const Swap& each : swaps_)
      if (each.kind == Swap::Kind::old_name)
        how.fill[each.of.substr(each.of.find(' ') + 1)] = each.value;
    auto reverses = descend(plan_, walked_, {ground_, states_, undo_, swaps_, how, !is_plain_});
    if (!reverses) return fail(reverses);
    if (!plan_.refused.empty()) return {};
    const bool holds = reverses->holds == true;
    plan_.proof.claims.push_back(std::move(*reverses));
    return holds ? compare_rows("after the way back", columns, *before) : Status();
  }

  engine::Opened& from_;
  engine::Opened& to_;
  const PlanOptions options_;
  Ground ground_;
  Plan plan_;
  Route route_;    // there
  Catalog begin_;  // `from`, once renamed
  std::vector<Undo> undo_;
  std::vector<Swap> swaps_;
  OnlineOptions how_;
  int version_ = 0;
  std::unique_ptr<engine::Sandbox> origin_;  // holds `from`, and stays as it is
  bool is_sample_ = false;                   // not all of the rows are in it
  bool is_plain_ = false;                    // nothing is made for old names, or on the way back
  std::unique_ptr<engine::Sandbox> walked_;  // goes there and back
  std::vector<Catalog> states_;              // before the first phase and after each
  std::optional<Failure> failure_;           // of a phase there
  OldNames names_;
  std::vector<Demand> demands_;             // of rows as they are
  std::vector<Demand> demands_on_the_way_;  // and of those that are under way
  SharedColumns shared_;
  Digests rows_;
};

}  // namespace

namespace {

// By the columns' whole names, of which the first schema may be left out.
Result<std::map<std::string, std::string>> named_in_full(
    const std::map<std::string, std::string>& fill, const Catalog& to) {
  const std::string schema = to.server.engine == "sqlite" ? "main." : "public.";
  std::set<std::string> columns;
  for (const catalog::Relation& table : to.relations)
    for (const catalog::Column& column : table.columns)
      columns.insert(object_of(table, column).name);
  std::map<std::string, std::string> full;
  for (const auto& [column, value] : fill) {
    const std::string name = columns.contains(column) ? column : schema + column;
    if (!columns.contains(name))
      return fail("plan.fill", "there is no column " + column + " in what is wanted", "--fill",
                  "--fill \"app.orders.currency='EUR'\"");
    full[name] = value;
  }
  return full;
}

}  // namespace

Result<Plan> make_plan(engine::Opened& from, engine::Opened& to, const PlanOptions& given) {
  PlanOptions options = given;
  auto fill = named_in_full(given.online.fill, to.catalog);
  if (!fill) return fail(fill);
  options.online.fill = std::move(*fill);
  if (from.source.kind == "live") leave_out_histories(from.catalog, to.catalog);
  if (to.source.kind == "live") leave_out_histories(to.catalog, from.catalog);
  keep_unsaid(from, to);
  Result<Plan> plan = from.source.engine == "sqlite" ? make_sqlite_plan(from, to, options)
                                                     : Planner(from, to, options).make();
  if (!plan) return plan;
  if (!plan->rows_were_asked)
    std::ranges::move(doubts_about_rows(from.catalog, to.catalog, options.online.fill),
                      std::back_inserter(plan->notes));
  // What was not read can't be compared.
  for (const catalog::Unread& each : to.catalog.unread)
    plan->notes.push_back(
        fmt::format("not in this plan, set it yourself: {} ({})", each.what, each.why));
  return plan;
}

Result<std::vector<catalog::Change>> compare(engine::Opened& from, engine::Opened& to) {
  if (from.source.kind == "live") leave_out_histories(from.catalog, to.catalog);
  if (to.source.kind == "live") leave_out_histories(to.catalog, from.catalog);
  keep_unsaid(from, to);
  if (from.source.engine == "sqlite") return compare_sqlite(from, to);
  return Ground(from, to, false).compare();
}

}  // namespace architrave::migration

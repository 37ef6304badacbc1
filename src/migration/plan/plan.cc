#include "migration/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <utility>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/lookup.h"
#include "catalog/postgres/writer.h"
#include "engine/postgres/server.h"
#include "migration/effects.h"
#include "migration/histories.h"
#include "migration/plan/demands.h"
#include "migration/plan/doubts.h"
#include "migration/plan/kept.h"
#include "migration/plan/online.h"
#include "migration/plan/route.h"
#include "migration/plan/rows.h"
#include "migration/plan/sqlite.h"
#include "migration/plan/stopped.h"
#include "migration/schema.h"
#include "migration/unsaid.h"
#include "sql/node.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;

using RouteStep = postgres::Step;

// How long a question to a live database may take; the sandbox's rows are ours.
constexpr double seconds_for_live = 10;
constexpr double seconds_for_sandbox = 60;

std::vector<engine::Unit> units_of(const std::vector<Step>& steps) {
  std::vector<engine::Unit> units;
  for (const Step& step : steps) {
    engine::Unit& unit = units.emplace_back();
    unit.transactional = step.kind == Step::Kind::transaction;
    if (step.kind == Step::Kind::backfill) {
      unit.statements = {backfill_block(step.backfill)};
      continue;
    }
    // As the file has it; the sandbox's server waits for nobody.
    for (const Statement& statement : step.statements) unit.statements.push_back(statement.text);
  }
  return units;
}

// What stopped a phase.
struct Failure {
  engine::Outcome outcome;
  std::vector<std::string> before;  // what its transaction had done until then
  std::string text() const { return outcome.error + ": " + outcome.statement; }
  bool is_about_rows() const {
    return outcome.code.starts_with("postgres.22") || outcome.code.starts_with("postgres.23");
  }
};

// Runs a phase as its file says. The first failure, or nothing.
Result<std::optional<Failure>> run(engine::Sandbox& sandbox, const std::vector<Step>& steps) {
  const std::vector<engine::Unit> units = units_of(steps);
  auto outcomes = sandbox.run(units);
  if (!outcomes) return fail(outcomes);
  for (std::size_t i = 0; i < units.size(); ++i) {
    if ((*outcomes)[i].ok) continue;
    Failure failure{std::move((*outcomes)[i]), {}};
    if (units[i].transactional)
      for (const std::string& sql : units[i].statements) {
        if (sql == failure.outcome.statement) break;
        failure.before.push_back(sql);
      }
    return failure;
  }
  return std::optional<Failure>();
}

void describe(Plan& plan, const PlannedPhase& phase, int version, Schema& known) {
  for (const Step& step : phase.up) {
    if (step.kind == Step::Kind::backfill) {
      plan.steps.push_back({.phase = phase.phase,
                            .sql = backfill_block(step.backfill),
                            .down = {},
                            .lock = Lock::row_exclusive,
                            .rewrites = false,
                            .transactional = false});
      continue;
    }
    for (const Statement& statement : step.statements) {
      PlannedStep& planned = plan.steps.emplace_back();
      planned.phase = phase.phase;
      planned.sql = statement.text;
      planned.transactional = step.kind == Step::Kind::transaction;
      sql::TreeReader reader;
      if (!reader.parse(statement.text) || reader.statements().empty()) continue;
      const sql::Node node = reader.statements().front().node;
      const Effects effects = effects_of(node, version, &known);
      planned.lock = effects.strongest();
      planned.rewrites = effects.rewrites();
      known.apply(node, 0);
    }
  }
  if (plan.steps.empty()) return;
  for (const engine::Unit& unit : units_of(phase.down))
    plan.steps.back().down.insert(plan.steps.back().down.end(), unit.statements.begin(),
                                  unit.statements.end());
}

std::string first_of(const std::vector<catalog::Change>& changes) {
  return catalog::describe(changes.front()) +
         (changes.size() > 1 ? fmt::format(" and {} more", changes.size() - 1) : "");
}

// Makes a plan of one pair of sources.
class Planner {
 public:
  Planner(engine::Opened& from, engine::Opened& to, PlanOptions options)
      : from_(from),
        to_(to),
        options_(std::move(options)),
        role_(from.source.kind == "live" ? from.catalog.server.role
                                         : std::string(postgres::Server::role)),
        fixpoint_([this](const Catalog& catalog) { return hold(catalog); }, role_) {
    adopt_owners();
  }

  // Without what is kept aside, which nobody asked for.
  Result<std::vector<catalog::Change>> compare() {
    if (!options_.allow_losses) {
      forget_kept(from_.catalog);
      forget_kept(to_.catalog);
    }
    return fixpoint_.difference(from_.catalog, to_.catalog);
  }

  Result<Plan> make() {
    plan_.name = options_.name;
    say("comparing");
    auto changes = compare();
    if (!changes) return fail(changes);
    plan_.changes = std::move(*changes);
    if (plan_.changes.empty()) return std::move(plan_);

    say("starting a sandbox");
    auto origin = engine::make_sandbox(from_);
    if (!origin) return fail(origin);
    origin_ = std::move(*origin);
    plan_.proved_on = origin_->description();
    if (Status made = make_roles(*origin_); !made) return fail(made);
    version_ = from_.catalog.server.version_number;
    how_ = options_.online;
    how_.version = version_;
    for (;;) {
      auto trouble = walk();
      if (!trouble) return fail(trouble);
      if (!plan_.refused.empty()) {
        plan_.phases.clear();
        return std::move(plan_);
      }
      if (trouble->empty() || how_.in_place) break;
      // What could not be done beside those who use the tables can be done in place.
      plan_.notes.push_back("in place, since online it did not hold: " + *trouble);
      how_.in_place = true;
      undo_.clear();
      rows_.clear();
      swaps_.clear();
      plan_.lost.clear();
      plan_.kept.clear();
    }
    Schema known(from_.catalog);
    for (const PlannedPhase& phase : plan_.phases) describe(plan_, phase, version_, known);
    return std::move(plan_);
  }

 private:
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
      if (Status asked = refuse_misfits(); !asked) return fail(asked);
      std::string seen = plan_.proof.claims.back().seen;
      if (plan_.refused.empty() && !plan_.kept.empty()) refuse_kept(seen);
      return seen;
    }
    if (Status found = find_down(); !found) {
      if (!how_.in_place && found.error().code == "plan.no_way") return found.error().message;
      return refuse(found);
    }
    return plan_.proof.status() == ProofStatus::refuted ? plan_.proof.claims.back().seen
                                                        : std::string();
  }

  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what);
  }

  // A file says nothing of who owns what it makes, unless it does: objects keep their owner, and
  // new ones are whose migration it is.
  void adopt_owners() {
    if (to_.source.kind != "file" && to_.source.kind != "folder") return;
    replace_role(to_.catalog, postgres::Server::role, role_);
    const auto all = [&](const auto& old_list, auto& new_list, auto key) {
      std::map<std::string, std::string> owners;
      for (const auto& each : old_list) owners[key(each)] = each.owner;
      for (auto& each : new_list) {
        const auto had = owners.find(key(each));
        if (each.owner != role_ || had == owners.end() || had->second == role_) continue;
        each.owner = had->second;
        catalog::replace_role(each.acl, role_, each.owner);
      }
    };
    const auto name = [](const auto& each) { return each.name; };
    const auto object = [](const auto& each) { return to_string(object_of(each)); };
    all(from_.catalog.schemas, to_.catalog.schemas, name);
    all(from_.catalog.types, to_.catalog.types, object);
    all(from_.catalog.sequences, to_.catalog.sequences, object);
    all(from_.catalog.relations, to_.catalog.relations, object);
    all(from_.catalog.routines, to_.catalog.routines, object);
    all(from_.catalog.others, to_.catalog.others,
        [](const catalog::OtherObject& each) { return each.schema + '.' + each.name; });
  }

  Result<std::unique_ptr<engine::Sandbox>> hold(const Catalog& catalog) {
    engine::Opened opened;
    opened.catalog = catalog;
    opened.start_sandbox = from_.start_sandbox;
    return opened.start_sandbox(opened, engine::Fill::definitions);
  }

  // Roles are the server's and no migration makes them; those that TO names must be there.
  Status make_roles(engine::Sandbox& sandbox) {
    const std::vector<std::string> known = postgres::roles_named(from_.catalog);
    std::vector<engine::Unit> units;
    for (const std::string& role : postgres::roles_named(to_.catalog)) {
      if (std::ranges::find(known, role) != known.end()) continue;
      units.push_back({{"CREATE ROLE " + catalog::quote_identifier(role)}, true});
    }
    auto outcomes = sandbox.run(units);  // one that is there already is no harm
    if (!outcomes) return fail(outcomes);
    return {};
  }

  bool may_lose(const std::string& object) const {
    return options_.allow_losses || options_.allowed.contains(object);
  }

  // The catalog as far as it is the plan's: with its roles, without what is kept aside in it.
  Result<Catalog> look(engine::Sandbox& sandbox) const {
    Result<Catalog> catalog = sandbox.read();
    if (!catalog) return catalog;
    replace_role(*catalog, postgres::Server::role, role_);
    if (!options_.allow_losses) forget_kept(*catalog);
    return catalog;
  }
  Look looking() {
    return [this](engine::Sandbox& sandbox) { return look(sandbox); };
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
      const auto catalog = look(sandbox);
      if (!catalog) return std::unexpected(catalog.error());
      auto parsed = queue.next(*catalog);
      if (!parsed) return fail(parsed);
      std::vector<std::string> there = {parsed->statement};
      std::vector<std::string> back = {parsed->back};
      // Both names are good until the contract phase.
      if (!options_.online.in_place && !parsed->keep_old_name.empty()) {
        there.insert(there.end(), parsed->keep_old_name.begin(), parsed->keep_old_name.end());
        back.insert(back.begin(), parsed->drop_old_name);
      }
      auto outcome = sandbox.run({{there, true}});
      if (!outcome) return fail(outcome);
      if (!outcome->front().ok)
        return fail("plan.rename", outcome->front().error, outcome->front().statement);
      steps.push_back(step_of(parsed->object, std::move(there)));
      undo_.push_back({parsed->statement, step_of(parsed->object, std::move(back))});
    }
    return steps;
  }

  Status find_up() {
    say("finding the way there");
    // Found among definitions alone: what the rows say to it, the trial will tell.
    auto work = hold(from_.catalog);
    if (!work) return fail(work);
    if (Status made = make_roles(**work); !made) return fail(made);
    auto renamed = rename(**work);
    if (!renamed) return fail(renamed);
    auto begin = look(**work);
    if (!begin) return fail(begin);
    begin_ = std::move(*begin);
    catalog::copy_measurements(from_.catalog, begin_);
    shared_ = shared_columns(begin_, to_.catalog);
    leave_out_filled(shared_);
    if (Status counted = refuse_missing_values(); !counted) return fail(counted);
    demands_ = demands(begin_, to_.catalog, options_.online.fill);
    if (Status asked = ask_live(); !asked) return asked;
    plan_.likely = likely_renames(begin_, to_.catalog);
    if (Status swapped = swap(**work); !swapped) return fail(swapped);
    auto route = find_route(**work, to_.catalog, fixpoint_, role_, looking(),
                            {std::move(*renamed), &begin_});
    if (!route) return fail(route);
    route_ = std::move(*route);
    for (const postgres::Loss& loss : route_.losses) settle_loss(loss);
    for (const catalog::Change& change : route_.left_over)
      plan_.refused.push_back(
          {to_string(change.object), "no statement was found for: " + catalog::describe(change)});
    return {};
  }

  void leave_out_filled(SharedColumns& columns) const {
    for (const auto& [column, value] : options_.online.fill)
      for (auto& [table, names] : columns)
        std::erase_if(names, [&](const std::string& name) { return table + '.' + name == column; });
  }

  // A new column that takes no nulls needs a value for the rows that are there.
  Status refuse_missing_values() {
    auto counted = digest(*origin_, shared_columns(from_.catalog, from_.catalog));
    if (!counted) return fail(counted);
    const catalog::Lookup lookup(begin_);
    // With those of its heirs, which get the column too.
    const auto rows_of = [&](const auto& self, const catalog::Relation& table) -> std::int64_t {
      std::int64_t rows = table.stats ? static_cast<std::int64_t>(table.stats->rows) : 0;
      if (const auto found = counted->find(catalog::qualified(table.schema, table.name));
          found != counted->end())
        rows = std::max<std::int64_t>(rows, std::atoll(found->second.c_str()));
      for (const catalog::Relation* heir : lookup.children(table)) rows += self(self, *heir);
      return rows;
    };
    for (const catalog::Relation& now : to_.catalog.relations) {
      const catalog::Relation* before = begin_.relation(now.schema, now.name);
      const std::string table = catalog::qualified(now.schema, now.name);
      if (before == nullptr || before->kind != now.kind || !now.is_table()) continue;
      std::int64_t rows = rows_of(rows_of, *before);
      for (const catalog::Column& column : now.columns) {
        const std::string name = table + '.' + catalog::quote_identifier(column.name);
        if (!column.not_null || !column.default_value.empty() || !column.identity.empty() ||
            column.inherited || before->column(column.name) != nullptr ||
            options_.online.fill.contains(name))
          continue;
        if (rows <= 0 && from_.ask) {  // it was never analyzed
          auto answer = from_.ask({"SELECT count(*) FROM " + table}, seconds_for_live);
          if (!answer) return fail(answer);
          if (answer->front().ok())
            rows = std::atoll(answer->front().rows.at(0).at(0).value_or("").c_str());
        }
        if (rows <= 0) continue;
        refuse_value(name, fmt::format("it takes no nulls and has no default, and there {} already",
                                       rows == 1 ? "is 1 row" : fmt::format("are {} rows", rows)));
      }
    }
    return {};
  }

  void refuse_kept(const std::string& why) {
    for (const Refused& kept : plan_.kept)
      plan_.refused.push_back(
          {kept.object, "it can't be kept aside (" + why + "): --allow-loss if it may be lost"});
  }

  void refuse_value(const std::string& column, const std::string& why) {
    plan_.refused.push_back(
        {"column " + column, fmt::format("{}: say what they get, --fill \"{}=…\"", why, column)});
  }

  // Rows that what is wanted has no room for, where they are what the proof met.
  Status refuse_misfits() {
    if (!failure_ || !failure_->is_about_rows()) return {};
    for (const Demand& demand : demands_) {
      // FROM's own rows tell what a query will find there, those at the failure what was met.
      if (!demand.pending) {
        auto seen = ask(*origin_, demand, {});
        if (!seen) return fail(seen);
        if (const auto said = misfits(demand, *seen, true)) {
          plan_.refused.push_back({demand.object, *said});
          continue;
        }
      }
      auto met = ask(*walked_, demand, failure_->before);
      if (!met) return fail(met);
      if (const auto said = misfits(demand, *met, false))
        plan_.refused.push_back({demand.object, *said});
    }
    if (!plan_.refused.empty()) return {};
    for (const auto& [column, value] : options_.online.fill)
      if (failure_->outcome.statement.find(" = " + value) != std::string::npos)
        plan_.refused.push_back(
            {"column " + column,
             fmt::format("what --fill gives does not fit: {}", failure_->outcome.error)});
    return {};
  }

  static Result<engine::Attempt> ask(engine::Sandbox& sandbox, const Demand& demand,
                                     std::vector<std::string> before) {
    std::ranges::move(questions(demand), std::back_inserter(before));
    auto answers = sandbox.attempt(before, seconds_for_sandbox);
    if (!answers) return fail(answers);
    return std::move(answers->back());
  }

  // The same of rows that no sandbox holds. What is not answered in a moment is left to the
  // statistics.
  Status ask_live() {
    if (!from_.ask) return {};
    say("asking the rows that are there");
    plan_.rows_were_asked = true;
    for (const Demand& demand : demands_) {
      if (demand.pending && demand.probe.empty()) continue;
      if (std::ranges::find(plan_.refused, demand.object, &Refused::object) != plan_.refused.end())
        continue;
      std::vector<std::string> queries = questions(demand);
      if (!demand.probe.empty()) queries = {demand.probe};
      auto answers = from_.ask(queries, seconds_for_live);
      if (!answers) return fail(answers);
      const engine::Attempt& answer = answers->back();
      if (answer.code == "postgres.57014") {
        plan_.rows_were_asked = false;
        plan_.notes.push_back(
            fmt::format("not known, since counting took longer than {}: whether rows fit {}; {}",
                        human_seconds(seconds_for_live), demand.object, queries.back()));
      } else if (!demand.probe.empty()) {
        if (answer.code.starts_with("postgres.22") || answer.code.starts_with("postgres.23"))
          plan_.refused.push_back(
              {demand.object, fmt::format("{} ({}): {}", replace_all(demand.misfit, "{}", "rows"),
                                          answer.error, demand.advice)});
      } else if (const auto said = misfits(demand, answer, true)) {
        plan_.refused.push_back({demand.object, *said});
      }
    }
    return {};
  }

  // Puts new columns in the places of those whose type changes and that are too large to rewrite.
  Status swap(engine::Sandbox& sandbox) {
    if (how_.in_place) return {};
    swaps_ = swaps(begin_, to_.catalog, options_.online.small_bytes);
    for (const Swap& each : swaps_) {
      std::vector<std::string> statements = each.prepare;
      for (const Statement& index : each.indexes) statements.push_back(index.text);
      if (!each.not_null_table.name.empty())
        statements.push_back(
            "ALTER TABLE " +
            catalog::qualified(each.not_null_table.schema, each.not_null_table.name) +
            " ALTER COLUMN " + catalog::quote_identifier(each.not_null_column) + " SET NOT NULL");
      for (const Statement& place : each.take_place) statements.push_back(place.text);
      auto outcome = sandbox.run({{statements, false}});
      if (!outcome) return fail(outcome);
      if (!outcome->front().ok)
        return fail("plan.no_way", outcome->front().error, outcome->front().statement,
                    "--in-place changes the type under a lock");
    }
    if (swaps_.empty()) return {};
    auto begin = look(sandbox);
    if (!begin) return fail(begin);
    catalog::copy_measurements(begin_, *begin);
    begin_ = std::move(*begin);
    return {};
  }

  // What may be lost is; what can be kept aside is; else the plan is refused.
  void settle_loss(const postgres::Loss& loss) {
    const std::string object = to_string(loss.object);
    // The new column holds what this one held.
    if (std::ranges::any_of(
            swaps_, [&](const Swap& swap) { return swap.old_column == object && !swap.loses; }))
      return;
    if (may_lose(loss.object.name)) {
      plan_.lost.push_back({object, loss.what});
      return;
    }
    const auto drop = std::ranges::find_if(route_.steps, [&](const RouteStep& step) {
      return step.of == object && step.act == RouteStep::Act::unmake;
    });
    const Kept kept = keep(loss.object, begin_);
    if (drop == route_.steps.end() || kept.aside.empty()) {
      plan_.refused.push_back(
          {object, fmt::format("{} would be lost: --allow-loss={} if that is meant", loss.what,
                               loss.object.name)});
      return;
    }
    drop->statements = kept.aside;
    // Else it would still be a part of the table, take its rows, and go with it.
    const bool is_detached =
        kept.leave.empty() || std::ranges::any_of(route_.steps, [&](const RouteStep& step) {
          return std::ranges::find(step.statements, kept.leave) != step.statements.end();
        });
    if (!is_detached) drop->statements.insert(drop->statements.begin(), kept.leave);
    undo_.push_back({kept.aside.back(), step_of(loss.object, kept.back)});
    plan_.kept.push_back({object, kept.aside.back()});
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
    auto before = look(*walked_);
    if (!before) return fail(before);
    states_.push_back(std::move(*before));
    if (Status counted = count_rows(); !counted) return fail(counted);
    Claim loads{ClaimKind::loads, "every phase, as its file says", {}, true};
    for (const PlannedPhase& phase : plan_.phases) {
      auto failed = run(*walked_, phase.up);
      if (!failed) return fail(failed);
      if (*failed) {
        loads.holds = false;
        loads.seen = (*failed)->text();
        failure_ = std::move(*failed);
        break;
      }
      auto state = look(*walked_);
      if (!state) return fail(state);
      states_.push_back(std::move(*state));
    }
    if (*loads.holds) {
      auto left = fixpoint_.difference(states_.back(), to_.catalog);
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
    const catalog::Lookup lookup(states_.front());
    // With its heirs'.
    const auto give_up = [&](const auto& self, const catalog::Relation& relation,
                             const std::string& column) -> void {
      if (const auto found = columns.find(catalog::qualified(relation.schema, relation.name));
          found != columns.end())
        std::erase(found->second, column);
      for (const catalog::Relation* heir : lookup.children(relation)) self(self, *heir, column);
    };
    for (const Refused& lost : plan_.lost)
      for (const catalog::Relation& relation : states_.front().relations) {
        if (to_string(object_of(relation)) == lost.object)
          columns.erase(catalog::qualified(relation.schema, relation.name));
        for (const catalog::Column& column : relation.columns)
          if (to_string(object_of(relation, column)) == lost.object)
            give_up(give_up, relation, catalog::quote_identifier(column.name));
      }
    leave_out_filled(columns);
    auto before = digest(*origin_, columns);
    if (!before) return fail(before);
    Claim reverses{ClaimKind::reverses, "the way back, phase by phase", {}, true};
    Catalog here = states_.back();
    std::string stopped_by_rows;  // so that it went on without them
    for (std::size_t i = plan_.phases.size(); i-- > 0;) {
      auto work = walked_->copy();
      if (!work) return fail(work);
      auto undone = undo(**work, plan_.phases[i]);
      if (!undone && undone.error().code == "plan.no_way" && !plan_.kept.empty()) {
        refuse_kept(undone.error().message);
        return {};
      }
      if (!undone) return fail(undone);
      const bool known = undone->empty();
      auto route = find_route(**work, states_[i], fixpoint_, role_, looking(),
                              {std::move(*undone), known ? &here : nullptr}, Gone::made_up);
      std::unique_ptr<engine::Sandbox> without_rows;
      if (!route && route.error().code == "plan.no_way" && how_.in_place && !plan_.lost.empty()) {
        auto bare = hold_definitions(*walked_);
        if (!bare) return fail(bare);
        without_rows = std::move(*bare);
        route = find_route_without_rows(*without_rows, i);
      }
      if (!route) return fail(route);
      Work back = online(route->steps, {}, states_[i + 1], states_[i], how_);
      std::vector<Step>& down = plan_.phases[i].down;
      if (const std::vector<std::string> left = leftovers(plan_.phases[i].up, states_[i]);
          !left.empty()) {
        down.push_back(Step::transaction({left.begin(), left.end()}));
        down.back().lock_timeout = "100ms";
      }
      std::vector<Step> steps;
      for (std::vector<Step>* part : {&back.expand, &back.migrate, &back.contract})
        std::ranges::move(*part, std::back_inserter(steps));
      std::ranges::move(unmade(plan_.phases[i].up, steps, states_[i], states_[i + 1]),
                        std::back_inserter(down));
      std::ranges::move(steps, std::back_inserter(down));
      auto failed = run(*walked_, plan_.phases[i].down);
      if (!failed) return fail(failed);
      if (without_rows && *failed && (*failed)->is_about_rows()) {
        auto said = why_made_up_rows_stop(**failed, states_[i + 1], states_[i]);
        if (!said) return fail(said);
        stopped_by_rows = std::move(*said);
        walked_ = std::move(without_rows);
        failed = run(*walked_, plan_.phases[i].down);
        if (!failed) return fail(failed);
      }
      auto state = look(*walked_);
      if (!state) return fail(state);
      auto left = fixpoint_.difference(*state, states_[i]);
      if (!left) return fail(left);
      if (!*failed && left->empty()) {
        here = std::move(*state);
        continue;
      }
      reverses.holds = false;
      reverses.seen = *failed ? (*failed)->text() : first_of(*left);
      break;
    }
    if (*reverses.holds) reverses.seen = "the catalog afterwards equals the one before";
    if (*reverses.holds && !stopped_by_rows.empty()) {
      reverses.holds = std::nullopt;
      reverses.seen = "it stops at made-up values of what was given up: " + stopped_by_rows +
                      "; without rows, " + reverses.seen;
    }
    plan_.proof.claims.push_back(std::move(reverses));
    if (plan_.proof.claims.back().holds == false || !stopped_by_rows.empty()) return {};
    return compare_rows("after the way back", columns, *before);
  }

  // What it holds, without its rows.
  Result<std::unique_ptr<engine::Sandbox>> hold_definitions(engine::Sandbox& sandbox) {
    auto all = sandbox.read();
    if (!all) return fail(all);
    auto bare = hold(*all);
    if (!bare) return bare;
    if (Status made = make_roles(**bare); !made) return fail(made);
    return bare;
  }

  // The way back of a phase among definitions alone, for rows that may be there all the same.
  Result<Route> find_route_without_rows(engine::Sandbox& bare, std::size_t phase) {
    auto work = bare.copy();
    if (!work) return fail(work);
    auto undone = undo(**work, plan_.phases[phase]);
    if (!undone) return fail(undone);
    Start start{std::move(*undone), nullptr, {}};
    for (const catalog::Relation& relation : states_[phase].relations)
      for (const catalog::Column& column : relation.columns)
        if (column.not_null && column.default_value.empty() && column.identity.empty())
          start.made_up.insert(to_string(object_of(relation, column)));
    return find_route(**work, states_[phase], fixpoint_, role_, looking(), std::move(start),
                      Gone::made_up);
  }

  Result<std::string> why_made_up_rows_stop(const Failure& failure, const Catalog& from,
                                            const Catalog& to) const {
    for (const Demand& demand : demands(from, to, {})) {
      auto met = ask(*walked_, demand, failure.before);
      if (!met) return fail(met);
      if (const auto said = misfits(demand, *met, false))
        return demand.object + ", " + said->substr(0, said->rfind(": "));
    }
    return failure.outcome.error;
  }

  // Takes back, in the sandbox, what the phase has renamed and put aside.
  Result<std::vector<RouteStep>> undo(engine::Sandbox& sandbox, const PlannedPhase& phase) {
    std::vector<RouteStep> steps;
    for (const Undo& each : undo_ | std::views::reverse) {
      const bool here = std::ranges::any_of(phase.up, [&](const Step& step) {
        return std::ranges::any_of(step.statements, [&](const Statement& statement) {
          return statement.text == each.statement;
        });
      });
      if (here) steps.push_back(each.back);
    }
    for (const RouteStep& step : steps) {
      auto outcome = sandbox.run({{step.statements, false}});
      if (!outcome) return fail(outcome);
      if (!outcome->front().ok)
        return fail("plan.no_way", outcome->front().error, outcome->front().statement);
    }
    return steps;
  }

  engine::Opened& from_;
  engine::Opened& to_;
  const PlanOptions options_;
  const std::string role_;  // who runs the migration
  Fixpoint fixpoint_;
  Plan plan_;
  Route route_;    // there
  Catalog begin_;  // `from`, once renamed
  struct Undo {
    std::string statement;  // the last of those that are undone
    RouteStep back;
  };
  std::vector<Undo> undo_;
  std::vector<Swap> swaps_;
  OnlineOptions how_;
  int version_ = 0;
  std::unique_ptr<engine::Sandbox> origin_;  // holds `from`, and stays as it is
  std::unique_ptr<engine::Sandbox> walked_;  // goes there and back
  std::vector<Catalog> states_;              // before the first phase and after each
  std::optional<Failure> failure_;           // of a phase there
  std::vector<Demand> demands_;
  SharedColumns shared_;
  Digests rows_;
};

}  // namespace

Result<Plan> make_plan(engine::Opened& from, engine::Opened& to, const PlanOptions& options) {
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
  return Planner(from, to, {}).compare();
}

Result<std::vector<Migration>> write_plan(const Plan& plan, const std::filesystem::path& folder) {
  std::vector<Migration> migrations;
  auto number = next_number(folder);
  if (!number) return fail(number);
  std::string version = *number;
  for (const PlannedPhase& phase : plan.phases) {
    Migration& migration = migrations.emplace_back();
    migration.version = version;
    migration.name = plan.name;
    migration.phase = phase.phase;
    for (const Claim& claim : plan.proof.claims)
      migration.proof.push_back(fmt::format("{} {}: {} ({})", to_string(claim.kind),
                                            !claim.holds   ? "was left"
                                            : *claim.holds ? "held"
                                                           : "did not hold",
                                            claim.seen, plan.proved_on));
    migration.up.steps = phase.up;
    migration.down = Script{};
    migration.down->steps = phase.down;
    if (Status written = write_migration(migration, folder); !written) return fail(written);
    version = next_number(std::string_view(version));
  }
  return migrations;
}

}  // namespace architrave::migration

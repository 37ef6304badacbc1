#include "migration/plan/sqlite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "engine/sqlite/tokens.h"
#include "engine/sqlite/transition.h"
#include "migration/histories.h"
#include "migration/plan/demands.h"
#include "migration/plan/kept.h"
#include "migration/plan/misfits.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Relation;

// What a check sees before the first statement and after the last. A table of its own, since
// SQLite's checks may ask nothing and only a check can end a transaction from inside of it.
const std::vector<std::string>& guard() {
  static const std::vector<std::string> statements = {
      "CREATE TEMP TABLE architrave_guard (\n"
      "  keys_off CONSTRAINT \"PRAGMA foreign_keys must be off\" CHECK (keys_off),\n"
      "  keys_hold CONSTRAINT \"rows have lost what they refer to\" CHECK (keys_hold),\n"
      "  orphans\n)",
      "INSERT INTO architrave_guard SELECT\n"
      "  (SELECT foreign_keys = 0 FROM pragma_foreign_keys),\n"
      "  1, (SELECT count(*) FROM pragma_foreign_key_check)"};
  return statements;
}
const std::vector<std::string>& unguard() {
  static const std::vector<std::string> statements = {
      "INSERT INTO architrave_guard SELECT\n"
      "  1, (SELECT count(*) FROM pragma_foreign_key_check) <= orphans, 0 FROM architrave_guard",
      "DROP TABLE architrave_guard"};
  return statements;
}

std::vector<Step> steps_of(const sqlite::Transition& transition, bool guarded) {
  if (transition.statements.empty()) return {};
  std::vector<Statement> statements;
  const auto add = [&](const std::vector<std::string>& more) {
    statements.insert(statements.end(), more.begin(), more.end());
  };
  guarded = guarded && transition.rebuilds;
  if (guarded) add(guard());
  add(transition.statements);
  if (guarded) add(unguard());
  Step work = Step::transaction(std::move(statements));
  if (!transition.rebuilds) return {work};
  return {Step::single("PRAGMA foreign_keys = OFF"), Step::single("PRAGMA legacy_alter_table = ON"),
          work, Step::single("PRAGMA legacy_alter_table = OFF"),
          Step::single("PRAGMA foreign_keys = ON")};
}

Result<std::string> run(engine::Sandbox& sandbox, const std::vector<Step>& steps) {
  std::vector<engine::Unit> units;
  for (const Step& step : steps) {
    engine::Unit& unit = units.emplace_back();
    unit.transactional = step.kind == Step::Kind::transaction;
    for (const Statement& statement : step.statements) unit.statements.push_back(statement.text);
  }
  auto outcomes = sandbox.run(units);
  if (!outcomes) return fail(outcomes);
  for (const engine::Outcome& outcome : *outcomes)
    if (!outcome.ok) return outcome.error + ": " + outcome.statement;
  return std::string();
}

void forget(Catalog& catalog) {
  forget_kept(catalog);
  std::erase_if(catalog.relations, [](const Relation& each) { return is_kept_name(each.name); });
}

class Planner {
 public:
  Planner(engine::Opened& from, engine::Opened& to, const PlanOptions& options)
      : from_(from), to_(to), options_(options) {}

  Result<Plan> make() {
    plan_.name = options_.name;
    plan_.changes = changes(from_.catalog, to_.catalog);
    if (plan_.changes.empty()) return std::move(plan_);
    say("starting a sandbox");
    auto origin = engine::make_sandbox(from_, engine::Fill::rows);
    if (!origin) return fail(origin);
    origin_ = std::move(*origin);
    plan_.proved_on = origin_->description();
    look_at_keys();
    for (std::unique_ptr<engine::Sandbox>* each : {&named_, &walked_}) {
      auto copied = origin_->copy();
      if (!copied) return fail(copied);
      *each = std::move(*copied);
    }
    begin_ = from_.catalog;
    if (Status renamed = rename(); !renamed) return fail(renamed);
    if (Status refused = refuse_missing_values(); !refused) return fail(refused);
    say("asking the rows that are there");
    if (Status asked = ask_rows(); !asked) return fail(asked);
    settle_losses();
    if (!plan_.refused.empty()) return std::move(plan_);
    sqlite::Transition up = sqlite::transition(begin_, to_.catalog, how_);
    up.statements.insert(up.statements.begin(), renames_.begin(), renames_.end());
    plan_.phases.push_back({Phase::none, steps_of(up, guarded_), {}});
    if (Status proved = prove(); !proved) return fail(proved);
    if (!plan_.refused.empty()) plan_.phases.clear();
    describe();
    return std::move(plan_);
  }

  std::vector<catalog::Change> changes(Catalog from, Catalog to) const {
    if (!options_.allow_losses) {
      forget(from);
      forget(to);
    }
    return sqlite::difference(std::move(from), std::move(to));
  }

 private:
  // What a sandbox holds, without the histories that a live database keeps of its migrations: they
  // are no part of either schema, and a copy has them all the same.
  Result<Catalog> look(engine::Sandbox& sandbox) const {
    auto seen = sandbox.read();
    if (seen && from_.source.kind == "live") leave_out_histories(*seen, to_.catalog);
    return seen;
  }

  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what);
  }

  // A database whose keys name what is not there can't be asked whether they hold.
  void look_at_keys() {
    auto asked = origin_->attempt({"SELECT count(*) FROM pragma_foreign_key_check"}, 60);
    guarded_ = asked && asked->front().ok();
    if (!guarded_)
      plan_.notes.push_back("foreign keys are not checked: " +
                            (asked ? asked->front().error : asked.error().message));
  }

  Status rename() {
    RenameQueue queue(options_.renames);
    while (!queue.empty()) {
      auto renamed = queue.next(begin_);
      if (!renamed) return fail(renamed);
      const catalog::Kind kind = renamed->object.kind;
      if (kind != catalog::Kind::table && kind != catalog::Kind::column)
        return fail("plan.rename", "SQLite renames tables and columns alone", renamed->object.name,
                    "what else has another name is dropped and made");
      auto failed = run(*named_, {Step::transaction({renamed->statement})});
      if (!failed) return fail(failed);
      if (!failed->empty()) return fail("plan.rename", *failed, renamed->object.name);
      renames_.push_back(renamed->statement);
      names_.add(*renamed);
      unrenames_.insert(unrenames_.begin(), renamed->back);
      auto seen = look(*named_);
      if (!seen) return fail(seen);
      begin_ = std::move(*seen);
    }
    plan_.likely = likely_renames(begin_, to_.catalog);
    return {};
  }

  // A new column that takes no nulls needs a value for the rows that are there.
  Status refuse_missing_values() {
    how_.fill = options_.online.fill;
    for (const auto& [column, value] : options_.online.fill)
      if (!column.starts_with("main.")) how_.fill["main." + column] = value;
    for (const Relation& now : to_.catalog.relations) {
      const Relation* before = begin_.relation(now.schema, now.name);
      if (before == nullptr || !before->is_table() || !now.is_table()) continue;
      for (const Column& column : now.columns) {
        const std::string name = object_of(now, column).name;
        if (!column.not_null || !column.default_value.empty() || !column.generated.empty() ||
            before->column(column.name) != nullptr || how_.fill.contains(name) ||
            is_row_number(now, column))
          continue;
        const std::int64_t rows = rows_in(*before);
        if (rows == 0) continue;
        plan_.refused.push_back(
            {"column " + name,
             fmt::format(
                 "it takes no nulls and has no default, and there {} already: say what they "
                 "get, --fill \"{}=…\"",
                 rows == 1 ? "is 1 row" : fmt::format("are {} rows", rows), name)});
      }
    }
    return {};
  }

  // Those of a file are asked where they are, which may be too large to be copied.
  Status ask_rows() {
    const Ask ask =
        from_.ask ? from_.ask : [this](const std::vector<std::string>& queries, double seconds) {
          return origin_->attempt(queries, seconds);
        };
    return ask_ahead(plan_, ask, demands(begin_, to_.catalog, how_.fill, &names_));
  }

  static bool is_row_number(const Relation& table, const Column& column) {
    const catalog::Constraint* key = table.primary_key();
    return key != nullptr && key->columns.size() == 1 && key->columns[0] == column.name &&
           lower(column.type) == "integer";
  }

  // As the sandbox holds them; of a file too large to be copied, as it was read.
  std::int64_t rows_in(const Relation& table) const {
    std::int64_t rows = table.stats ? static_cast<std::int64_t>(table.stats->rows) : 0;
    auto counted = named_->attempt({"SELECT count(*) FROM " + sqlite::quote(table.name)}, 60);
    if (counted && counted->front().ok())
      rows = std::max<std::int64_t>(
          rows, std::atoll(counted->front().rows.at(0).at(0).value_or("0").c_str()));
    return rows;
  }

  bool may_lose(const catalog::Object& object) const {
    if (options_.allow_losses) return true;
    // With or without the schema that SQLite gives everything.
    return options_.allowed.contains(object.name) ||
           (object.name.starts_with("main.") && options_.allowed.contains(object.name.substr(5)));
  }

  // What may be lost is; all else is kept under another name.
  void settle_losses() {
    for (const sqlite::Loss& loss : sqlite::transition(begin_, to_.catalog, how_).losses) {
      const std::string object = to_string(loss.object);
      if (may_lose(loss.object)) {
        plan_.lost.push_back({object, loss.what});
        continue;
      }
      for (const Relation& relation : begin_.relations) {
        if (object_of(relation) == loss.object) keep(object, relation.name);
        for (const Column& column : relation.columns)
          if (object_of(relation, column) == loss.object) keep(object, column.name);
      }
    }
  }

  void keep(const std::string& object, const std::string& name) {
    const std::string aside = kept_name(name);
    how_.keep[object] = aside;
    back_.kept[object] = aside;
    plan_.kept.push_back({object, "as " + aside});
  }

  Status prove() {
    say("trying it there and back");
    const SharedColumns there = shared_columns(begin_, to_.catalog);
    auto rows = digest_sqlite(*named_, without_filled(there));
    if (!rows) return fail(rows);
    Claim loads{ClaimKind::loads, "the file as it stands", {}, true};
    auto failed = run(*walked_, plan_.phases[0].up);
    if (!failed) return fail(failed);
    auto state = look(*walked_);
    if (!state) return fail(state);
    const auto left = changes(*state, to_.catalog);
    loads.holds = failed->empty() && left.empty();
    loads.seen = !failed->empty() ? *failed
                 : left.empty()   ? "the catalog afterwards is the one asked for"
                                  : catalog::describe(left.front());
    plan_.proof.claims.push_back(loads);
    if (!*loads.holds) return {};
    if (Status same = compare_rows("after it", without_filled(there), *rows); !same) return same;
    return prove_back(*state);
  }

  Status prove_back(const Catalog& state) {
    sqlite::Transition down = sqlite::transition(state, begin_, back_);
    down.statements.insert(down.statements.end(), unrenames_.begin(), unrenames_.end());
    plan_.phases[0].down = steps_of(down, guarded_);
    SharedColumns all = shared_columns(from_.catalog, from_.catalog);
    for (const Refused& lost : plan_.lost)
      for (const Relation& relation : from_.catalog.relations) {
        const std::string table = object_of(relation).name;
        if (to_string(object_of(relation)) == lost.object) all.erase(table);
        for (const Column& column : relation.columns)
          if (to_string(object_of(relation, column)) == lost.object && all.contains(table))
            std::erase(all[table], catalog::quote_identifier(column.name));
      }
    auto before = digest_sqlite(*origin_, without_filled(all));
    if (!before) return fail(before);
    Claim reverses{ClaimKind::reverses, "the way back", {}, true};
    auto failed = run(*walked_, plan_.phases[0].down);
    if (!failed) return fail(failed);
    auto state_back = look(*walked_);
    if (!state_back) return fail(state_back);
    const auto left = changes(*state_back, from_.catalog);
    reverses.holds = failed->empty() && left.empty();
    reverses.seen = !failed->empty() ? *failed
                    : left.empty()   ? "the catalog afterwards equals the one before"
                                     : catalog::describe(left.front());
    plan_.proof.claims.push_back(reverses);
    if (!*reverses.holds) return {};
    auto after = digest_sqlite(*walked_, without_filled(all));
    if (!after) return fail(after);
    // What another type has made of values: it can be neither kept aside nor had back.
    for (const Relation& relation : from_.catalog.relations)
      for (const Column& column : relation.columns) {
        const catalog::Object object = object_of(relation, column);
        if ((*before)[object.name] == (*after)[object.name]) continue;
        std::erase(all[object_of(relation).name], catalog::quote_identifier(column.name));
        if (may_lose(object))
          plan_.lost.push_back({to_string(object), "values that its new type can't hold"});
        else
          plan_.refused.push_back(
              {to_string(object),
               fmt::format("values that its new type can't hold would be lost: --allow-loss={} if "
                           "that is meant",
                           object.name)});
      }
    if (!plan_.refused.empty()) return {};
    before = digest_sqlite(*origin_, without_filled(all));
    if (!before) return fail(before);
    return compare_rows("after the way back", without_filled(all), *before);
  }

  Status compare_rows(const std::string& when, const SharedColumns& columns,
                      const Digests& expected) {
    auto rows = digest_sqlite(*walked_, columns);
    if (!rows) return fail(rows);
    if (rows->empty()) return {};
    std::map<std::string, std::int64_t> counts;
    std::string trouble;
    for (const auto& [column, text] : *rows) {
      if (column.ends_with(".*")) counts[column] = std::atoll(text.c_str());
      const auto had = expected.find(column);
      if (had != expected.end() && had->second == text) continue;
      trouble = fmt::format("{} had {} and has {}", column,
                            had == expected.end() ? "nothing" : had->second, text);
    }
    std::int64_t count = 0;
    for (const auto& [table, rows_there] : counts) count += rows_there;
    plan_.proof.claims.push_back(
        lossless_claim(when, count, static_cast<std::int64_t>(counts.size()), trouble));
    return {};
  }

  SharedColumns without_filled(SharedColumns columns) const {
    for (const auto& [column, value] : how_.fill)
      for (auto& [table, names] : columns)
        std::erase_if(names, [&](const std::string& name) { return table + '.' + name == column; });
    return columns;
  }

  void describe() {
    for (const PlannedPhase& phase : plan_.phases) {
      for (const Step& step : phase.up)
        for (const Statement& statement : step.statements)
          plan_.steps.push_back(
              {.phase = phase.phase,
               .sql = statement.text,
               .down = {},
               .lock = Lock::none,
               .rewrites = statement.text.starts_with("INSERT INTO") &&
                           statement.text.find("architrave_old_") != std::string::npos,
               .transactional = step.kind == Step::Kind::transaction});
      if (plan_.steps.empty()) continue;
      for (const Step& step : phase.down)
        for (const Statement& statement : step.statements)
          plan_.steps.back().down.push_back(statement.text);
    }
  }

  engine::Opened& from_;
  engine::Opened& to_;
  const PlanOptions& options_;
  Plan plan_;
  std::unique_ptr<engine::Sandbox> origin_;  // holds `from`, and stays as it is
  std::unique_ptr<engine::Sandbox> named_;   // the same, but for the renames
  std::unique_ptr<engine::Sandbox> walked_;  // goes there and back
  Catalog begin_;                            // `from`, once renamed
  std::vector<std::string> renames_;
  std::vector<std::string> unrenames_;
  OldNames names_;
  sqlite::TransitionOptions how_;
  sqlite::TransitionOptions back_;
  bool guarded_ = true;
};

}  // namespace

Result<Plan> make_sqlite_plan(engine::Opened& from, engine::Opened& to,
                              const PlanOptions& options) {
  return Planner(from, to, options).make();
}

Result<Digests> digest_sqlite(engine::Sandbox& sandbox, const SharedColumns& columns) {
  std::vector<std::string> queries;
  std::vector<std::pair<std::string, const std::vector<std::string>*>> asked;
  const auto sums = [](const std::string& values) {
    return fmt::format(
        "count(*) || ' rows, ' || coalesce(sum(hash_of({0}) & 0x7fffffff), 0) || '-' || "
        "coalesce(sum(hash_of({0}) >> 31), 0)",
        values);
  };
  for (const auto& [table, list] : columns) {
    std::vector<std::string> quoted;
    std::vector<std::string> all;
    for (const std::string& column : list) {
      quoted.push_back(sqlite::quote(sqlite::unquote(column)));
      all.push_back(sums(quoted.back()));
    }
    all.push_back(sums(join(quoted, ", ")));
    const std::string name = sqlite::quote(sqlite::unquote(table.substr(table.find('.') + 1)));
    queries.push_back("SELECT " + join(all, ", ") + " FROM main." + name);
    asked.emplace_back(table, &list);
  }
  Digests digests;
  if (queries.empty()) return digests;
  auto answers = sandbox.attempt(queries, 60);
  if (!answers) return fail(answers);
  for (std::size_t i = 0; i < answers->size(); ++i) {
    const auto& [table, list] = asked[i];
    if (!(*answers)[i].ok()) return fail("plan.rows", (*answers)[i].error, table);
    const auto& row = (*answers)[i].rows.at(0);
    for (std::size_t c = 0; c < list->size(); ++c)
      digests[table + '.' + (*list)[c]] = row[c].value_or("");
    digests[table + ".*"] = row[list->size()].value_or("");
  }
  return digests;
}

Script sqlite_way_back(const Catalog& before, const Catalog& after) {
  Script script;
  script.steps = steps_of(sqlite::transition(after, before), /*guarded=*/false);
  return script;
}

std::vector<catalog::Change> compare_sqlite(const engine::Opened& from, const engine::Opened& to) {
  Catalog a = from.catalog;
  Catalog b = to.catalog;
  forget(a);
  forget(b);
  return sqlite::difference(std::move(a), std::move(b));
}

}  // namespace architrave::migration

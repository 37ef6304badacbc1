#include "migration/plan/route.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/lookup.h"
#include "catalog/postgres/statements.h"
#include "engine/postgres/server.h"

namespace architrave::migration {

namespace {

using postgres::Step;

constexpr int attempts = 8;  // second thoughts about statements that the server refuses
constexpr int rounds = 3;    // looks at what is left after all have run

void sort_privileges(catalog::Acl& acl) {
  if (acl) std::ranges::sort(*acl);
}

template <class T>
void sort_all(std::vector<T>& list) {
  for (T& each : list) sort_privileges(each.acl);
}

// CREATE STATISTICS … ON b, a FROM …: the server lists columns as they stand in the table, which no
// statement changes.
void sort_statistics(catalog::OtherObject& statistics) {
  for (std::string& sql : statistics.definition) {
    const std::size_t on = sql.find(" ON ");
    const std::size_t from = sql.rfind(" FROM ");
    if (on == std::string::npos || from == std::string::npos || from < on) continue;
    const std::string list = sql.substr(on + 4, from - on - 4);
    if (list.find_first_of("(\"'") != std::string::npos) continue;
    std::vector<std::string> columns;
    for (const std::string& each : split(list, ',')) columns.emplace_back(trim(each));
    std::ranges::sort(columns);
    sql = sql.substr(0, on + 4) + join(columns, ", ") + sql.substr(from);
  }
}

void normalize(catalog::Catalog& catalog) {
  for (catalog::OtherObject& other : catalog.others)
    if (other.kind == catalog::Kind::statistics) sort_statistics(other);
  sort_all(catalog.schemas);
  sort_all(catalog.types);
  sort_all(catalog.sequences);
  sort_all(catalog.routines);
  sort_all(catalog.others);
  sort_all(catalog.relations);
  for (catalog::Relation& relation : catalog.relations) {
    for (catalog::Index& index : relation.indexes)
      index.definition = postgres::without_options(index.definition);
    sort_all(relation.columns);
    for (catalog::Column& column : relation.columns)
      if (column.identity_sequence) sort_privileges(column.identity_sequence->acl);
  }
}

// What the server names in its "view app.v depends on column c of table app.t" lines: the objects,
// as catalog::to_string(Object) would.
std::set<std::string> dependents(const std::string& message, const catalog::Catalog& catalog) {
  std::set<std::string> keys;
  const auto says = [&](const std::string& words) {
    return message.find(words + " depends on") != std::string::npos;
  };
  for (const catalog::Relation& relation : catalog.relations) {
    const catalog::Object object = object_of(relation);
    const std::string short_name = catalog::quote_identifier(relation.name);
    // With its schema, or without where that is on the search path.
    for (const std::string& table : {object.name, short_name}) {
      if (relation.is_view() && says(fmt::format("{} {}", to_string(object.kind), table)))
        keys.insert(to_string(object));
      const auto parts = [&](std::string_view kind, const auto& list) {
        for (const auto& each : list)
          if (says(fmt::format("{} {} on table {}", kind, catalog::quote_identifier(each.name),
                               table)))
            keys.insert(to_string(object_of(relation, each)));
      };
      parts("constraint", relation.constraints);
      parts("trigger", relation.triggers);
      parts("policy", relation.policies);
      for (const auto& each : relation.columns)
        if (!each.generated.empty() &&
            says(fmt::format("column {} of table {}", catalog::quote_identifier(each.name), table)))
          keys.insert(to_string(object_of(relation, each)));
    }
    for (const auto& each : relation.indexes)
      if (says("index " + object_of(relation, each).name) ||
          says("index " + catalog::quote_identifier(each.name)))
        keys.insert(to_string(object_of(relation, each)));
  }
  for (const catalog::Routine& routine : catalog.routines) {
    const catalog::Object object = object_of(routine);
    for (const std::string& name : {catalog::qualified(routine.schema, routine.name),
                                    catalog::quote_identifier(routine.name)})
      if (message.find(fmt::format("{} {}(", to_string(object.kind), name)) != std::string::npos)
        keys.insert(to_string(object));
  }
  return keys;
}

bool is_about_casts(const std::string& message) {
  return message.find("cannot be cast") != std::string::npos ||
         message.find("cannot cast type") != std::string::npos;
}

// Of a statement that failed: whose it is.
const Step* owner_of(const std::vector<Step>& steps, const std::string& statement) {
  for (const Step& step : steps)
    if (std::ranges::find(step.statements, statement) != step.statements.end()) return &step;
  return nullptr;
}

struct Tried {
  bool ok = true;
  std::string statement;
  std::string error;
};

Result<Tried> run(engine::Sandbox& sandbox, const std::vector<Step>& steps,
                  bool in_transaction = false) {
  engine::Unit unit{{"SET check_function_bodies = off"}, in_transaction};
  for (const Step& step : steps)
    unit.statements.insert(unit.statements.end(), step.statements.begin(), step.statements.end());
  auto outcomes = sandbox.run({unit});
  if (!outcomes) return fail(outcomes);
  const engine::Outcome& outcome = outcomes->front();
  return Tried{outcome.ok, outcome.statement, outcome.error};
}

// Whether a transaction may be what the server minds.
bool is_about_transactions(const std::string& message) {
  return std::ranges::any_of(
      std::array{"transaction block", "pending trigger events", "unsafe use of new value",
                 "being used by active queries"},
      [&](const char* words) { return message.find(words) != std::string::npos; });
}

// All of them or none. A copy to try them on is made only where one transaction can't hold them.
Result<Tried> run_or_leave(engine::Sandbox& sandbox, const std::vector<Step>& steps) {
  if (std::ranges::none_of(steps, &Step::alone)) {
    auto tried = run(sandbox, steps, true);
    if (!tried || tried->ok) return tried;
    const bool at_the_end = tried->statement == "COMMIT";  // what was deferred to it
    if (!at_the_end && !is_about_transactions(tried->error)) return tried;
  }
  auto trial = sandbox.copy();
  if (!trial) return fail(trial);
  auto tried = run(**trial, steps);
  if (!tried || !tried->ok) return tried;
  return run(sandbox, steps);
}

std::unexpected<Error> no_way(const Tried& tried, const std::vector<Step>& steps) {
  const Step* step = owner_of(steps, tried.statement);
  return fail(
      "plan.no_way",
      "no statement was found that the server takes: " + tried.error + ", at " + tried.statement,
      step == nullptr ? tried.statement : step->of);
}

// The table that refuses one new column refuses the others that take no nulls.
bool make_up(const Tried& tried, const std::vector<Step>& steps,
             postgres::TransitionOptions& options) {
  constexpr std::string_view words = " ADD COLUMN ";
  const std::size_t end = tried.statement.find(words);
  if (end == std::string::npos) return false;
  const std::string head = tried.statement.substr(0, end + words.size());
  bool news = false;
  for (const Step& step : steps) {
    if (step.act != Step::Act::make || step.statements.empty()) continue;
    const std::string& sql = step.statements.front();
    const bool has_value =
        sql.find(" DEFAULT ") != std::string::npos || sql.find(" GENERATED ") != std::string::npos;
    if (sql.starts_with(head) && sql.find(" NOT NULL") != std::string::npos && !has_value)
      news = options.made_up.insert(step.of).second || news;
  }
  return news;
}

// What a statement would alter though rows elsewhere hold its values: a type, or the table whose
// row type it is.
std::set<std::string> in_use(const Tried& tried, const std::vector<Step>& steps,
                             const catalog::Catalog& catalog) {
  std::set<std::string> keys;
  if (!tried.error.starts_with("cannot alter ") ||
      tried.error.find(" because column ") == std::string::npos)
    return keys;
  if (tried.error.ends_with(" uses its row type")) {
    // It may be an heir of the table that the statement names.
    for (const catalog::Relation& table : catalog.relations)
      if (table.is_table() &&
          tried.error.find(" table \"" + table.name + "\" because ") != std::string::npos)
        keys.insert(to_string(object_of(table)));
  } else if (const Step* step = owner_of(steps, tried.statement)) {
    keys.insert(step->of);
  }
  return keys;
}

// Learns from a refusal; false if there is nothing in it.
bool learn(const Tried& tried, const std::vector<Step>& steps, const catalog::Catalog& from,
           Gone gone, postgres::TransitionOptions& options) {
  if (is_about_casts(tried.error)) {
    const Step* step = owner_of(steps, tried.statement);
    return step != nullptr && options.through_text.insert(step->of).second;
  }
  if (gone == Gone::made_up && tried.error.find("contains null values") != std::string::npos)
    return make_up(tried, steps, options);
  bool news = false;
  if (tried.error.find("has no update path") != std::string::npos ||
      tried.error.find("does not support SET SCHEMA") != std::string::npos)
    if (const Step* step = owner_of(steps, tried.statement))
      news = options.remake.insert(step->of).second;
  for (const auto& keys : {dependents(tried.error, from), in_use(tried, steps, from)})
    for (const std::string& key : keys) news = options.remake.insert(key).second || news;
  return news;
}

// What rows have to be there for, or must not be seen by as if they were new: foreign keys to the
// table, its triggers and rules.
std::set<std::string> behind_rows(const catalog::Catalog& to, const catalog::Object& table) {
  std::set<std::string> keys;
  for (const catalog::Relation& relation : to.relations) {
    for (const catalog::Constraint& each : relation.constraints)
      if (each.type == catalog::ConstraintType::foreign_key &&
          catalog::qualified(each.references_schema, each.references_table) == table.name)
        keys.insert(to_string(object_of(relation, each)));
    if (object_of(relation) != table) continue;
    for (const auto& each : relation.triggers) keys.insert(to_string(object_of(relation, each)));
    for (const auto& each : relation.rules)
      keys.insert(to_string(catalog::Object{
          catalog::Kind::rule, table.name + '.' + catalog::quote_identifier(each.name)}));
  }
  return keys;
}

// Rows of a table that had to make room go into the new one before the old one is dropped.
void copy_rows(std::vector<Step>& steps, const std::vector<postgres::Aside>& asides,
               const catalog::Catalog& from, const catalog::Catalog& to) {
  for (const postgres::Aside& aside : asides) {
    Step copy;
    copy.statements = postgres::copy_rows(from, to, aside);
    if (copy.statements.empty()) continue;
    const std::set<std::string> behind = behind_rows(to, aside.object);
    copy.act = Step::Act::alter;
    copy.of = to_string(aside.object);
    const auto first = std::ranges::find_if(steps, [&](const Step& step) {
      if (step.act == Step::Act::make)
        return behind.contains(step.of) ||
               (!step.statements.empty() && step.statements.front().starts_with("REFRESH "));
      return step.act == Step::Act::unmake && step.priority >= postgres::not_wanted;
    });
    steps.insert(first, std::move(copy));
  }
}

Result<std::vector<Step>> make_room(engine::Sandbox& sandbox,
                                    const std::vector<postgres::Aside>& asides) {
  std::vector<Step> steps;
  for (const postgres::Aside& each : asides) {
    Step& step = steps.emplace_back();
    step.act = Step::Act::alter;
    step.of = to_string(each.object);
    step.statements = each.statements;
  }
  auto tried = run(sandbox, steps);
  if (!tried) return fail(tried);
  if (!tried->ok) return no_way(*tried, steps);
  return steps;
}

}  // namespace

std::string first_of(const std::vector<catalog::Change>& changes) {
  return catalog::describe(changes.front()) +
         (changes.size() > 1 ? fmt::format(" and {} more", changes.size() - 1) : "");
}

void replace_role(catalog::Catalog& catalog, const std::string& from, const std::string& to) {
  if (from == to) return;
  const auto own = [&](auto& each) {
    if (each.owner == from) each.owner = to;
    catalog::replace_role(each.acl, from, to);
  };
  const auto all = [&](auto& list) { std::ranges::for_each(list, own); };
  all(catalog.schemas);
  all(catalog.types);
  all(catalog.sequences);
  all(catalog.routines);
  all(catalog.others);
  all(catalog.relations);
  for (catalog::Relation& relation : catalog.relations)
    for (catalog::Column& column : relation.columns) {
      catalog::replace_role(column.acl, from, to);
      if (column.identity_sequence) own(*column.identity_sequence);
    }
}

std::vector<catalog::Change> Fixpoint::compare(catalog::Catalog a, catalog::Catalog b) const {
  for (catalog::Catalog* each : {&a, &b}) {
    replace_role(*each, postgres::Server::role, role_);
    normalize(*each);
  }
  std::vector<catalog::Change> changes = catalog::diff(a, b);
  // No statement puts a column elsewhere.
  std::erase_if(changes,
                [](const catalog::Change& change) { return change.property == "column_order"; });
  return changes;
}

Result<catalog::Catalog> Fixpoint::settled(const catalog::Catalog& catalog) {
  auto sandbox = maker_(catalog);
  if (!sandbox) return fail(sandbox);
  auto read = (*sandbox)->read();
  if (!read || compare(catalog, *read).empty()) return read;
  auto again = maker_(*read);
  if (!again) return fail(again);
  return (*again)->read();
}

Result<std::vector<catalog::Change>> Fixpoint::difference(const catalog::Catalog& a,
                                                          const catalog::Catalog& b) {
  std::vector<catalog::Change> changes = compare(a, b);
  const bool only_text = std::ranges::all_of(changes, [](const catalog::Change& change) {
    return change.what == catalog::Change::What::changed;
  });
  if (changes.empty() || !only_text) return changes;
  if (last_ != &b) {
    auto settled_b = settled(b);
    if (!settled_b) return fail(settled_b);
    last_settled_ = std::move(*settled_b);
    last_ = &b;
  }
  auto settled_a = settled(a);
  if (!settled_a) return fail(settled_a);
  return compare(*settled_a, last_settled_);
}

Result<Route> find_route(engine::Sandbox& sandbox, const catalog::Catalog& to, Fixpoint& fixpoint,
                         const std::string& role, const Look& look, Start start, Gone gone) {
  Route route;
  route.steps = std::move(start.steps);
  Result<catalog::Catalog> begin = start.holds ? *start.holds : look(sandbox);
  if (!begin) return fail(begin);

  std::vector<postgres::Aside> asides;
  // Whether anything did.
  const auto give_way = [&](const std::set<std::string>& found_in_use) -> Result<bool> {
    for (bool any = false;; any = true) {
      std::vector<postgres::Aside> more = postgres::put_aside(*begin, to, found_in_use);
      if (more.empty()) return any;
      auto steps = make_room(sandbox, more);
      if (!steps) return fail(steps);
      std::ranges::move(*steps, std::back_inserter(route.steps));
      std::ranges::move(more, std::back_inserter(asides));
      begin = look(sandbox);
      if (!begin) return fail(begin);
    }
  };
  if (auto gave_way = give_way({}); !gave_way) return fail(gave_way);

  postgres::TransitionOptions options;
  options.version = begin->server.version_number;
  options.role = role;
  options.made_up = std::move(start.made_up);
  catalog::Catalog from = *begin;
  for (int round = 0; round < rounds; ++round) {
    Tried tried;
    postgres::Transition found;
    for (int attempt = 0; attempt < attempts; ++attempt) {
      found = postgres::transition(from, to, options);
      if (round == 0) copy_rows(found.steps, asides, from, to);
      if (found.steps.empty()) break;
      auto outcome = run_or_leave(sandbox, found.steps);
      if (!outcome) return fail(outcome);
      tried = std::move(*outcome);
      if (tried.ok) break;
      if (round == 0) {
        auto gave_way = give_way(in_use(tried, found.steps, from));
        if (!gave_way) return fail(gave_way);
        if (*gave_way) {
          from = *begin;
          continue;
        }
      }
      if (!learn(tried, found.steps, from, gone, options)) break;
    }
    if (!tried.ok) return no_way(tried, found.steps);
    if (found.steps.empty() && round > 0) break;
    auto arrived = look(sandbox);
    if (!arrived) return fail(arrived);
    if (round == 0) route.losses = std::move(found.losses);
    std::ranges::move(found.steps, std::back_inserter(route.steps));
    route.arrived = std::move(*arrived);
    auto left = fixpoint.difference(route.arrived, to);
    if (!left) return fail(left);
    route.left_over = std::move(*left);
    if (route.left_over.empty()) break;
    from = route.arrived;
    options.remake.clear();
  }
  // What made room for another has lost no row: they went over.
  for (postgres::Aside& aside : asides) {
    std::ranges::move(aside.losses, std::back_inserter(route.losses));
    std::erase_if(route.losses, [&](const postgres::Loss& loss) {
      return std::ranges::find(aside.copied, to_string(loss.object)) != aside.copied.end();
    });
    // And where they had nowhere to go, it is by its own name that they are lost.
    for (postgres::Loss& loss : route.losses)
      if (loss.object.kind == aside.object.kind &&
          loss.object.name == catalog::qualified(aside.rows_in.schema, aside.rows_in.name))
        loss.object = aside.object;
  }
  return route;
}

}  // namespace architrave::migration

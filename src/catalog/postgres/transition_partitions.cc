// Partitions that come, go and get other bounds, and the rows that have their place elsewhere then.
#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "catalog/postgres/partition_bounds.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

bool Transitioning::is_reattached(const Relation& before) const {
  const Relation* now = to_.relation(before.object_name());
  return before.is_partition() && now != nullptr && !goes(to_string(object_of(before))) &&
         (before.parents != now->parents || before.partition_bound != now->partition_bound);
}

void Transitioning::attach(const Relation& table, const Relation& parent) {
  const std::string key = to_string(object_of(table));
  Step& step =
      alter(altered_part, key,
            {"ALTER TABLE ONLY " + qualified(parent.schema, parent.name) + " ATTACH PARTITION " +
             qualified(table.schema, table.name) + ' ' + table.partition_bound});
  step.makes = {"attached " + key};
  const std::string parent_key = to_string(object_of(parent));
  step.needs = {key, "detached " + key, "released " + key, parent_key, "released " + parent_key};
  std::ranges::copy(filled_[key], std::back_inserter(step.needs));
  // Whose rows these may be until then.
  if (const Relation* before = from_.relation(parent.object_name()))
    for (const Relation* other : from_lookup_.children(*before)) {
      const std::string its = to_string(object_of(*other));
      if (its != key) step.needs.push_back(goes(its) ? gone(its) : "detached " + its);
    }
  for (const Relation* each : {&table, &parent}) {
    std::set<std::string> given;  // by the whole, when it is attached
    for (const Constraint& part : each->constraints)
      if (part.inherited && is_made_with_whole(*each, part))
        given.insert(part.index);
      else if (!is_twin(*each, part))
        step.needs.push_back(to_string(object_of(*each, part)));
    for (const Index& part : each->indexes)
      if (!is_twin(*each, part) && !given.contains(part.name))
        step.needs.push_back(to_string(object_of(*each, part)));
    // An index that goes would become a part of one like it, and then could not be dropped; or
    // have the name that the server gives another.
    if (const Relation* before = from_.relation(each->object_name()))
      for (const Index& part : before->indexes)
        if (const std::string its = to_string(object_of(*before, part));
            goes(its) && (part.constraint.empty() || part.method != "btree"))
          step.needs.push_back(gone(its));
  }
}

// Nobody may be told to delete or to refuse what only moves: foreign keys are made again
// afterwards.
void Transitioning::free_of_references(const Relation& table) {
  for (const auto& each : from_lookup_.referencing(table))
    unmake(to_string(object_of(*each.child, *each.constraint)));
  for (const catalog::ObjectName& name : table.parents)
    if (const Relation* parent = from_.relation(name)) free_of_references(*parent);
}

// What watches over rows that come and go has no say in those that only move.
void Transitioning::free_of_watchers(const Relation& table) {
  const Relation* before = from_.relation(table.object_name());
  if (before == nullptr) return;
  for (const catalog::Trigger& each : before->triggers)
    if (!each.inherited) unmake(to_string(object_of(*before, each)));
  for (const catalog::RewriteRule& each : before->rules)
    unmake(
        to_string(Object{Kind::rule, object_of(*before).name + '.' + quote_identifier(each.name)}));
}

void Transitioning::plan_moves() {
  for (const Relation& parent : to_.relations) {
    const Relation* was = from_.relation(parent.object_name());
    if (was == nullptr || was->kind != RelationKind::partitioned_table ||
        was->kind != parent.kind || was->partition_key != parent.partition_key ||
        goes(to_string(object_of(parent))))
      continue;
    const auto stays = [&](const Relation* part, const Catalog& other) {
      const Relation* its = other.relation(part->object_name());
      return its != nullptr && !goes(to_string(object_of(*part))) &&
             its->parents == part->parents && its->partition_bound == part->partition_bound;
    };
    for (const Relation* source : from_lookup_.children(*was)) {
      const Relation* now = to_.relation(source->object_name());
      const std::string key = to_string(object_of(*source));
      // One that leaves takes its rows along.
      if (!goes(key) && (now == nullptr || now->parents != source->parents)) continue;
      if (source->partition_bound != default_bound && stays(source, to_)) continue;
      if (source->kind == RelationKind::foreign_table) continue;
      bool moves = false;
      for (const Relation* target : to_lookup_.children(parent)) {
        if (target->object_name() == source->object_name() && !goes(key)) continue;
        if (target->kind == RelationKind::foreign_table) continue;
        if (target->partition_bound != default_bound && stays(target, from_)) continue;
        if (are_disjoint(parent, source->partition_bound, target->partition_bound)) continue;
        auto condition = belongs(to_, parent, target->partition_bound);
        if (!condition) continue;
        moves_.push_back({source, target, std::move(*condition)});
        free_of_watchers(*target);
        moves = true;
      }
      if (!moves) continue;
      free_of_references(*source);
      free_of_watchers(*source);
      if (has_place(to_, parent, source->partition_bound)) homed_.insert(source->object_name());
    }
  }
}

bool Transitioning::keeps_place(const Relation& table) const {
  return homed_.contains(table.object_name()) ||
         std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
           const Relation* parent = from_.relation(name);
           return parent != nullptr && keeps_place(*parent);
         });
}

void Transitioning::add_moves() {
  // A table with its partitions.
  const auto each_of = [](const auto& self, const catalog::Lookup& lookup, const Relation& table,
                          const auto& visit) -> void {
    visit(to_string(object_of(table)));
    for (const Relation* child : lookup.children(table)) self(self, lookup, *child, visit);
  };
  for (const Move& move : moves_) {
    const std::string source = to_string(object_of(*move.source));
    const std::string target = to_string(object_of(*move.target));
    const std::string done = "moved " + source + " to " + target;
    const Relation* now = goes(source) ? nullptr : to_.relation(move.source->object_name());
    Statements columns;
    Statements values;
    for (const Column& column : move.target->columns) {
      const Column* was =
          now != nullptr ? now->column(column.name) : move.source->column(column.name);
      if (was == nullptr || !column.generated.empty()) continue;
      columns.push_back(quote_identifier(column.name));
      values.push_back(was->type == column.type
                           ? columns.back()
                           : columns.back() + "::pg_catalog.text::" + column.type);
    }
    if (columns.empty()) continue;
    Step& step =
        alter(altered_part, target,
              {"WITH moved AS (DELETE FROM " + qualified(move.source->schema, move.source->name) +
               " WHERE " + move.condition + " RETURNING *) INSERT INTO " +
               qualified(move.target->schema, move.target->name) + " (" + join(columns, ", ") +
               ") OVERRIDING SYSTEM VALUE SELECT " + join(values, ", ") + " FROM moved"});
    step.makes = {done};
    step.needs = {"detached " + target, "released " + target, "detached " + source};
    const auto wait_for_whole = [&](const Relation& table) {
      each_of(each_of, to_lookup_, table, [&](const std::string& key) {
        step.needs.push_back(key);
        if (key != to_string(object_of(table))) step.needs.push_back("attached " + key);
      });
    };
    wait_for_whole(*move.target);
    if (now != nullptr) {
      wait_for_whole(*now);
      step.needs.push_back("released " + source);
      filled_[source].push_back(done);
    }
    filled_[target].push_back(done);
    each_of(each_of, from_lookup_, *move.source,
            [&](const std::string& key) { emptied_[key].push_back(done); });
    // A partition that goes would still have a say in what the others may hold.
    if (now == nullptr && detached_.insert(source).second)
      for (const catalog::ObjectName& parent : move.source->parents) {
        Step& leaving =
            alter(to_make_room, source,
                  {"ALTER TABLE " + qualified(parent.schema, parent.name) + " DETACH PARTITION " +
                   qualified(move.source->schema, move.source->name)});
        leaving.makes = {"detached " + source};
      }
  }
}

}  // namespace architrave::postgres::transitioning

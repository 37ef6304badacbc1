#include "catalog/postgres/transition.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/diff.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres {

namespace transitioning {

// ---- the steps of what goes

Statements Transitioning::drop_of(const Part& part) const {
  const std::string& name = part.object.name;
  const auto on_table = [&](const std::string& own_name) {
    return quote_identifier(own_name) + " ON " +
           qualified(part.relation->schema, part.relation->name);
  };
  const auto whole_goes = [&] {
    return part.is_part() && unmade_.contains(to_string(object_of(*part.relation)));
  };
  if (whole_goes() && !cut_.contains(to_string(part.object))) return {};
  if (part.constraint != nullptr) {
    if (part.constraint->inherited && !is_reattached(*part.relation) &&
        !leaves_all_that_have(*part.relation, *part.constraint))
      return {};
    if (!is_reattached(*part.relation) &&
        std::ranges::any_of(part.relation->indexes, [&](const Index& each) {
          return each.inherited && each.name == part.constraint->index;
        }))
      return {};  // with its parent's index
    return {"ALTER TABLE " + qualified(part.relation->schema, part.relation->name) +
            // With its parent's, should that have gone before it was detached.
            (part.constraint->inherited ? " DROP CONSTRAINT IF EXISTS " : " DROP CONSTRAINT ") +
            quote_identifier(part.constraint->name)};
  }
  if (part.index != nullptr) {
    if (!part.index->constraint.empty()) return {};
    if (part.index->inherited) {
      if (!is_reattached(*part.relation)) return {};
      return {"DROP INDEX IF EXISTS " + name};  // as above
    }
    return {"DROP INDEX " + name +
            (constraints_below(*part.relation, *part.index).empty() ? "" : " CASCADE")};
  }
  if (part.trigger != nullptr) {
    if (part.trigger->inherited) return {};
    return {"DROP TRIGGER " + on_table(part.trigger->name)};
  }
  if (part.policy != nullptr) return {"DROP POLICY " + on_table(part.policy->name)};
  if (part.rule != nullptr) return {"DROP RULE " + on_table(part.rule->name)};
  if (part.column != nullptr) {
    // Its children keep theirs, some or all.
    const auto stays_below = [&](const Relation& parent) {
      return std::ranges::any_of(from_lookup_.children(parent), [&](const Relation* child) {
        const Column* its = child->column(part.column->name);
        return its != nullptr && is_kept(to_string(object_of(*child, *its)));
      });
    };
    const bool by_itself =
        std::ranges::any_of(part.relation->parents, [&](const catalog::ObjectName& each) {
          const Relation* parent = from_.relation(each);
          return parent != nullptr && stays_below(*parent);
        });
    if (part.column->inherited && !by_itself && !is_reattached(*part.relation)) return {};
    if (const Relation* now = to_.relation(part.relation->object_name());
        now != nullptr && !now->of_type.empty() && now->of_type == part.relation->of_type)
      return {};  // with its type
    return {std::string(stays_below(*part.relation) ? "ALTER TABLE ONLY " : "ALTER TABLE ") +
            qualified(part.relation->schema, part.relation->name) + " DROP COLUMN " +
            quote_identifier(part.column->name)};
  }
  if (part.sequence != nullptr && !part.sequence->owned_by_table.empty()) {
    const std::string column = to_string(Object{
        Kind::column, qualified(part.sequence->owned_by_schema, part.sequence->owned_by_table) +
                          '.' + quote_identifier(part.sequence->owned_by_column)});
    if (goes(column)) return {};
  }
  if (is_table(part)) {
    // A foreign key to the whole holds on to each partition.
    const auto referenced = [&](const auto& self, const Relation& table) -> bool {
      return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& each) {
        const Relation* parent = from_.relation(each);
        return parent != nullptr && is_kept(to_string(object_of(*parent))) &&
               (std::ranges::any_of(from_lookup_.referencing(*parent),
                                    [&](const auto& key) {
                                      return is_kept(
                                          to_string(object_of(*key.child, *key.constraint)));
                                    }) ||
                self(self, *parent));
      });
    };
    if (part.relation->is_partition() && referenced(referenced, *part.relation))
      return {"ALTER TABLE " +
                  qualified(part.relation->parents[0].schema, part.relation->parents[0].name) +
                  " DETACH PARTITION " + name,
              "DROP TABLE " + name};
  }
  if (part.other != nullptr) return part.other->drop;
  if (part.type != nullptr && part.type->kind == catalog::TypeKind::domain)
    return {"DROP DOMAIN " + name};
  if (part.type != nullptr && std::ranges::any_of(gone_with_, [&](const auto& each) {
        return each.second == to_string(part.object);
      }))
    return {"DROP TYPE " + name + " CASCADE"};
  return {"DROP " + writing::upper_words(part.object.kind) + ' ' + name};
}

void Transitioning::lose(const Part& part) {
  if (part.column != nullptr) {
    if (!part.column->generated.empty() || part.column->inherited) return;
    transition_.losses.push_back({part.object, "its values"});
  } else if (is_table(part) && part.relation->kind != RelationKind::foreign_table &&
             part.relation->kind != RelationKind::partitioned_table &&
             !keeps_place(*part.relation)) {
    transition_.losses.push_back({part.object, "its rows"});
  } else if (part.sequence != nullptr && part.sequence->owned_by_table.empty()) {
    transition_.losses.push_back({part.object, "its position"});
  }
}

bool Transitioning::would_be_adopted(const Part& part) const {
  if (part.constraint == nullptr || part.constraint->inherited ||
      part.constraint->type != ConstraintType::foreign_key || !part.relation->is_partition())
    return false;
  return std::ranges::any_of(part.relation->parents, [&](const catalog::ObjectName& name) {
    const Relation* whole = to_.relation(name);
    return whole != nullptr && std::ranges::any_of(whole->constraints, [&](const Constraint& its) {
             return its.definition == part.constraint->definition &&
                    made_.contains(to_string(object_of(*whole, its)));
           });
  });
}

void Transitioning::add_unmaking(const std::string& key) {
  const Part& part = before_.at(key);
  if (gone(key) != "gone " + key) return;  // with the whole
  lose(part);
  Step step;
  step.act = Step::Act::unmake;
  step.of = key;
  step.name = key;
  step.statements = drop_of(part);
  // An event trigger would fire at what follows.
  const bool in_the_way = made_.contains(key) || options_.remake.contains(key) ||
                          part.object.kind == Kind::event_trigger || would_be_adopted(part);
  step.priority = in_the_way ? to_make_room : not_wanted;
  if (part.column != nullptr) step.priority += 2;
  if (is_table(part)) step.priority += 3;
  if (part.type != nullptr || part.routine != nullptr || part.other != nullptr) step.priority += 4;
  // It needs its functions, which nothing says.
  if (part.object.kind == Kind::operator_class || part.object.kind == Kind::operator_family)
    step.priority -= 3;
  if (part.sequence != nullptr) step.priority += 5;
  if (part.object.kind == Kind::extension) step.priority += 6;
  if (part.object.kind == Kind::schema) step.priority += 7;
  step.makes = {"gone " + key};
  if (const auto moves = emptied_.find(key); moves != emptied_.end())
    step.needs.insert(step.needs.end(), moves->second.begin(), moves->second.end());
  const auto wait_for = [&](const std::string& other) {
    if (other != key)
      step.needs.push_back(
          loosened_.contains(other) && part.routine != nullptr ? "released " + other : gone(other));
  };
  const auto wait_for_its_users = [&](const std::string& needed) {
    if (const auto users = users_.find(needed); users != users_.end())
      for (const std::string& user : users->second) wait_for(user);
  };
  wait_for_its_users(key);
  for (const auto& [routine, type] : gone_with_)
    if (type == key) wait_for_its_users(routine);
  if (part.sequence != nullptr && !part.sequence->owned_by_table.empty()) {
    const std::string column = to_string(Object{
        Kind::column, qualified(part.sequence->owned_by_schema, part.sequence->owned_by_table) +
                          '.' + quote_identifier(part.sequence->owned_by_column)});
    wait_for(column);
  }
  if (loosened_.contains(key)) {
    Statements sql;
    for (const Constraint& check : part.type->constraints)
      sql.push_back("ALTER DOMAIN " + part.object.name + " DROP CONSTRAINT " +
                    quote_identifier(check.name));
    if (!part.type->default_value.empty())
      sql.push_back("ALTER DOMAIN " + part.object.name + " DROP DEFAULT");
    alter(to_make_room, key, std::move(sql)).makes = {"released " + key};
  }
  if (part.relation != nullptr) {
    const Relation& relation = *part.relation;
    // Its sequences go with it, which others' defaults may ask.
    if (!part.is_part() || part.column != nullptr)
      for (const catalog::Sequence& sequence : from_.sequences) {
        if (sequence.owned_by_schema != relation.schema ||
            sequence.owned_by_table != relation.name ||
            (part.column != nullptr && sequence.owned_by_column != part.column->name))
          continue;
        const auto users = users_.find(to_string(object_of(sequence)));
        if (users == users_.end()) continue;
        for (const std::string& user : users->second)
          if (const auto its = before_.find(user);
              its != before_.end() && its->second.relation != &relation)
            wait_for(user);
      }
    if (!part.is_part()) {
      for (const auto& each : from_lookup_.referencing(relation))
        if (each.child != &relation) wait_for(to_string(object_of(*each.child, *each.constraint)));
      if (const Relation* whole = whole_that_goes(relation); whole != &relation)
        for (const Relation* above = &relation; above != whole;) {
          above = from_.relation(above->parents.front());
          for (const auto& each : from_lookup_.referencing(*above))
            if (const std::string its = to_string(object_of(*each.child, *each.constraint));
                goes(its) && (cut_.contains(its) || whole_that_goes(*each.child) != whole))
              wait_for(its);
        }
      for (const Relation* child : from_lookup_.children(relation))
        wait_for(to_string(object_of(*child)));
      for (const auto& each : relation.constraints)
        if (const auto users = users_.find(to_string(object_of(relation, each)));
            users != users_.end())
          for (const std::string& user : users->second)
            if (!before_.contains(user) || before_.at(user).relation != &relation) wait_for(user);
    } else if (part.column != nullptr) {
      wait_for_leaving(step.needs, relation);
      const auto parts = [&](const auto& list) {
        for (const auto& each : list)
          if (const std::string its = to_string(object_of(relation, each));
              its != key && unmade_.contains(its) && mentions(before_.at(its), *part.column))
            wait_for(its);
      };
      parts(relation.constraints);
      parts(relation.indexes);
      parts(relation.triggers);
      parts(relation.policies);
      parts(relation.columns);
      for (const auto& each : from_lookup_.referencing(relation))
        if (const std::string its = to_string(object_of(*each.child, *each.constraint));
            unmade_.contains(its))
          wait_for(its);
      for (const catalog::Sequence& sequence : from_.sequences)
        if (sequence.owned_by_schema == relation.schema &&
            sequence.owned_by_table == relation.name &&
            sequence.owned_by_column == part.column->name &&
            is_kept(to_string(object_of(sequence))))
          wait_for(to_string(object_of(sequence)));
      if (const auto users = users_.find(to_string(object_of(relation))); users != users_.end())
        for (const std::string& user : users->second)
          if (unmade_.contains(user) && before_.contains(user) &&
              before_.at(user).column == nullptr && mentions(before_.at(user), *part.column))
            wait_for(user);
    } else if (part.constraint != nullptr || part.index != nullptr) {
      const bool is_key = part.constraint == nullptr || can_reference(part.constraint->type);
      // Partitions lose theirs with it, to which there may be foreign keys, too.
      const auto wait_for_references = [&](const auto& self, const Relation& table) -> void {
        for (const auto& each : from_lookup_.referencing(table))
          if (const std::string its = to_string(object_of(*each.child, *each.constraint));
              its != key && goes(its))
            wait_for(its);
        for (const Relation* child : from_lookup_.children(table))
          if (child->is_partition()) self(self, *child);
      };
      if (is_key) wait_for_references(wait_for_references, relation);
      if (is_reattached(relation))
        step.needs.push_back("detached " + to_string(object_of(relation)));
      for (const catalog::ObjectName& parent : relation.parents)
        if (part.constraint != nullptr && leaves(relation, parent))
          step.needs.push_back("detached " + to_string(object_of(relation)) + ' ' + parent.name);
      // An inherited part goes with its parent's; a constraint's index may be inherited by itself.
      const Index* index = part.index;
      if (part.constraint != nullptr)
        for (const Index& each : relation.indexes)
          if (each.name == part.constraint->index) index = &each;
      const bool inherited = (part.constraint != nullptr && part.constraint->inherited) ||
                             (index != nullptr && index->inherited);
      if (part.index != nullptr)
        for (const auto& below : constraints_below(relation, *part.index))
          for (const auto& each : from_lookup_.referencing(*below.child))
            if (const std::string its = to_string(object_of(*each.child, *each.constraint));
                goes(its))
              wait_for(its);
      if (inherited || (part.index != nullptr && !part.index->constraint.empty()))
        for (const std::string& other : unmade_)
          if (const Part& its = before_.at(other);
              (inherited && its.relation != nullptr && its.is_part() &&
               ((index != nullptr && its.index != nullptr && !its.index->inherited) ||
                (part.constraint != nullptr && its.constraint != nullptr &&
                 !its.constraint->inherited)) &&
               std::ranges::find(relation.parents, its.relation->object_name()) !=
                   relation.parents.end()) ||
              (part.index != nullptr && its.constraint != nullptr && its.relation == &relation &&
               its.constraint->index == part.index->name))
            wait_for(other);
    }
  }
  steps_.push_back(std::move(step));
}

// ---- the steps of what comes

void Transitioning::add_makings() {
  std::set<catalog::ObjectName> concerned;
  for (const std::string& key : made_)
    if (const Relation* relation = after_.at(key).relation) {
      concerned.insert(relation->object_name());
      // Whose indexes are attached to those of this one.
      for (const Relation* child : to_lookup_.children(*relation))
        concerned.insert(child->object_name());
    }
  for (const Relation& relation : to_.relations)
    if (relation.is_partition()) concerned.insert(relation.object_name());
  Makings makings = postgres::makings(to_, {.role = options_.role,
                                            .version = options_.version,
                                            .apart = apart_,
                                            .corrected = false,
                                            .taken_names = taken_names_,
                                            .relations = std::move(concerned)});
  for (Step& step : makings.steps) {
    const bool attaching = step.of.starts_with("attached ");
    const std::string key = attaching ? step.of.substr(9) : step.of;
    bool wanted = made_.contains(key);
    if (attaching && !wanted) {
      // To an index of the parent that is new.
      wanted = std::ranges::any_of(step.needs,
                                   [&](const std::string& need) { return made_.contains(need); });
      const auto old_one = before_.find(key);
      if (old_one != before_.end() && old_one->second.index->inherited && !wanted) continue;
      // Or its own until now, of a partition that has been there.
      wanted = wanted || (old_one != before_.end() && !old_one->second.index->inherited &&
                          old_one->second.relation->is_partition() &&
                          !is_reattached(*old_one->second.relation));
    }
    if (!wanted) continue;
    if (attaching) {
      const std::string table = to_string(object_of(*after_.at(key).relation));
      step.needs.insert(step.needs.end(), {table, "attached " + table});
    }
    if (unmade_.contains(key)) step.needs.push_back("gone " + key);
    for (std::size_t i = 0, count = step.needs.size(); i < count; ++i)
      if (step.needs[i].starts_with("name ")) wait_for_name(step.needs, std::string(step.needs[i]));
    if (const auto made = after_.find(key); made != after_.end() &&
                                            step.priority == writing::of_owned_sequence &&
                                            made->second.sequence != nullptr) {
      const Statements owner = owner_of_table(*made->second.sequence, options_.role);
      step.statements.insert(step.statements.begin(), owner.begin(), owner.end());
    }
    // In place of another, it has the version that is asked for and not the newest.
    if (const auto made = after_.find(key); unmade_.contains(key) && made != after_.end() &&
                                            made->second.object.kind == Kind::extension)
      for (const auto& each : to_.extensions)
        if (quote_identifier(each.name) == made->second.object.name)
          step.statements.front() += " VERSION " + quote_literal(each.version);
    for (const std::string& object : step.makes) {
      const auto made = after_.find(object);
      if (made == after_.end()) continue;
      std::vector<const Part*> parts = {&made->second};
      if (is_table(made->second))
        for (const Column& column : made->second.relation->columns)
          if (column.identity_sequence)
            parts.push_back(&after_.at(to_string(object_of(*made->second.relation, column))));
      for (const Part* part : parts) wait_for_name(step.needs, part->name);
      if (const Part& part = made->second;
          (part.index != nullptr && is_twin(*part.relation, *part.index)) ||
          (part.constraint != nullptr && is_twin(*part.relation, *part.constraint)))
        step.needs.push_back("attached " + to_string(object_of(*part.relation)));
      if (made->second.routine != nullptr)
        for (const std::string& other : unmade_)
          if (const auto* its = before_.at(other).routine;
              its != nullptr && other != object && may_be_confused(*its, *made->second.routine))
            step.needs.push_back(gone(other));
      if (made->second.other != nullptr)
        for (const std::string& other : unmade_)
          if (const OtherObject* its = before_.at(other).other;
              its != nullptr && other != object && may_be_confused(*its, *made->second.other))
            step.needs.push_back(gone(other));
      if (made->second.object.kind == Kind::publication)
        for (const auto& [table, value] : made->second.other->properties)
          step.needs.push_back("persistence " + table);
      if (made->second.trigger != nullptr || made->second.rule != nullptr)
        for (const Move& move : moves_)
          for (const Relation* each : {move.source, move.target})
            if (each->object_name() == made->second.relation->object_name())
              step.needs.push_back("moved " + to_string(object_of(*move.source)) + " to " +
                                   to_string(object_of(*move.target)));
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::foreign_key) {
        step.needs.push_back("persistence " + to_string(object_of(*made->second.relation)));
        if (const Relation* other = to_.relation(made->second.constraint->references_schema,
                                                 made->second.constraint->references_table))
          step.needs.push_back("persistence " + to_string(object_of(*other)));
      }
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::check &&
          !made_.contains(to_string(object_of(*made->second.relation))))
        wait_for_heirs(step.needs, *made->second.relation, *made->second.constraint);
      // In place of its whole's: with that still there, it would be one more, and the way back
      // would have to make both.
      if (made->second.constraint != nullptr && !made->second.constraint->inherited &&
          made->second.constraint->type == ConstraintType::foreign_key)
        if (const Relation* was = from_.relation(made->second.relation->object_name()))
          for (const Constraint& each : was->constraints)
            if (const std::string its = to_string(object_of(*was, each));
                each.inherited && each.definition == made->second.constraint->definition &&
                goes(its))
              step.needs.push_back(gone(its));
      // What it refers to may be in another partition than it will be.
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::foreign_key)
        for (const Move& move : moves_)
          for (const Relation* each : {move.source, move.target})
            step.needs.push_back("attached " + to_string(object_of(*each)));
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::foreign_key &&
          made->second.constraint->validated &&
          is_kept(to_string(object_of(*made->second.relation)))) {
        Statements rows = rows_to_refer_to(*made->second.relation, *made->second.constraint,
                                           ReferTo::those_that_rows_name);
        std::ranges::move(step.statements, std::back_inserter(rows));
        step.statements = std::move(rows);
      }
      // Nor are they there before their partitions are.
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::foreign_key)
        if (const Relation* parent = to_.relation(made->second.constraint->references_schema,
                                                  made->second.constraint->references_table))
          wait_for_partitions(step.needs, *parent, *made->second.relation);
      // A foreign key would hold on to a key that is to go.
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::foreign_key)
        if (const Relation* parent = from_.relation(made->second.constraint->references_schema,
                                                    made->second.constraint->references_table)) {
          for (const Constraint& each : parent->constraints)
            if (const std::string its = to_string(object_of(*parent, each));
                can_reference(each.type) && unmade_.contains(its))
              step.needs.push_back(gone(its));
          for (const Index& each : parent->indexes)
            if (const std::string its = to_string(object_of(*parent, each));
                each.unique && unmade_.contains(its))
              step.needs.push_back(gone(its));
        }
      // A table has one primary key.
      if (made->second.constraint != nullptr &&
          made->second.constraint->type == ConstraintType::primary_key)
        if (const auto table = before_.find(to_string(object_of(*made->second.relation)));
            table != before_.end())
          if (const Constraint* old_key = table->second.relation->primary_key())
            step.needs.push_back(gone(to_string(object_of(*table->second.relation, *old_key))));
    }
    steps_.push_back(std::move(step));
  }
  std::vector<Step> after;
  for (Step& step : makings.after)
    if (made_.contains(step.of)) after.push_back(std::move(step));
  add_late(std::move(after));
}

void Transitioning::wait_for_partitions(Statements& needs, const Relation& whole,
                                        const Relation& but) const {
  if (&whole == &but) return;  // a reference to itself is there before its partitions are
  for (const Relation* each : to_lookup_.children(whole)) {
    if (!each->is_partition()) continue;
    needs.push_back("attached " + to_string(object_of(*each)));
    wait_for_partitions(needs, *each, but);
  }
}

void Transitioning::wait_for_name(Statements& needs, const std::string& name) const {
  if (const auto found = taken_.find(name); !name.empty() && found != taken_.end())
    needs.push_back(found->second);
}

void Transitioning::add_late(std::vector<Step> after) {
  std::ranges::move(after, std::back_inserter(late_));
}

Step& Transitioning::alter(Rank rank, const std::string& key, Statements statements) {
  Step& step = steps_.emplace_back();
  step.act = Step::Act::alter;
  step.priority = rank;
  step.name = key;
  step.of = key;
  step.statements = std::move(statements);
  return step;
}

void Transitioning::comment(const std::string& key, const std::string& words,
                            const std::string& before, const std::string& after) {
  if (before == after) return;
  Step& step = late_.emplace_back();
  step.act = Step::Act::alter;
  step.of = key;
  step.statements = {"COMMENT ON " + words + " IS " +
                     (after.empty() ? "NULL" : quote_literal(after))};
}

void Transitioning::owner(const std::string& key, const std::string& words,
                          const std::string& before, const std::string& after) {
  if (before == after || after.empty()) return;
  Step& step = late_.emplace_back();
  step.act = Step::Act::alter;
  step.of = key;
  step.statements = {"ALTER " + words + " OWNER TO " + quote_identifier(after)};
}

void Transitioning::privileges(const std::string& key, const std::string& words, char kind,
                               const std::string& owner_before, const std::string& owner_after,
                               const catalog::Acl& before, const catalog::Acl& after,
                               const std::string& column) {
  // With the owner changes what the owner has and has granted.
  catalog::Acl old_list = before;
  if (owner_before != owner_after) catalog::replace_role(old_list, owner_before, owner_after);
  Statements sql =
      privilege_changes(words, kind, owner_after, old_list, after, options_.version, column);
  if (sql.empty()) return;
  Step& step = late_.emplace_back();
  step.act = Step::Act::alter;
  step.of = key;
  step.priority = 1;
  step.statements = std::move(sql);
}

Transition Transitioning::run() {
  compare_all();
  cut_circles();
  loosen_domains();
  note_taken_names();
  add_moves();

  const auto both = [&](const auto& old_list, const auto& new_list, auto key, auto change) {
    for (const auto& each : new_list) {
      const std::string its_key = key(each);
      if (goes(its_key) || !before_.contains(its_key)) continue;
      const auto same =
          std::ranges::find_if(old_list, [&](const auto& other) { return key(other) == its_key; });
      if (same != old_list.end()) change(*same, each);
    }
  };
  both(
      from_.schemas, to_.schemas,
      [](const auto& each) { return "schema " + quote_identifier(each.name); },
      [&](const auto& a, const auto& b) { alter_schema(a, b); });
  both(
      from_.extensions, to_.extensions,
      [](const auto& each) { return "extension " + quote_identifier(each.name); },
      [&](const auto& a, const auto& b) { alter_extension(a, b); });
  for (const auto& [key, part] : after_) {
    const auto old_one = before_.find(key);
    if (old_one == before_.end() || goes(key) || part.is_part()) continue;
    const Part& was = old_one->second;
    if (part.type != nullptr)
      alter_type(*was.type, *part.type);
    else if (part.sequence != nullptr)
      alter_sequence(*was.sequence, *part.sequence);
    else if (part.routine != nullptr)
      alter_routine(*was.routine, *part.routine);
    else if (part.other != nullptr)
      alter_other(*was.other, *part.other);
    else if (part.relation != nullptr)
      alter_relation(*was.relation, *part.relation);
  }
  // A partition of a table that is there already, which has its indexes.
  for (const Relation& table : to_.relations) {
    if (!table.is_partition() || !made_.contains(to_string(object_of(table)))) continue;
    for (const catalog::ObjectName& name : table.parents) {
      const Relation* parent = to_.relation(name);
      if (parent == nullptr || made_.contains(to_string(object_of(*parent)))) continue;
      apart_.insert(table.object_name());
      attach(table, *parent);
    }
  }
  for (const std::string& key : unmade_) add_unmaking(key);
  add_makings();

  transition_.steps = in_order(std::move(steps_));
  std::erase_if(transition_.steps, [](const Step& step) { return step.statements.empty(); });
  // Owners before grants, which are theirs to make.
  std::ranges::stable_sort(late_, {}, &Step::priority);
  // New event triggers would fire at all that comes after them.
  const bool drops = std::ranges::any_of(
      transition_.steps, [](const Step& step) { return step.priority >= not_wanted; });
  const auto watchers = std::ranges::stable_partition(
      late_, [&](const Step& step) { return !drops || !step.of.starts_with("event trigger "); });
  for (Step& step : watchers) {
    step.priority = not_wanted;
    transition_.steps.push_back(std::move(step));
  }
  late_.erase(watchers.begin(), watchers.end());
  // What is dropped at last is dropped by whoever comes to that: all else is done before.
  const auto last = std::find_if(transition_.steps.rbegin(), transition_.steps.rend(),
                                 [](const Step& step) { return step.priority < not_wanted; });
  transition_.steps.insert(last.base(), std::make_move_iterator(late_.begin()),
                           std::make_move_iterator(late_.end()));
  std::ranges::sort(transition_.losses, {},
                    [](const Loss& loss) { return to_string(loss.object); });
  return std::move(transition_);
}

}  // namespace transitioning

Transition transition(const catalog::Catalog& from, const catalog::Catalog& to,
                      const TransitionOptions& options) {
  return transitioning::Transitioning(from, to, options).run();
}

}  // namespace architrave::postgres

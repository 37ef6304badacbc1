// What of a catalog is kept, what goes and what comes.
#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

namespace {

bool same_columns(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::is_permutation(a, b);
}

}  // namespace

Transitioning::Transitioning(const Catalog& from, const Catalog& to,
                             const TransitionOptions& options)
    : from_(from),
      to_(to),
      options_(options),
      from_lookup_(from),
      to_lookup_(to),
      before_(parts_of(from)),
      after_(parts_of(to)),
      taken_names_(chosen_not_null_names(from)) {
  for (const catalog::Dependency& edge : from.dependencies)
    users_[to_string(edge.needs)].push_back(to_string(edge.object));
  for (const OtherObject& other : from.others) {
    if (other.kind == Kind::publication)
      for (const Relation& table : from.relations)
        if (std::ranges::any_of(other.definition, [&](const std::string& sql) {
              return sql.find(' ' + qualified(table.schema, table.name) + " WHERE") !=
                         std::string::npos ||
                     sql.find(' ' + qualified(table.schema, table.name) + " (") !=
                         std::string::npos;
            }))
          users_[to_string(object_of(table))].push_back(to_string(Object{other.kind, other.name}));
    if (other.kind == Kind::statistics && other.properties.contains("table"))
      if (const Relation* table =
              from.relation(other.properties.at("schema"), other.properties.at("table")))
        users_[to_string(object_of(*table))].push_back(
            to_string(Object{other.kind, quote_identifier(other.schema) + '.' + other.name}));
  }
  for (const catalog::Dependency& edge : to.dependencies)
    needs_[to_string(edge.object)].push_back(to_string(edge.needs));
  for (const catalog::Dependency& edge : from.dependencies)
    old_needs_[to_string(edge.object)].push_back(to_string(edge.needs));
}

const std::vector<std::string>& Transitioning::needs(const std::string& key) const {
  static const Statements nothing;
  const auto found = needs_.find(key);
  return found == needs_.end() ? nothing : found->second;
}

bool Transitioning::goes(const std::string& key) const {
  if (unmade_.contains(key)) return true;
  const auto found = before_.find(key);
  return found != before_.end() && found->second.is_part() &&
         unmade_.contains(to_string(object_of(*found->second.relation)));
}

std::string Transitioning::gone(const std::string& key) const {
  if (const auto with = gone_with_.find(key); with != gone_with_.end())
    return "gone " + with->second;
  const auto found = before_.find(key);
  if (found != before_.end() && found->second.is_part() && !cut_.contains(key)) {
    const std::string whole = to_string(object_of(*found->second.relation));
    if (unmade_.contains(whole)) return "gone " + whole;
  }
  return (unmade_.contains(key) ? "gone " : "released ") + key;
}

void Transitioning::make(const std::string& key) {
  const auto found = after_.find(key);
  if (found == after_.end() || !made_.insert(key).second) return;
  const Relation* relation = found->second.relation;
  if (relation == nullptr) return;
  const auto part = [&](const Object& object) { made_.insert(to_string(object)); };
  if (found->second.constraint != nullptr) {
    // With the index of its name.
    if (!found->second.constraint->index.empty())
      part({Kind::index, qualified(relation->schema, found->second.constraint->index)});
    return;
  }
  if (found->second.is_part()) return;
  for (const auto& each : relation->columns) part(object_of(*relation, each));
  for (const auto& each : relation->constraints) part(object_of(*relation, each));
  for (const auto& each : relation->indexes) part(object_of(*relation, each));
  for (const auto& each : relation->triggers) part(object_of(*relation, each));
  for (const auto& each : relation->policies) part(object_of(*relation, each));
  for (const auto& each : relation->rules)
    part({Kind::rule, found->second.object.name + '.' + quote_identifier(each.name)});
}

void Transitioning::unmake_foreign_keys(const Relation& parent,
                                        const std::vector<std::string>& columns) {
  for (const auto& each : from_lookup_.referencing(parent))
    if (columns.empty() || same_columns(each.constraint->references_columns, columns))
      unmake(to_string(object_of(*each.child, *each.constraint)));
}

void Transitioning::unmake_inherited(const Relation& parent, const Part& part) {
  const auto has_from_another = [&](const Relation& child, const Column& column) {
    return std::ranges::any_of(child.parents, [&](const catalog::ObjectName& name) {
      const Relation* other = to_.relation(name);
      return name != parent.object_name() && other != nullptr &&
             other->column(column.name) != nullptr;
    });
  };
  for (const Relation* child : from_lookup_.children(parent)) {
    if (part.index != nullptr) {
      for (const Index& index : child->indexes)
        if (is_part(index, *part.index)) {
          unmake(to_string(object_of(*child, index)));
          if (!index.constraint.empty() && !stands_for_parents(*child, index))
            unmake(to_string(Object{Kind::constraint, qualified(child->schema, child->name) + '.' +
                                                          quote_identifier(index.constraint)}));
        }
    } else if (part.constraint != nullptr) {
      for (const Constraint& constraint : child->constraints)
        if (constraint.inherited && constraint.type == part.constraint->type &&
            constraint.columns == part.constraint->columns &&
            (constraint.type != ConstraintType::check || constraint.name == part.constraint->name))
          unmake(to_string(object_of(*child, constraint)));
    } else if (part.trigger != nullptr) {
      for (const auto& trigger : child->triggers)
        if (trigger.inherited && trigger.name == part.trigger->name)
          unmake(to_string(object_of(*child, trigger)));
    } else if (part.column != nullptr) {
      for (const Column& column : child->columns)
        if (const auto now = after_.find(to_string(object_of(*child, column)));
            column.inherited && column.name == part.column->name &&
            (now == after_.end() ||
             (now->second.column->inherited && !has_from_another(*now->second.relation, column))))
          unmake(to_string(object_of(*child, column)));
    }
  }
}

std::vector<catalog::Lookup::ForeignKey> Transitioning::constraints_below(
    const Relation& parent, const Index& index) const {
  std::vector<catalog::Lookup::ForeignKey> found;
  for (const Relation* child : from_lookup_.children(parent)) {
    if (is_reattached(*child)) continue;
    for (const Index& its : child->indexes) {
      if (!is_part(its, index)) continue;
      for (const Constraint& each : child->constraints)
        if (!each.inherited && each.index == its.name) found.push_back({child, &each});
      std::ranges::copy(constraints_below(*child, its), std::back_inserter(found));
    }
  }
  return found;
}

bool Transitioning::leaves(const Relation& heir, const catalog::ObjectName& parent) const {
  const Relation* now = to_.relation(heir.object_name());
  return now != nullptr && !heir.is_partition() && !goes(to_string(object_of(heir))) &&
         std::ranges::find(now->parents, parent) == now->parents.end();
}

bool Transitioning::leaves_all_that_have(const Relation& heir, const Constraint& check) const {
  return check.type == ConstraintType::check &&
         std::ranges::all_of(heir.parents, [&](const catalog::ObjectName& name) {
           const Relation* parent = from_.relation(name);
           return leaves(heir, name) || parent == nullptr ||
                  std::ranges::find(parent->constraints, check.name, &Constraint::name) ==
                      parent->constraints.end();
         });
}

void Transitioning::unmake_above(const Relation& child, const Part& part) {
  if (is_reattached(child)) return;
  for (const catalog::ObjectName& name : child.parents) {
    const Relation* parent = from_.relation(name);
    if (parent == nullptr || leaves(child, name)) continue;
    if (part.constraint != nullptr && part.constraint->inherited) {
      for (const Constraint& each : parent->constraints)
        if (each.type == part.constraint->type && each.columns == part.constraint->columns &&
            (each.type != ConstraintType::check || each.name == part.constraint->name))
          unmake(to_string(object_of(*parent, each)));
    } else if (part.index != nullptr && part.index->inherited &&
               !stands_for_parents(child, *part.index)) {
      for (const Index& each : parent->indexes)
        if (each.constraint.empty() && is_part(*part.index, each))
          unmake(to_string(object_of(*parent, each)));
    }
  }
}

void Transitioning::unmake_parts_with(const Relation& relation, const Column& column) {
  const auto parts = [&](const auto& list) {
    for (const auto& each : list) {
      const std::string key = to_string(object_of(relation, each));
      if (mentions(before_.at(key), column)) unmake(key);
    }
  };
  parts(relation.constraints);
  parts(relation.indexes);
  parts(relation.triggers);
  parts(relation.policies);
  for (const Column& other : relation.columns)
    if (&other != &column) {
      const std::string key = to_string(object_of(relation, other));
      if (mentions(before_.at(key), column)) unmake(key);
    }
  const std::string whole = to_string(object_of(relation));
  const std::string own = to_string(object_of(relation, column));
  for (const std::string& used : {whole, own}) {
    const auto users = users_.find(used);
    if (users == users_.end()) continue;
    for (const std::string& user : Statements(users->second)) {
      const auto part = before_.find(user);
      if (part == before_.end() || part->second.column != nullptr) continue;
      if (part->second.sequence != nullptr) continue;
      if (is_table(part->second)) continue;  // its columns are of this row type
      if (mentions(part->second, column)) unmake(user);
    }
  }
}

void Transitioning::unmake(const std::string& key) {
  const auto found = before_.find(key);
  if (found == before_.end() || goes(key)) return;
  unmade_.insert(key);
  const Part& part = found->second;
  if (after_.contains(key)) make(key);

  if (const auto users = users_.find(key); users != users_.end()) {
    for (const std::string& user : users->second) {
      const auto its = before_.find(user);
      if (its == before_.end()) continue;
      if (its->second.column != nullptr) {
        // Its default, which is set again; what is generated is computed again.
        if (!its->second.column->generated.empty()) unmake(user);
      } else if (its->second.type != nullptr && part.routine != nullptr &&
                 its->second.type->kind == catalog::TypeKind::domain && is_kept(user)) {
        loosened_.insert(user);  // its checks, which are added again
      } else if (!is_table(its->second) ||
                 its->second.relation->kind == RelationKind::foreign_table) {
        unmake(user);
      }
    }
  }
  if (part.relation == nullptr) return;
  const Relation& relation = *part.relation;
  if (!part.is_part()) {
    unmake_foreign_keys(relation, {});
    for (const auto& each : relation.constraints) {
      const auto users = users_.find(to_string(object_of(relation, each)));
      if (users == users_.end()) continue;
      for (const std::string& user : Statements(users->second)) unmake(user);
    }
    return;
  }
  unmake_inherited(relation, part);
  unmake_above(relation, part);
  if (part.constraint != nullptr && can_reference(part.constraint->type)) {
    unmake_foreign_keys(relation, part.constraint->columns);
    unmake(to_string(Object{Kind::index, qualified(relation.schema, part.constraint->index)}));
  } else if (part.index != nullptr && part.index->unique) {
    unmake_foreign_keys(relation, key_columns(*part.index));
  } else if (part.column != nullptr) {
    unmake_parts_with(relation, *part.column);
    for (const auto& each : from_lookup_.referencing(relation))
      if (std::ranges::find(each.constraint->references_columns, part.column->name) !=
          each.constraint->references_columns.end())
        unmake(to_string(object_of(*each.child, *each.constraint)));
  }
}

// ---- what is kept, what goes, what comes

void Transitioning::compare_all() {
  for (const auto& [key, part] : before_)
    if (!after_.contains(key) && !part.is_part()) unmake(key);
  for (const auto& [key, part] : after_)
    if (!before_.contains(key) && !part.is_part()) make(key);
  for (const auto& [key, part] : before_) {
    const auto other = after_.find(key);
    if (other == after_.end() || part.is_part()) continue;
    const Part& now = other->second;
    bool replace = false;
    if (part.type != nullptr)
      replace = must_replace(*part.type, *now.type);
    else if (part.routine != nullptr)
      replace = must_replace(*part.routine, *now.routine);
    else if (part.other != nullptr)
      replace = must_replace(*part.other, *now.other);
    else if (part.relation != nullptr)
      replace = must_replace(*part.relation, *now.relation);
    if (replace) unmake(key);
  }
  for (const auto& [key, part] : before_) {
    if (part.relation == nullptr || part.is_part()) continue;
    const auto other = after_.find(key);
    if (other != after_.end() && !goes(key)) compare(*part.relation, *other->second.relation);
  }
  for (const std::string& key : options_.remake)
    if (const auto found = before_.find(key); found != before_.end() && !is_table(found->second))
      unmake(key);
  for (const auto& [key, part] : before_)
    if (const auto now = after_.find(key);
        now != after_.end() && would_be_adopted(part) && !now->second.constraint->inherited)
      unmake(key);  // and made again behind its whole's
  plan_moves();
}

void Transitioning::compare(const Relation& before, const Relation& after) {
  const auto lists = [&](const auto& old_list, const auto& new_list, auto key, auto replace) {
    for (const auto& each : old_list) {
      const std::string its_key = key(before, each);
      const auto same = std::ranges::find_if(
          new_list, [&](const auto& other) { return other.name == each.name; });
      if (same == new_list.end() || replace(each, *same)) unmake(its_key);
    }
    for (const auto& each : new_list)
      if (std::ranges::none_of(old_list,
                               [&](const auto& other) { return other.name == each.name; }))
        make(key(after, each));
  };
  const auto plain_key = [](const Relation& relation, const auto& each) {
    return to_string(object_of(relation, each));
  };
  const auto differs = [](const auto& a, const auto& b) {
    auto x = a;
    x.comment = b.comment;
    return !catalog::equal(x, b);
  };
  if (before.is_table() || before.kind == RelationKind::materialized_view) {
    lists(before.columns, after.columns, plain_key, [&](const Column& a, const Column& b) {
      // Only a new one is its parent's alone; that of a partition becomes so when attached.
      return must_replace(a, b) || (!a.inherited && b.inherited && !after.is_partition() &&
                                    before.parents == after.parents);
    });
    for (const Column& column : before.columns) {
      const Column* now = after.column(column.name);
      if (now == nullptr || must_replace(column, *now) || !changes_type(column, *now)) continue;
      // Plain indexes and keys follow by themselves; what has an expression may not.
      for (const Constraint& each : before.constraints) {
        const std::string key = to_string(object_of(before, each));
        if (!can_reference(each.type) && mentions(before_.at(key), column)) unmake(key);
      }
      for (const Index& each : before.indexes) {
        const std::string key = to_string(object_of(before, each));
        const bool plain = each.predicate.empty() &&
                           std::ranges::all_of(each.keys, [&](const catalog::IndexKey& index_key) {
                             return index_key.expression.empty() && index_key.opclass.empty();
                           });
        if (!(plain && each.method == "btree") && mentions(before_.at(key), column))
          unmake(
              each.constraint.empty()
                  ? key
                  : to_string(Object{Kind::constraint, qualified(before.schema, before.name) + '.' +
                                                           quote_identifier(each.constraint)}));
      }
      for (const auto& each : before.triggers)
        if (const std::string key = plain_key(before, each); mentions(before_.at(key), column))
          unmake(key);
      for (const auto& each : before.policies)
        if (const std::string key = plain_key(before, each); mentions(before_.at(key), column))
          unmake(key);
      for (const Column& other : before.columns)
        if (&other != &column && mentions(before_.at(plain_key(before, other)), column))
          unmake(plain_key(before, other));
      for (const std::string& used :
           {to_string(object_of(before)), to_string(object_of(before, column))}) {
        const auto users = users_.find(used);
        if (users == users_.end()) continue;
        for (const std::string& user : Statements(users->second)) {
          const auto part = before_.find(user);
          if (part == before_.end() || part->second.column != nullptr || is_table(part->second) ||
              part->second.sequence != nullptr ||
              (part->second.other != nullptr && part->second.object.kind == Kind::statistics))
            continue;
          if (mentions(part->second, column)) unmake(user);
        }
      }
      for (const auto& each : from_lookup_.referencing(before))
        if (std::ranges::find(each.constraint->references_columns, column.name) !=
            each.constraint->references_columns.end())
          unmake(to_string(object_of(*each.child, *each.constraint)));
    }
  }
  // No statement takes a partition's index, key or foreign key from its parent's.
  const auto leaves_parent = [&](bool was_inherited, bool is_inherited) {
    return was_inherited && !is_inherited && before.is_partition() && !is_reattached(before);
  };
  lists(before.constraints, after.constraints, plain_key,
        [&](const Constraint& a, const Constraint& b) {
          return must_replace(a, b) ||
                 (a.type != ConstraintType::check && leaves_parent(a.inherited, b.inherited)) ||
                 (b.inherited && is_made_with_whole(after, b) &&
                  (!a.inherited || is_reattached(before))) ||
                 // Only one that comes when the parent gets it is the parent's alone.
                 (a.type == ConstraintType::check && !a.inherited && b.inherited &&
                  before.parents != after.parents && !after.is_partition()) ||
                 (before.parents != after.parents && is_twin(after, b));
        });
  const auto is_own = [](const Index& index) { return index.constraint.empty(); };
  std::vector<Index> old_indexes;
  std::vector<Index> new_indexes;
  std::ranges::copy_if(before.indexes, std::back_inserter(old_indexes), is_own);
  std::ranges::copy_if(after.indexes, std::back_inserter(new_indexes), is_own);
  lists(old_indexes, new_indexes, plain_key, [&](const Index& a, const Index& b) {
    return must_replace(a, b) || leaves_parent(a.inherited, b.inherited) ||
           (before.parents != after.parents && is_twin(after, b));
  });
  lists(before.triggers, after.triggers, plain_key,
        [&](const catalog::Trigger& a, const catalog::Trigger& b) {
          auto x = a;
          x.enabled = b.enabled;
          x.inherited = b.inherited;
          return differs(x, b);
        });
  lists(before.policies, after.policies, plain_key, differs);
  lists(
      before.rules, after.rules,
      [](const Relation& relation, const catalog::RewriteRule& rule) {
        return to_string(Object{Kind::rule, qualified(relation.schema, relation.name) + '.' +
                                                quote_identifier(rule.name)});
      },
      differs);
}

bool Transitioning::holds_up_its_heirs(const Part& part) const {
  return part.column != nullptr && part.column->identity_sequence &&
         unmade_.contains(to_string(object_of(*part.relation))) &&
         std::ranges::any_of(from_lookup_.children(*part.relation),
                             [&](const Relation* heir) {
                               return !heir->is_partition() && !goes(to_string(object_of(*heir)));
                             }) &&
         std::ranges::any_of(made_, [&](const std::string& key) {
           const Part& made = after_.at(key);
           return made.column != nullptr && made.name == part.name;
         });
}

std::string Transitioning::free_name(const std::string& schema, const std::string& name,
                                     const std::string& tail) const {
  const auto is_used = [&](const std::string& it) {
    const auto has = [&](const auto& each) { return each.second.name == it; };
    return std::ranges::any_of(before_, has) || std::ranges::any_of(after_, has);
  };
  std::string free = derived_name(name, tail);
  for (int i = 2; is_used("name " + qualified(schema, free)); ++i)
    free = derived_name(name, tail + std::to_string(i));
  return free;
}

void Transitioning::note_taken_names() {
  for (const auto& [key, part] : before_) {
    if (part.name.empty()) continue;
    if (goes(key) && holds_up_its_heirs(part)) {
      const catalog::Sequence& sequence = *part.column->identity_sequence;
      const std::string aside = free_name(sequence.schema, sequence.name, "__dropped");
      alter(to_make_room, key,
            {"ALTER SEQUENCE " + qualified(sequence.schema, sequence.name) + " RENAME TO " +
             quote_identifier(aside)})
          .makes = {"free " + part.name};
      taken_.emplace(part.name, "free " + part.name);
    } else if (goes(key)) {
      taken_.emplace(part.name, gone(key));
    } else if (part.column != nullptr && part.column->identity_sequence) {
      const auto now = after_.find(key);
      if (now != after_.end() && now->second.name != part.name)
        taken_.emplace(part.name, "altered " + key);
    }
  }
}

const Relation* Transitioning::whole_that_goes(const Relation& table) const {
  if (table.is_partition())
    if (const Relation* parent = from_.relation(table.parents.front());
        parent != nullptr && unmade_.contains(to_string(object_of(*parent))))
      return whole_that_goes(*parent);
  return &table;
}

void Transitioning::loosen_domains() {
  const auto in_the_way = [&](const Part& routine) {
    return goes(to_string(routine.object)) &&
           std::ranges::any_of(made_, [&](const std::string& key) {
             const Part& made = after_.at(key);
             return made.routine != nullptr && (made.object == routine.object ||
                                                may_be_confused(*routine.routine, *made.routine));
           });
  };
  for (const std::string& key : unmade_) {
    const Part& part = before_.at(key);
    const auto needs = old_needs_.find(key);
    if (part.type == nullptr || part.type->kind != catalog::TypeKind::domain ||
        needs == old_needs_.end())
      continue;
    if (std::ranges::any_of(needs->second, [&](const std::string& need) {
          const auto its = before_.find(need);
          return its != before_.end() && its->second.routine != nullptr && in_the_way(its->second);
        }))
      loosened_.insert(key);
  }
}

void Transitioning::cut_circles() {
  // Which of the tables that go refer to which; a partition for its parent, since what refers to
  // that holds on to each of its partitions.
  std::map<const Relation*, std::vector<const catalog::Lookup::ForeignKey*>> references;
  const auto cut = [&](const catalog::Lookup::ForeignKey& each) {
    const std::string key = to_string(object_of(*each.child, *each.constraint));
    cut_.insert(key);
    unmade_.insert(key);
  };
  for (const auto& [key, part] : before_) {
    if (!is_table(part) || !unmade_.contains(key)) continue;
    for (const auto& each : from_lookup_.referencing(*part.relation)) {
      if (each.constraint->inherited || !unmade_.contains(to_string(object_of(*each.child))))
        continue;
      const Relation* child = whole_that_goes(*each.child);
      if (child != whole_that_goes(*part.relation))
        references[child].push_back(&each);
      else if (each.child != part.relation || !from_lookup_.children(*part.relation).empty())
        cut(each);
    }
  }
  enum class Mark { none, open, done };
  std::map<const Relation*, Mark> marks;
  const auto visit = [&](const auto& self, const Relation* table) -> void {
    marks[table] = Mark::open;
    for (const auto* each : references[table]) {
      const Relation* parent = whole_that_goes(
          *from_.relation(each->constraint->references_schema, each->constraint->references_table));
      if (marks[parent] == Mark::open)
        cut(*each);
      else if (marks[parent] == Mark::none)
        self(self, parent);
    }
    marks[table] = Mark::done;
  };
  for (const auto& [table, keys] : std::map(references))
    if (marks[table] == Mark::none) visit(visit, table);
  // A policy that asks a view of its own table, a check, an index or a default whose function reads
  // the table.
  for (const auto& [key, part] : before_) {
    if (!part.is_part()) continue;
    const Column* column = part.column;
    if (column != nullptr && (column->default_value.empty() || !column->generated.empty()))
      continue;
    if (part.index != nullptr && (!part.index->constraint.empty() || part.index->inherited))
      continue;
    const std::string table = to_string(object_of(*part.relation));
    const auto its_needs = old_needs_.find(key);
    if (!unmade_.contains(table) || its_needs == old_needs_.end()) continue;
    std::set<std::string> seen;
    if (std::ranges::none_of(its_needs->second, [&](const std::string& need) {
          return need != table && unmade_.contains(need) && needed(need, table, seen);
        }))
      continue;
    cut_.insert(key);
    if (column == nullptr)
      unmade_.insert(key);
    else
      alter(to_make_room, key,
            {"ALTER TABLE " + qualified(part.relation->schema, part.relation->name) +
             " ALTER COLUMN " + quote_identifier(column->name) + " DROP DEFAULT"})
          .makes = {gone(key)};
  }
  // A type and its own functions, its input or canonical one: neither goes before the other.
  for (const auto& [key, part] : before_) {
    if (part.type == nullptr || !unmade_.contains(key)) continue;
    const auto its_needs = old_needs_.find(key);
    if (its_needs == old_needs_.end()) continue;
    for (const std::string& need : its_needs->second) {
      const auto found = before_.find(need);
      std::set<std::string> seen;
      if (found != before_.end() && found->second.routine != nullptr && unmade_.contains(need) &&
          needed(need, key, seen))
        gone_with_.emplace(need, key);
    }
  }
}

bool Transitioning::needed(const std::string& by, const std::string& what,
                           std::set<std::string>& seen) const {
  if (by == what) return true;
  const auto found = old_needs_.find(by);
  if (found == old_needs_.end() || !seen.insert(by).second) return false;
  return std::ranges::any_of(found->second,
                             [&](const std::string& need) { return needed(need, what, seen); });
}

}  // namespace architrave::postgres::transitioning

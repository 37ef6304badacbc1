// What is altered in a table's columns.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

namespace {

// What a type is stored as unless told otherwise.
std::string_view usual_storage(const Column& column) {
  for (const std::string_view type : {"numeric", "inet", "cidr"})
    if (column.type_name == type) return "main";
  return "extended";
}

// What PostgreSQL 18 calls the constraint unless told otherwise, or what it was told.
std::string not_null_name(const Relation& table, const Column& column) {
  return column.not_null_constraint.empty() ? table.name + '_' + column.name + "_not_null"
                                            : column.not_null_constraint;
}

// Whether one of the parents passes its NOT NULL on.
bool gets_not_null(const Catalog& catalog, const Relation& table, const Column& column) {
  return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& each) {
    const Relation* parent = catalog.relation(each);
    const Column* above = parent == nullptr ? nullptr : parent->column(column.name);
    return above != nullptr && above->not_null && !above->not_null_no_inherit;
  });
}

// The same where it may be the parent's.
std::string inherited_not_null_name(const Catalog& catalog, const Relation& table,
                                    const Column& column) {
  if (!column.not_null_own_name.empty()) return column.not_null_own_name;
  for (const catalog::ObjectName& each : table.parents)
    if (const Relation* parent = catalog.relation(each))
      if (const Column* above = parent->column(column.name);
          above != nullptr && above->not_null && !above->not_null_no_inherit)
        return inherited_not_null_name(catalog, *parent, *above);
  return not_null_name(table, column);
}

// A new type may not hold the old bounds: those that are narrower come before it.
catalog::Sequence narrowed(const Column& before, const Column& after) {
  catalog::Sequence sequence = *before.identity_sequence;
  if (!changes_type(before, after)) return sequence;
  sequence.minimum = std::max(sequence.minimum, after.identity_sequence->minimum);
  sequence.maximum = std::min(sequence.maximum, after.identity_sequence->maximum);
  sequence.start = std::clamp(sequence.start, sequence.minimum, sequence.maximum);
  return sequence;
}

}  // namespace

void Transitioning::free_not_null_name(const Relation& before, const std::string& name,
                                       const std::string& own_key, Statements& needs) {
  if (options_.version < 180000) return;
  for (const Column& other : before.columns) {
    const std::string key = to_string(object_of(before, other));
    if (key == own_key || !other.not_null || not_null_name(before, other) != name) continue;
    if (goes(key)) {
      std::string aside = derived_name(name, "__dropped");
      for (int i = 2; std::ranges::any_of(before.columns,
                                          [&](const Column& column) {
                                            return column.not_null &&
                                                   not_null_name(before, column) == aside;
                                          });
           ++i)
        aside = derived_name(name, "__dropped" + std::to_string(i));
      alter(to_make_room, key,
            {"ALTER TABLE " + qualified(before.schema, before.name) + " RENAME CONSTRAINT " +
             quote_identifier(name) + " TO " + quote_identifier(aside)})
          .makes = {"not null name of " + key};
      needs.push_back("not null name of " + key);
    } else {
      needs.push_back("altered " + key);
    }
  }
}

bool Transitioning::is_validated_above(const Relation& before, const Relation& after,
                                       const Column& column) const {
  return std::ranges::any_of(after.parents, [&](const catalog::ObjectName& name) {
    const Relation* was = from_.relation(name);
    const Relation* is = to_.relation(name);
    const Column* old_one = was == nullptr ? nullptr : was->column(column.name);
    const Column* new_one = is == nullptr ? nullptr : is->column(column.name);
    return old_one != nullptr && new_one != nullptr && old_one->not_null && new_one->not_null &&
           !old_one->not_null_validated && new_one->not_null_validated &&
           std::ranges::find(before.parents, name) != before.parents.end();
  });
}

void Transitioning::wait_for_parents(const Relation& heir, const Column& column,
                                     Statements& needs) const {
  for (const catalog::ObjectName& name : heir.parents) {
    const Relation* parent = to_.relation(name);
    const Column* above = parent == nullptr ? nullptr : parent->column(column.name);
    if (above == nullptr) continue;
    needs.push_back("altered " + to_string(object_of(*parent, *above)));
    wait_for_parents(*parent, *above, needs);
  }
}

void Transitioning::alter_columns(const Relation& before, const Relation& after) {
  const std::string key = to_string(object_of(after));
  for (const Column& column : after.columns) {
    const Column* old_one = before.column(column.name);
    const std::string its_key = to_string(object_of(after, column));
    if (old_one != nullptr && !goes(its_key)) {
      alter_column(before, after, *old_one, column);
      alter_default(before, after, *old_one, column);
      continue;
    }
    if (column.inherited && gets_from_parent(before, after, column)) {
      wait_for_parents(after, column, altering_[key]);
      continue;
    }
    // With its type.
    if (!after.of_type.empty() && before.of_type == after.of_type) continue;
    const std::size_t at = steps_.size();
    Relation table = after;
    table.of_type.clear();  // as it becomes later
    const bool made_up = options_.made_up.contains(its_key);
    const bool counts = made_up && counts_through(after, column);
    const bool counted = (!column.identity.empty() || counts) && refuses_identity(before, after);
    const std::string fill = made_up && !counts ? fill_for_keys(after, column) : std::string();
    Column added = column;
    if (!fill.empty()) added.not_null = false;  // until it is filled
    Step& step = alter(altered_table, its_key,
                       counted ? add_counted(table, added)
                               : add_column(to_, table, added, options_.version, taken_names_));
    if (!fill.empty()) {
      std::ranges::move(row_to_refer_to(after, column), std::back_inserter(step.statements));
      step.statements.push_back(fill);
      const std::string alter_table = "ALTER TABLE " + qualified(after.schema, after.name) + ' ';
      const std::string usual = not_null_name(after, {.name = column.name});
      if (column.not_null)
        step.statements.push_back(alter_table + "ALTER COLUMN " + quote_identifier(column.name) +
                                  " SET NOT NULL");
      if (column.not_null && options_.version >= 180000 && not_null_name(after, column) != usual)
        step.statements.push_back(alter_table + "RENAME CONSTRAINT " + quote_identifier(usual) +
                                  " TO " + quote_identifier(not_null_name(after, column)));
    } else if (made_up && !counted) {
      make_up(step, after, column);
    }
    step.act = Step::Act::make;
    step.makes = {its_key, "altered " + its_key};
    step.needs = needs(its_key);
    std::ranges::copy(needs(key), std::back_inserter(step.needs));
    if (!fill.empty())
      std::ranges::move(needs_for_keys(after, column), std::back_inserter(step.needs));
    step.needs.push_back(gone(its_key));
    if (!column.generated.empty())
      for (const Column& other : after.columns)
        if (other.name != column.name && mentions(column.default_value, other))
          step.needs.push_back("altered " + to_string(object_of(after, other)));
    for (const Relation* child : to_lookup_.children(after))
      step.needs.push_back(
          gone(to_string(Object{Kind::column, qualified(child->schema, child->name) + '.' +
                                                  quote_identifier(column.name)})));
    wait_for_leaving(step.needs, before);
    if (column.identity_sequence)
      wait_for_name(step.needs, "name " + qualified(column.identity_sequence->schema,
                                                    column.identity_sequence->name));
    Statements names;
    if (column.not_null) free_not_null_name(before, not_null_name(after, column), its_key, names);
    std::ranges::move(names, std::back_inserter(steps_[at].needs));
    altering_[key].push_back("altered " + its_key);
    if (counted && !column.identity.empty()) alter_identity(after, {.name = column.name}, column);
  }
}

void Transitioning::alter_column(const Relation& before, const Relation& after, const Column& a,
                                 const Column& b) {
  const std::string table = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string its_key = to_string(object_of(after, b));
  const std::string only =
      "ALTER TABLE ONLY " + table + " ALTER COLUMN " + quote_identifier(b.name) + ' ';
  const std::string all =
      "ALTER TABLE " + table + " ALTER COLUMN " + quote_identifier(b.name) + ' ';
  const bool same_parents =
      before.parents == after.parents && before.partition_bound == after.partition_bound;
  // Its type is its parent's, whether it is declared here as well or not.
  const bool follows =
      same_parents && comes_from_parent(from_, before, a) && comes_from_parent(to_, after, b);
  if (const std::string attribute = lost_attribute(from_, a, to_, b);
      a.type == b.type && !a.inherited && a.generated.empty() && is_table(before_.at(key)) &&
      !attribute.empty())
    transition_.losses.push_back({object_of(after, b), "its attribute " + attribute});
  Statements sql;
  if (a.generated == "stored" && b.generated.empty()) sql.push_back(all + "DROP EXPRESSION");
  // A partition's is that of the whole.
  const bool is_of_whole = options_.version >= 170000 && before.is_partition() &&
                           after.is_partition() && before.parents == after.parents;
  if (!a.identity.empty() && b.identity.empty() && !is_of_whole)
    sql.push_back(all + "DROP IDENTITY");
  const bool retyped = changes_type(a, b) && b.generated.empty() && !follows;
  if (retyped && a.identity_sequence && b.identity_sequence)
    std::ranges::move(alter_bounds(*a.identity_sequence, narrowed(a, b)), std::back_inserter(sql));
  if (retyped) {
    const std::string column = quote_identifier(b.name);
    std::string statement = all + "TYPE " + b.type;
    if (!b.collation.empty()) statement += " COLLATE " + b.collation;
    ValueChange change(from_, to_);
    if (a.type != b.type && after.kind != RelationKind::foreign_table) {
      const bool by_text = options_.through_text.contains(its_key);
      statement += " USING " + (by_text ? column + "::text::" + b.type : change.of(column, a, b));
    }
    std::ranges::move(change.before, std::back_inserter(sql));
    sql.push_back(std::move(statement));
    std::ranges::move(change.after, std::back_inserter(sql));
  }
  // The server takes another name where a table that left has the usual one; and one that
  // partitions have by other names can't be renamed.
  const bool named_at_once = options_.version >= 180000 && b.not_null && !a.not_null &&
                             after.kind == RelationKind::partitioned_table;
  // Given by a parent's, which comes first.
  const bool gets = same_parents && b.inherited && b.not_null && gets_not_null(to_, after, b);
  // Of new rows alone from now on.
  const bool loosened = options_.version >= 180000 && b.not_null && !b.not_null_validated &&
                        (!a.not_null || a.not_null_validated) && !gets;
  if (loosened) {
    if (a.not_null) sql.push_back(all + "DROP NOT NULL");
    sql.push_back("ALTER TABLE " + table + " ADD CONSTRAINT " +
                  quote_identifier(not_null_name(after, b)) + " NOT NULL " +
                  quote_identifier(b.name) + " NOT VALID");
  } else if (a.not_null && b.not_null && !a.not_null_validated && b.not_null_validated) {
    if (!is_validated_above(before, after, b))
      sql.push_back("ALTER TABLE " + table + " VALIDATE CONSTRAINT " +
                    quote_identifier(inherited_not_null_name(from_, before, a)));
  } else if (a.not_null != b.not_null) {
    if (!gets) {
      if (b.not_null && options_.made_up.contains(its_key)) {
        const std::string value = made_up_value(b);
        if (std::string fill = fill_for_keys(after, b); !fill.empty())
          sql.push_back(std::move(fill));
        else if (!value.empty())
          sql.push_back(fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} IS NULL", table,
                                    quote_identifier(b.name), value));
      }
      sql.push_back(named_at_once ? "ALTER TABLE " + table + " ADD CONSTRAINT " +
                                        quote_identifier(not_null_name(after, b)) + " NOT NULL " +
                                        quote_identifier(b.name)
                                  : all + (b.not_null ? "SET NOT NULL" : "DROP NOT NULL"));
    }
  }
  const std::string old_name =
      a.not_null ? not_null_name(before, a) : not_null_name(after, {.name = b.name});
  const bool renamed = options_.version >= 180000 && b.not_null && !named_at_once && !loosened &&
                       !gets_not_null(to_, after, b) &&
                       !(a.not_null && gets_not_null(from_, before, a)) &&
                       old_name != not_null_name(after, b);
  if (renamed)
    sql.push_back("ALTER TABLE " + table + " RENAME CONSTRAINT " + quote_identifier(old_name) +
                  " TO " + quote_identifier(not_null_name(after, b)));
  if (!b.identity.empty() && !is_of_whole) alter_identity(after, a, b);
  if (a.storage != b.storage)
    sql.push_back(only + "SET STORAGE " +
                  (b.storage.empty() ? std::string(usual_storage(b)) : b.storage));
  if (a.compression != b.compression && options_.version >= 140000)
    sql.push_back(only + "SET COMPRESSION " + (b.compression.empty() ? "default" : b.compression));
  if (a.statistics_target != b.statistics_target)
    sql.push_back(only + "SET STATISTICS " + std::to_string(b.statistics_target.value_or(-1)));
  std::ranges::move(option_changes(std::string(trim(only)), a.options, b.options),
                    std::back_inserter(sql));
  if (const std::string changes = foreign_option_changes(a.foreign_options, b.foreign_options);
      !changes.empty())
    sql.push_back("ALTER FOREIGN TABLE " + table + " ALTER COLUMN " + quote_identifier(b.name) +
                  " OPTIONS (" + changes + ')');
  if (sql.empty()) return;
  Statements names;
  if (renamed) free_not_null_name(before, not_null_name(after, b), its_key, names);
  Step& step = alter(altered_table, its_key, std::move(sql));
  step.makes = {"altered " + its_key};
  step.needs = needs(key);
  std::ranges::move(names, std::back_inserter(step.needs));
  if (b.not_null && !a.not_null && options_.made_up.contains(its_key))
    std::ranges::move(needs_for_keys(after, b), std::back_inserter(step.needs));
  for (const catalog::ObjectName& each : after.parents)
    step.needs.push_back("altered " +
                         to_string(Object{Kind::column, qualified(each.schema, each.name) + '.' +
                                                            quote_identifier(b.name)}));
  if (retyped) {
    step.needs.push_back("released default " + its_key);
    // Values that go by way of their text are written as their type reads them.
    for (const std::string& other : unmade_)
      if (before_.at(other).object.kind == Kind::cast) step.needs.push_back(gone(other));
  }
  const bool computed =
      a.generated != b.generated || (!b.generated.empty() && a.default_value != b.default_value);
  const bool rewritten = changes_type(a, b) || computed;
  if (rewritten || (a.not_null && !b.not_null)) wait_for_users(before, a, rewritten, step.needs);
  if (a.not_null && !b.not_null)
    if (const Constraint* old_key = before.primary_key();
        old_key != nullptr && goes(to_string(object_of(before, *old_key))))
      step.needs.push_back(gone(to_string(object_of(before, *old_key))));
  if (retyped && !keeps_values(from_, a, to_, b))
    transition_.losses.push_back({object_of(after, b), lost_values(a, b)});
  altering_[key].push_back("altered " + its_key);
}

void Transitioning::wait_for_users(const Relation& before, const Column& column, bool views,
                                   Statements& needs) const {
  for (const auto& each : from_lookup_.referencing(before))
    if (const std::string its = to_string(object_of(*each.child, *each.constraint)); goes(its))
      needs.push_back(gone(its));
  const std::string key = to_string(object_of(before, column));
  const auto parts = [&](const auto& all_parts) {
    for (const auto& each : all_parts)
      if (const std::string its = to_string(object_of(before, each));
          its != key && goes(its) && mentions(before_.at(its), column))
        needs.push_back(gone(its));
  };
  parts(before.constraints);
  parts(before.indexes);
  parts(before.triggers);
  parts(before.policies);
  parts(before.columns);
  if (const auto users = users_.find(to_string(object_of(before))); views && users != users_.end())
    for (const std::string& user : users->second)
      if (unmade_.contains(user) && before_.at(user).column == nullptr &&
          !is_table(before_.at(user)))  // an heir, which follows
        needs.push_back(gone(user));
}

void Transitioning::alter_identity(const Relation& after, const Column& a, const Column& b) {
  const std::string table = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string its_key = to_string(object_of(after, b));
  const std::string alter_column =
      "ALTER TABLE " + table + " ALTER COLUMN " + quote_identifier(b.name) + ' ';
  const std::string kind = b.identity == "always" ? "ALWAYS" : "BY DEFAULT";
  if (a.identity.empty()) {
    const std::string options = identity_options(after, b);
    Statements sql = {alter_column + "ADD GENERATED " + kind + " AS IDENTITY" +
                      (options.empty() ? "" : " (" + options + ')')};
    if (b.identity_sequence) {
      // It goes on after the rows that are there.
      const catalog::Sequence& sequence = *b.identity_sequence;
      const std::string column = quote_identifier(b.name);
      if (sequence.increment > 0)
        sql.push_back("SELECT pg_catalog.setval(" +
                      quote_literal(qualified(sequence.schema, sequence.name)) + ", greatest(" +
                      std::to_string(sequence.start) + ", (SELECT max(" + column + ") FROM " +
                      table + ") + 1), false)");
    }
    Step& step = alter(altered_part, its_key, std::move(sql));
    step.makes = {"identity " + its_key};
    step.needs = {key, "released default " + its_key, "altered " + its_key};
    if (b.identity_sequence)
      wait_for_name(step.needs,
                    "name " + qualified(b.identity_sequence->schema, b.identity_sequence->name));
    return;
  }
  if (a.identity != b.identity)
    alter(altered_part, its_key, {alter_column + "SET GENERATED " + kind}).needs = {key};
  if (!a.identity_sequence || !b.identity_sequence) return;
  const catalog::Sequence was = narrowed(a, b);
  const catalog::Sequence& now = *b.identity_sequence;
  Statements sql;
  if (was.schema != now.schema)
    sql.push_back("ALTER SEQUENCE " + qualified(was.schema, was.name) + " SET SCHEMA " +
                  quote_identifier(now.schema));
  if (was.name != now.name)
    sql.push_back("ALTER SEQUENCE " + qualified(now.schema, was.name) + " RENAME TO " +
                  quote_identifier(now.name));
  std::ranges::move(alter_bounds(was, now), std::back_inserter(sql));
  if (was.unlogged != now.unlogged && options_.version >= 150000)
    sql.push_back("ALTER SEQUENCE " + qualified(now.schema, now.name) +
                  (now.unlogged ? " SET UNLOGGED" : " SET LOGGED"));
  if (sql.empty()) return;
  Step& step = alter(altered_part, its_key, std::move(sql));
  step.needs = {key};
  if (was.schema != now.schema || was.name != now.name)
    wait_for_name(step.needs, "name " + qualified(now.schema, now.name));
}

void Transitioning::alter_default(const Relation& before, const Relation& after, const Column& a,
                                  const Column& b) {
  if (!b.generated.empty() || before.kind == RelationKind::materialized_view) return;
  const std::string was = a.generated.empty() ? a.default_value : std::string();
  const std::string its_key = to_string(object_of(after, b));
  const std::string old_key = to_string(object_of(before, a));
  const bool retyped = changes_type(a, b);
  const auto old_needs = old_needs_.find(old_key);
  const bool loses_ground =
      old_needs != old_needs_.end() &&
      std::ranges::any_of(old_needs->second, [&](const std::string& need) { return goes(need); });
  const bool drop_first = !was.empty() && (retyped || loses_ground);
  if (was == b.default_value && !drop_first) return;
  const std::string alter_column = "ALTER TABLE ONLY " + qualified(after.schema, after.name) +
                                   " ALTER COLUMN " + quote_identifier(b.name) + ' ';
  const Statements released = {"released " + its_key, "released default " + its_key};
  if (drop_first || b.default_value.empty()) {
    Step& step = alter(to_make_room, its_key, {alter_column + "DROP DEFAULT"});
    step.makes = released;
    if (!drop_first) step.priority = altered_table;
  }
  if (b.default_value.empty()) return;
  Statements sql = {alter_column + "SET DEFAULT " + b.default_value};
  // A sequence that is new to rows that are there goes on after them.
  for (const catalog::Sequence& sequence : to_.sequences)
    if (sequence.owned_by_schema == after.schema && sequence.owned_by_table == after.name &&
        sequence.owned_by_column == b.name && sequence.increment > 0 &&
        made_.contains(to_string(object_of(sequence))) && b.default_value.starts_with("nextval("))
      sql.push_back("SELECT pg_catalog.setval(" +
                    quote_literal(qualified(sequence.schema, sequence.name)) + ", greatest(" +
                    std::to_string(sequence.start) + ", (SELECT max(" + quote_identifier(b.name) +
                    ") FROM " + qualified(after.schema, after.name) + ") + 1), false)");
  Step& step = alter(altered_part, its_key, std::move(sql));
  step.needs = needs(its_key);
  step.needs.push_back(to_string(object_of(after)));
  if (drop_first)
    step.needs.insert(step.needs.end(), released.begin(), released.end());
  else if (was.empty())
    step.makes = {"released " + its_key};  // there is no default that a new type could not take
  else
    step.makes = released;
}

void Transitioning::settle(const Relation& after) {
  const std::string key = to_string(object_of(after));
  if (after.is_view()) return;
  Statements gone_columns;
  if (const auto before = before_.find(key); before != before_.end())
    for (const Column& column : before->second.relation->columns)
      if (const std::string its = to_string(object_of(*before->second.relation, column));
          unmade_.contains(its))
        gone_columns.push_back("gone " + its);
  const auto altering = altering_.find(key);
  if (altering == altering_.end() && gone_columns.empty()) return;
  Step& step = alter(altered_table, key, {});
  step.makes = {key};
  if (altering != altering_.end()) step.needs = altering->second;
  // Nothing of it needs any more what the new one does not.
  Step& released = alter(altered_table, key, {});
  released.makes = {"released " + key};
  released.needs = std::move(gone_columns);
  released.needs.push_back(key);
}

}  // namespace architrave::postgres::transitioning

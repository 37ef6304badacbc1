// What is altered in tables and views.
#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

namespace {

std::string table_words(const Relation& relation) {
  return std::string(relation_words(relation.kind)) + ' ' +
         qualified(relation.schema, relation.name);
}

// SET (…) and RESET (…) that make one list of options the other, each after `head`.
Statements option_changes(const std::string& head, const catalog::Options& before,
                          const catalog::Options& after, std::string_view prefix = {}) {
  Statements sql;
  catalog::Options set;
  std::string reset;
  for (const auto& [name, value] : after)
    if (const auto old_one = before.find(name); old_one == before.end() || old_one->second != value)
      set.emplace(name, value);
  for (const auto& [name, value] : before)
    if (!after.contains(name))
      reset += (reset.empty() ? "" : ", ") + std::string(prefix) + quote_identifier(name);
  if (!set.empty()) sql.push_back(head + " SET (" + with_options(set, prefix) + ')');
  if (!reset.empty()) sql.push_back(head + " RESET (" + reset + ')');
  return sql;
}

// OPTIONS (ADD …, SET …, DROP …) of foreign tables and their columns.
std::string foreign_option_changes(const catalog::Options& before, const catalog::Options& after) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const auto& [name, value] : after) {
    const auto old_one = before.find(name);
    if (old_one == before.end())
      add("ADD " + quote_identifier(name) + ' ' + quote_literal(value));
    else if (old_one->second != value)
      add("SET " + quote_identifier(name) + ' ' + quote_literal(value));
  }
  for (const auto& [name, value] : before)
    if (!after.contains(name)) add("DROP " + quote_identifier(name));
  return text;
}

// A view's columns may only be added to, at the end.
bool extends(const Relation& before, const Relation& after) {
  if (before.columns.size() > after.columns.size()) return false;
  return std::equal(before.columns.begin(), before.columns.end(), after.columns.begin(),
                    [](const Column& a, const Column& b) {
                      return a.name == b.name && a.type == b.type && a.collation == b.collation;
                    });
}

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

bool changes_type(const Column& before, const Column& after) {
  return before.type != after.type || before.collation != after.collation;
}

bool must_replace(const Column& before, const Column& after) {
  if (before.generated.empty() && after.generated.empty()) return false;
  // Values that are kept as they were last computed.
  if (before.generated == "stored" && after.generated.empty()) return false;
  return before.generated != after.generated || before.default_value != after.default_value ||
         changes_type(before, after);
}

bool must_replace(const Relation& before, const Relation& after) {
  if (before.kind != after.kind) return true;
  switch (after.kind) {
    case RelationKind::view:
      return before.definition != after.definition && !extends(before, after);
    case RelationKind::materialized_view:
      return before.definition != after.definition ||
             !(extends(before, after) && extends(after, before));
    case RelationKind::foreign_table:
      return before.foreign_server != after.foreign_server;
    default:
      return before.partition_key != after.partition_key;
  }
}

bool must_replace(const Constraint& before, const Constraint& after) {
  if (before.validated && !after.validated) return true;
  Constraint x = before;
  x.comment = after.comment;
  x.inherited = after.inherited;
  x.validated = after.validated;
  x.definition = replace_all(x.definition, " NOT VALID", "");
  Constraint y = after;
  y.definition = replace_all(y.definition, " NOT VALID", "");
  return !catalog::equal(x, y);
}

bool must_replace(const Index& before, const Index& after) {
  // That of a partitioned table is valid when all its partitions have one.
  const bool of_partitioned = before.definition.find(" ON ONLY ") != std::string::npos;
  if (before.valid != after.valid && (after.valid != of_partitioned)) return true;
  Index x = before;
  x.comment = after.comment;
  x.inherited = after.inherited;
  x.options = after.options;
  x.tablespace = after.tablespace;
  x.clustered = after.clustered;
  x.valid = after.valid;
  x.definition = after.definition;
  if (x.keys.size() == after.keys.size())
    for (std::size_t i = 0; i < x.keys.size(); ++i)
      x.keys[i].statistics_target = after.keys[i].statistics_target;
  return !catalog::equal(x, after);
}

// Whether the column is added to the table when it is added to its parent, which it has already.
bool Transitioning::gets_from_parent(const Relation& before, const Relation& after,
                                     const Column& column) const {
  return !is_reattached(before) &&
         std::ranges::any_of(after.parents, [&](const catalog::ObjectName& name) {
           const Relation* parent = to_.relation(name);
           return parent != nullptr && parent->column(column.name) != nullptr &&
                  std::ranges::find(before.parents, name) != before.parents.end();
         });
}

bool Transitioning::comes_from_parent(const Catalog& catalog, const Relation& table,
                                      const Column& column) const {
  return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
    const Relation* parent = catalog.relation(name);
    return parent != nullptr && parent->column(column.name) != nullptr;
  });
}

void Transitioning::alter_relation(const Relation& before, const Relation& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string words = table_words(after);
  if (after.is_view()) {
    if (before.definition != after.definition) {
      Step& step = alter(altered_view, key, {create_view(after)});
      step.makes = {key, "released " + key};
      step.needs = needs(key);
      for (const Column& column : after.columns)
        std::ranges::copy(needs(to_string(object_of(after, column))),
                          std::back_inserter(step.needs));
    } else {
      Statements sql = option_changes("ALTER " + words, before.options, after.options);
      if (!sql.empty()) alter(altered_view, key, std::move(sql));
    }
    if (after.kind == RelationKind::view)
      for (const Column& column : after.columns) {
        const Column* old_one = before.column(column.name);
        const std::string was = old_one == nullptr ? "" : old_one->default_value;
        if (was == column.default_value) continue;
        Step& step =
            alter(altered_part, key,
                  {"ALTER VIEW " + name + " ALTER COLUMN " + quote_identifier(column.name) +
                   (column.default_value.empty() ? " DROP DEFAULT"
                                                 : " SET DEFAULT " + column.default_value)});
        step.needs = {key};
      }
  }
  if (after.is_table()) {
    alter_columns(before, after);
    alter_parents(before, after);
  }
  if (after.kind != RelationKind::view) alter_settings(before, after);
  alter_parts(before, after);
  settle(after);

  comment(key, words, before.comment, after.comment);
  owner(key, words, before.owner, after.owner);
  privileges(key, "TABLE " + name, 'r', before.owner, after.owner, before.acl, after.acl);
  for (const Column& column : after.columns) {
    const Column* old_one = before.column(column.name);
    const std::string part = to_string(object_of(after, column));
    if (old_one == nullptr || goes(part)) {
      // What a view gains is no part that is made by itself.
      if (after.is_table()) continue;
      comment(part, "COLUMN " + name + '.' + quote_identifier(column.name), {}, column.comment);
      continue;
    }
    comment(part, "COLUMN " + name + '.' + quote_identifier(column.name), old_one->comment,
            column.comment);
    privileges(part, "TABLE " + name, 'c', before.owner, after.owner, old_one->acl, column.acl,
               " (" + quote_identifier(column.name) + ')');
    if (column.identity_sequence) {
      const catalog::Sequence& sequence = *column.identity_sequence;
      const std::string its_name = qualified(sequence.schema, sequence.name);
      const bool had = old_one->identity_sequence.has_value();
      comment(part, "SEQUENCE " + its_name, had ? old_one->identity_sequence->comment : "",
              sequence.comment);
      privileges(part, "SEQUENCE " + its_name, 's', before.owner, after.owner,
                 had ? old_one->identity_sequence->acl : catalog::Acl(), sequence.acl);
    }
  }
}

// ---- columns

void Transitioning::free_not_null_name(const Relation& before, const std::string& name,
                                       const std::string& own_key, Statements& needs) {
  if (options_.version < 180000) return;
  for (const Column& other : before.columns) {
    const std::string key = to_string(object_of(before, other));
    if (key == own_key || !other.not_null || not_null_name(before, other) != name) continue;
    if (goes(key)) {
      std::string aside = name.substr(0, 50) + "__dropped";
      for (int i = 2; std::ranges::any_of(before.columns,
                                          [&](const Column& column) {
                                            return column.not_null &&
                                                   not_null_name(before, column) == aside;
                                          });
           ++i)
        aside = name.substr(0, 50) + "__dropped" + std::to_string(i);
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
    if (column.inherited && gets_from_parent(before, after, column)) continue;
    // With its type.
    if (!after.of_type.empty() && before.of_type == after.of_type) continue;
    const std::size_t at = steps_.size();
    Relation table = after;
    table.of_type.clear();  // as it becomes later
    const bool made_up = options_.made_up.contains(its_key);
    const bool counted = (!column.identity.empty() || (made_up && is_counted(column))) &&
                         refuses_identity(before, after);
    Step& step = alter(altered_table, its_key,
                       counted ? add_counted(table, column)
                               : add_column(to_, table, column, options_.version, taken_names_));
    if (made_up && !counted) make_up(step.statements, after, column);
    step.act = Step::Act::make;
    step.makes = {its_key, "altered " + its_key};
    step.needs = needs(its_key);
    std::ranges::copy(needs(key), std::back_inserter(step.needs));
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
  Statements sql;
  if (a.generated == "stored" && b.generated.empty()) sql.push_back(all + "DROP EXPRESSION");
  if (!a.identity.empty() && b.identity.empty()) sql.push_back(all + "DROP IDENTITY");
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
  if (a.not_null != b.not_null) {
    const Column* above = nullptr;
    for (const catalog::ObjectName& each : after.parents)
      if (const Relation* parent = to_.relation(each))
        if (const Column* found = parent->column(b.name)) above = found;
    // Given by the parent's, which comes first.
    if (!(same_parents && b.inherited && above != nullptr && above->not_null && b.not_null))
      sql.push_back(all + (b.not_null ? "SET NOT NULL" : "DROP NOT NULL"));
  }
  const std::string old_name =
      a.not_null ? not_null_name(before, a) : not_null_name(after, {.name = b.name});
  const bool renamed = options_.version >= 180000 && b.not_null && !b.inherited && !a.inherited &&
                       old_name != not_null_name(after, b);
  if (renamed)
    sql.push_back("ALTER TABLE " + table + " RENAME CONSTRAINT " + quote_identifier(old_name) +
                  " TO " + quote_identifier(not_null_name(after, b)));
  if (!b.identity.empty()) alter_identity(after, a, b);
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
  for (const catalog::ObjectName& each : after.parents)
    step.needs.push_back("altered " +
                         to_string(Object{Kind::column, qualified(each.schema, each.name) + '.' +
                                                            quote_identifier(b.name)}));
  if (retyped) step.needs.push_back("released default " + its_key);
  // What stands on the column has to be gone before, if it goes.
  for (const auto& list : {from_lookup_.referencing(before)})
    for (const auto& each : list)
      if (const std::string its = to_string(object_of(*each.child, *each.constraint)); goes(its))
        step.needs.push_back(gone(its));
  const auto parts = [&](const auto& all_parts) {
    for (const auto& each : all_parts)
      if (const std::string its = to_string(object_of(before, each));
          its != its_key && goes(its) && mentions(before_.at(its), a))
        step.needs.push_back(gone(its));
  };
  parts(before.constraints);
  parts(before.indexes);
  parts(before.triggers);
  parts(before.policies);
  parts(before.columns);
  if (const auto users = users_.find(to_string(object_of(before))); users != users_.end())
    for (const std::string& user : users->second)
      if (unmade_.contains(user) && before_.at(user).column == nullptr)
        step.needs.push_back(gone(user));
  if (a.not_null && !b.not_null)
    if (const Constraint* old_key = before.primary_key();
        old_key != nullptr && goes(to_string(object_of(before, *old_key))))
      step.needs.push_back(gone(to_string(object_of(before, *old_key))));
  if (retyped && !keeps_values(a, b))
    transition_.losses.push_back(
        {object_of(after, b),
         a.type_name == "json" && b.type_name == "jsonb"
             ? "how its values are written (blanks, order, keys that come twice)"
             : "values that " + b.type + " does not hold"});
  altering_[key].push_back("altered " + its_key);
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
  if (!sql.empty()) alter(altered_part, its_key, std::move(sql)).needs = {key};
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

// ---- what a table hangs on

void Transitioning::wait_for_leaving(Statements& needs, const Relation& parent) const {
  for (const Relation* child : from_lookup_.children(parent)) {
    const Relation* now = to_.relation(child->object_name());
    if (!child->is_partition() && now != nullptr && !goes(to_string(object_of(*child))) &&
        std::ranges::find(now->parents, parent.object_name()) == now->parents.end())
      needs.push_back("detached " + to_string(object_of(*now)) + ' ' + parent.name);
  }
}

void Transitioning::alter_parents(const Relation& before, const Relation& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  if (before.parents == after.parents && before.partition_bound == after.partition_bound) return;
  if (before.is_partition()) {
    for (const catalog::ObjectName& parent : before.parents) {
      Step& step = alter(
          to_make_room, key,
          {"ALTER TABLE " + qualified(parent.schema, parent.name) + " DETACH PARTITION " + name});
      step.makes = {"detached " + key};
      altering_[key].push_back("detached " + key);
    }
  } else {
    // A column that another parent gives from now on would become its own in between.
    const bool passes_on = std::ranges::any_of(after.columns, [&](const Column& column) {
      const Column* was = before.column(column.name);
      return column.inherited && was != nullptr && was->inherited && !after.is_partition() &&
             !goes(to_string(object_of(before, *was))) &&
             std::ranges::none_of(before.parents, [&](const catalog::ObjectName& each) {
               const Relation* parent = from_.relation(each);
               return parent != nullptr && parent->column(column.name) != nullptr &&
                      std::ranges::find(after.parents, each) != after.parents.end();
             });
    });
    for (const catalog::ObjectName& parent : before.parents) {
      if (std::ranges::find(after.parents, parent) != after.parents.end()) continue;
      Step& step =
          alter(passes_on ? altered_part : to_make_room, key,
                {"ALTER TABLE " + name + " NO INHERIT " + qualified(parent.schema, parent.name)});
      step.makes = {"detached " + key + ' ' + parent.name};
      if (passes_on)
        for (const catalog::ObjectName& each : after.parents)
          step.needs.push_back("attached " + key + ' ' + each.name);
      else
        altering_[key].push_back(step.makes.front());
    }
  }
  if (after.is_partition()) {
    for (const catalog::ObjectName& name_of_parent : after.parents)
      if (const Relation* parent = to_.relation(name_of_parent)) attach(after, *parent);
    return;
  }
  for (const catalog::ObjectName& parent : after.parents) {
    if (!before.is_partition() && std::ranges::find(before.parents, parent) != before.parents.end())
      continue;
    Step& step =
        alter(altered_part, key,
              {"ALTER TABLE " + name + " INHERIT " + qualified(parent.schema, parent.name)});
    step.makes = {"attached " + key + ' ' + parent.name};
    step.needs = {key};
    if (const Relation* found = to_.relation(parent)) {
      const std::string parent_key = to_string(object_of(*found));
      step.needs.insert(step.needs.end(), {parent_key, "released " + parent_key});
    }
  }
}

void Transitioning::alter_settings(const Relation& before, const Relation& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string table = "ALTER TABLE " + name;
  const std::string words = "ALTER " + table_words(after);
  Statements sql;
  if (before.unlogged != after.unlogged)
    sql.push_back(table + (after.unlogged ? " SET UNLOGGED" : " SET LOGGED"));
  if (before.access_method != after.access_method && options_.version >= 150000)
    sql.push_back(words + " SET ACCESS METHOD " +
                  (after.access_method.empty() ? "heap" : quote_identifier(after.access_method)));
  if (before.tablespace != after.tablespace)
    sql.push_back(words + " SET TABLESPACE " +
                  (after.tablespace.empty() ? "pg_default" : quote_identifier(after.tablespace)));
  if (after.kind != RelationKind::foreign_table) {
    std::ranges::move(option_changes(words, before.options, after.options),
                      std::back_inserter(sql));
    std::ranges::move(option_changes(words, before.toast_options, after.toast_options, "toast."),
                      std::back_inserter(sql));
  } else if (const std::string changes =
                 foreign_option_changes(before.foreign_options, after.foreign_options);
             !changes.empty()) {
    sql.push_back(words + " OPTIONS (" + changes + ')');
  }
  if (before.of_type != after.of_type) {
    if (!before.of_type.empty()) alter(to_make_room, key, {table + " NOT OF"});
    if (!after.of_type.empty()) {  // once it has the type's columns and no other
      Step& step = alter(altered_part, key, {table + " OF " + after.of_type});
      step.needs = needs(key);
      step.needs.insert(step.needs.end(), {key, "released " + key});
    }
  }
  if (before.row_security != after.row_security)
    sql.push_back(table + (after.row_security ? " ENABLE" : " DISABLE") + " ROW LEVEL SECURITY");
  if (before.force_row_security != after.force_row_security)
    sql.push_back("ALTER TABLE ONLY " + name + (after.force_row_security ? " FORCE" : " NO FORCE") +
                  " ROW LEVEL SECURITY");
  if (!sql.empty()) {
    Step& step = alter(altered_part, key, std::move(sql));
    step.needs = {key};
  }
  if (before.replica_identity != after.replica_identity ||
      (!after.replica_identity.empty() &&
       goes(to_string(Object{Kind::index, qualified(after.schema, after.replica_identity)})))) {
    const std::string& identity = after.replica_identity;
    std::string what = " REPLICA IDENTITY DEFAULT";
    if (identity == "full") what = " REPLICA IDENTITY FULL";
    if (identity == "nothing") what = " REPLICA IDENTITY NOTHING";
    Statements need = {key};
    if (!identity.empty() && identity != "full" && identity != "nothing") {
      what = " REPLICA IDENTITY USING INDEX " + quote_identifier(identity);
      need.push_back(to_string(Object{Kind::index, qualified(after.schema, identity)}));
    }
    alter(altered_part, key, {"ALTER TABLE ONLY " + name + what}).needs = std::move(need);
  }
  if (after.kind == RelationKind::materialized_view && before.populated != after.populated)
    alter(altered_part, key,
          {"REFRESH MATERIALIZED VIEW " + name + (after.populated ? "" : " WITH NO DATA")})
        .needs = {key};
}

// ---- constraints, indexes, triggers, rules, policies

void Transitioning::add_check(const Relation& table, const Constraint& check) {
  const std::string key = to_string(object_of(table, check));
  Step& step =
      alter(altered_part, key,
            {"ALTER TABLE " + qualified(table.schema, table.name) + " ADD CONSTRAINT " +
             quote_identifier(check.name) + ' ' + constraint_definition(check, options_.version)});
  step.act = Step::Act::make;
  step.makes = {key};
  step.needs = needs(key);
  step.needs.push_back(to_string(object_of(table)));
  step.needs.push_back(gone(key));
}

void Transitioning::alter_index(const Relation& after, const Index& a, const Index& b) {
  const std::string key = to_string(object_of(after, b));
  const std::string head = "ALTER INDEX " + qualified(after.schema, b.name);
  Statements sql = option_changes(head, a.options, b.options);
  if (a.tablespace != b.tablespace)
    sql.push_back(head + " SET TABLESPACE " +
                  (b.tablespace.empty() ? "pg_default" : quote_identifier(b.tablespace)));
  for (std::size_t i = 0; i < std::min(a.keys.size(), b.keys.size()); ++i)
    if (a.keys[i].statistics_target != b.keys[i].statistics_target)
      sql.push_back(head + " ALTER COLUMN " + std::to_string(i + 1) + " SET STATISTICS " +
                    std::to_string(b.keys[i].statistics_target.value_or(-1)));
  if (!a.clustered && b.clustered)
    sql.push_back("ALTER TABLE " + qualified(after.schema, after.name) + " CLUSTER ON " +
                  quote_identifier(b.name));
  if (a.clustered && !b.clustered &&
      std::ranges::none_of(after.indexes, [](const Index& index) { return index.clustered; }))
    sql.push_back("ALTER TABLE " + qualified(after.schema, after.name) + " SET WITHOUT CLUSTER");
  if (!sql.empty()) alter(altered_part, key, std::move(sql));
  comment(key, "INDEX " + qualified(after.schema, b.name), a.comment, b.comment);
}

void Transitioning::alter_parts(const Relation& before, const Relation& after) {
  const std::string name = qualified(after.schema, after.name);
  for (const Constraint& each : after.constraints) {
    const std::string key = to_string(object_of(after, each));
    const auto old_one = std::ranges::find(before.constraints, each.name, &Constraint::name);
    if (old_one == before.constraints.end() || goes(key)) {
      const bool late = !each.validated;  // which the writer has a step for
      if (each.type == ConstraintType::check && (!each.inherited || is_reattached(before)) && !late)
        add_check(after, each);
      continue;
    }
    const std::string quoted = quote_identifier(each.name);
    if (!old_one->validated && each.validated)
      alter(altered_part, key, {"ALTER TABLE " + name + " VALIDATE CONSTRAINT " + quoted});
    comment(key, "CONSTRAINT " + quoted + " ON " + name, old_one->comment, each.comment);
  }
  for (const Index& each : after.indexes) {
    const auto old_one = std::ranges::find(before.indexes, each.name, &Index::name);
    if (old_one != before.indexes.end() && !goes(to_string(object_of(after, each))))
      alter_index(after, *old_one, each);
  }
  const auto state = [&](std::string_view words, const std::string& its_name,
                         const std::string& enabled) {
    const std::string verb = enabled == "disabled"  ? " DISABLE "
                             : enabled == "replica" ? " ENABLE REPLICA "
                             : enabled == "always"  ? " ENABLE ALWAYS "
                                                    : " ENABLE ";
    return "ALTER TABLE " + std::string(after.is_table() ? "ONLY " : "") + name + verb +
           std::string(words) + ' ' + quote_identifier(its_name);
  };
  for (const catalog::Trigger& each : after.triggers) {
    const std::string key = to_string(object_of(after, each));
    const auto old_one = std::ranges::find(before.triggers, each.name, &catalog::Trigger::name);
    if (old_one == before.triggers.end() || goes(key)) continue;
    if (old_one->enabled != each.enabled)
      alter(altered_part, key, {state("TRIGGER", each.name, each.enabled)});
    comment(key, "TRIGGER " + quote_identifier(each.name) + " ON " + name, old_one->comment,
            each.comment);
  }
  for (const catalog::RewriteRule& each : after.rules) {
    const Object object{Kind::rule, name + '.' + quote_identifier(each.name)};
    const auto old_one = std::ranges::find(before.rules, each.name, &catalog::RewriteRule::name);
    if (old_one == before.rules.end() || goes(to_string(object))) continue;
    comment(to_string(object), "RULE " + quote_identifier(each.name) + " ON " + name,
            old_one->comment, each.comment);
  }
  for (const catalog::Policy& each : after.policies) {
    const std::string key = to_string(object_of(after, each));
    const auto old_one = std::ranges::find(before.policies, each.name, &catalog::Policy::name);
    if (old_one == before.policies.end() || goes(key)) continue;
    comment(key, "POLICY " + quote_identifier(each.name) + " ON " + name, old_one->comment,
            each.comment);
  }
}

}  // namespace architrave::postgres::transitioning

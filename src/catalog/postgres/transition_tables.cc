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

// Whether heirs have the check, too.
bool passes_on(const Relation& table, const std::string& check) {
  const auto its = std::ranges::find(table.constraints, check, &Constraint::name);
  return its != table.constraints.end() && its->type == ConstraintType::check && !its->no_inherit;
}

// A view's columns may only be added to, at the end.
bool extends(const Relation& before, const Relation& after) {
  if (before.columns.size() > after.columns.size()) return false;
  return std::equal(before.columns.begin(), before.columns.end(), after.columns.begin(),
                    [](const Column& a, const Column& b) {
                      return a.name == b.name && a.type == b.type && a.collation == b.collation;
                    });
}

}  // namespace

Statements option_changes(const std::string& head, const catalog::Options& before,
                          const catalog::Options& after, std::string_view prefix) {
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
  // Parameters of operator classes are told by the definition alone.
  if (before.method == "btree" ||
      without_options(before.definition) == without_options(after.definition))
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
    // A column or a check that another parent gives from now on would become its own in between.
    const auto is_passed_on = [&](const auto& old_list, const auto& each, const auto& gives) {
      const auto was = std::ranges::find_if(
          old_list, [&](const auto& other) { return other.name == each.name; });
      return each.inherited && was != old_list.end() && was->inherited && !after.is_partition() &&
             !goes(to_string(object_of(before, *was))) &&
             std::ranges::none_of(before.parents, [&](const catalog::ObjectName& name_of_parent) {
               const Relation* parent = from_.relation(name_of_parent);
               return parent != nullptr && gives(*parent) &&
                      std::ranges::find(after.parents, name_of_parent) != after.parents.end();
             });
    };
    const bool stays_until_then =
        std::ranges::any_of(after.columns,
                            [&](const Column& column) {
                              return is_passed_on(before.columns, column, [&](const Relation& it) {
                                return it.column(column.name) != nullptr;
                              });
                            }) ||
        std::ranges::any_of(after.constraints, [&](const Constraint& check) {
          return check.type == ConstraintType::check &&
                 is_passed_on(before.constraints, check,
                              [&](const Relation& it) { return passes_on(it, check.name); });
        });
    for (const catalog::ObjectName& parent : before.parents) {
      if (std::ranges::find(after.parents, parent) != after.parents.end()) continue;
      Step& step =
          alter(stays_until_then ? altered_part : to_make_room, key,
                {"ALTER TABLE " + name + " NO INHERIT " + qualified(parent.schema, parent.name)});
      step.makes = {"detached " + key + ' ' + parent.name};
      if (stays_until_then)
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
  for (const catalog::ObjectName& parent : after.parents)
    if (before.is_partition() || std::ranges::find(before.parents, parent) == before.parents.end())
      inherit(after, parent);
}

void Transitioning::inherit(const Relation& heir, const catalog::ObjectName& parent) {
  const std::string name = qualified(heir.schema, heir.name);
  const std::string key = to_string(object_of(heir));
  const Relation* found = to_.relation(parent);
  // The server takes no heir without the parent's checks, and a check that the heir is given is its
  // own beside the parent's. Those of a parent that gets them later are the parent's alone: so
  // these are given to it by a parent that stands there for the moment.
  Statements checks;
  const std::string giver = qualified(heir.schema, free_name(heir.schema, heir.name, "__checks"));
  Statements needs = {key};
  for (const Constraint& each : heir.constraints) {
    const std::string its_key = to_string(object_of(heir, each));
    if (each.type != ConstraintType::check || found == nullptr || !passes_on(*found, each.name))
      continue;
    needs.insert(needs.end(), {its_key, gone(its_key)});
    if (each.inherited && is_there_at_once(*found, each.name) &&
        !(before_.contains(its_key) && is_kept(its_key)))
      checks.push_back("ALTER TABLE " + giver + " ADD CONSTRAINT " + quote_identifier(each.name) +
                       ' ' + constraint_definition(each, options_.version));
  }
  // One that goes is not asked for any more.
  if (const Relation* was = from_.relation(parent))
    for (const Constraint& each : was->constraints)
      if (const std::string its_key = to_string(object_of(*was, each));
          each.type == ConstraintType::check && goes(its_key))
        needs.push_back(gone(its_key));
  Statements sql = {"ALTER TABLE " + name + " INHERIT " + qualified(parent.schema, parent.name)};
  if (!checks.empty()) {
    checks.insert(checks.begin(),
                  {"CREATE TABLE " + giver + " (LIKE " + qualified(parent.schema, parent.name) +
                       " INCLUDING GENERATED)",
                   "ALTER TABLE " + name + " INHERIT " + giver});
    sql.insert(sql.begin(), checks.begin(), checks.end());
    sql.insert(sql.end(), {"ALTER TABLE " + name + " NO INHERIT " + giver, "DROP TABLE " + giver});
  }
  Step& step = alter(altered_part, key, std::move(sql));
  step.makes = {"attached " + key + ' ' + parent.name};
  step.needs = std::move(needs);
  if (found == nullptr) return;
  const std::string parent_key = to_string(object_of(*found));
  step.needs.insert(step.needs.end(), {parent_key, "released " + parent_key});
  for (const catalog::ObjectName& above : found->parents)
    step.needs.push_back("attached " + parent_key + ' ' + above.name);
}

bool Transitioning::comes_with_parent(const Relation& table, const std::string& check) const {
  const Relation* before = from_.relation(table.object_name());
  return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
    const Relation* parent = to_.relation(name);
    return parent != nullptr && passes_on(*parent, check) &&
           (before == nullptr || std::ranges::find(before->parents, name) == before->parents.end());
  });
}

bool Transitioning::is_there_at_once(const Relation& table, const std::string& check) const {
  if (!passes_on(table, check)) return false;
  const auto its = std::ranges::find(table.constraints, check, &Constraint::name);
  const std::string key = to_string(object_of(table, *its));
  if (before_.contains(key) && is_kept(key)) return true;
  if (!its->inherited)
    return (its->validated && made_.contains(to_string(object_of(table)))) ||
           comes_with_parent(table, check);
  return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
    const Relation* parent = to_.relation(name);
    return parent != nullptr && is_there_at_once(*parent, check);
  });
}

void Transitioning::wait_for_heirs(Statements& needs, const Relation& table,
                                   const Constraint& check) const {
  if (check.no_inherit || (!check.inherited && comes_with_parent(table, check.name))) return;
  for (const Relation* child : to_lookup_.children(table)) {
    if (child->is_partition()) continue;
    needs.push_back("attached " + to_string(object_of(*child)) + ' ' + table.name);
    for (const Constraint& its : child->constraints)
      if (its.name == check.name) {
        needs.push_back(gone(to_string(object_of(*child, its))));
        if (its.inherited) wait_for_heirs(needs, *child, its);
      }
  }
}

// A logged table refers to no unlogged one, in between neither.
void Transitioning::alter_persistence(const Relation& before, const Relation& after) {
  const std::string key = to_string(object_of(after));
  Step& step = alter(altered_part, key,
                     {"ALTER TABLE " + qualified(after.schema, after.name) +
                      (after.unlogged ? " SET UNLOGGED" : " SET LOGGED")});
  step.makes = {"persistence " + key};
  step.needs = {key};
  const auto wait_for = [&](const Relation& child, const Constraint& constraint,
                            const Relation& other) {
    const std::string its = to_string(object_of(child, constraint));
    if (goes(its))
      step.needs.push_back(gone(its));
    else if (other.object_name() != before.object_name())
      step.needs.push_back("persistence " + to_string(object_of(other)));
  };
  for (const auto& each : from_lookup_.referencing(before))
    if (after.unlogged || goes(to_string(object_of(*each.child, *each.constraint))))
      wait_for(*each.child, *each.constraint, *each.child);
  for (const Constraint& each : before.constraints)
    if (each.type == ConstraintType::foreign_key)
      if (const Relation* other = from_.relation(each.references_schema, each.references_table);
          other != nullptr && (!after.unlogged || goes(to_string(object_of(before, each)))))
        wait_for(before, each, *other);
  for (const OtherObject& other : from_.others)
    if (other.kind == Kind::publication && other.properties.contains(key))
      step.needs.push_back(gone(to_string(Object{other.kind, other.name})));
}

void Transitioning::alter_settings(const Relation& before, const Relation& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string table = "ALTER TABLE " + name;
  const std::string words = "ALTER " + table_words(after);
  Statements sql;
  if (before.unlogged != after.unlogged) alter_persistence(before, after);
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
    const bool is_index = !identity.empty() && identity != "full" && identity != "nothing";
    if (is_index) what = " REPLICA IDENTITY USING INDEX " + quote_identifier(identity);
    // An index that identifies rows holds on to its columns' NOT NULL.
    Step& step =
        alter(is_index ? altered_part : to_make_room, key, {"ALTER TABLE ONLY " + name + what});
    if (is_index)
      step.needs = {key, to_string(Object{Kind::index, qualified(after.schema, identity)})};
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
  wait_for_heirs(step.needs, table, check);
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
  // ATTACH asks for the whole's checks, which are the whole's own from there on.
  const bool is_attached =
      is_reattached(before) || (after.is_partition() && before.parents != after.parents);
  for (const Constraint& each : after.constraints) {
    const std::string key = to_string(object_of(after, each));
    const auto old_one = std::ranges::find(before.constraints, each.name, &Constraint::name);
    if (old_one == before.constraints.end() || goes(key)) {
      const bool late = !each.validated;  // which the writer has a step for
      if (each.type == ConstraintType::check && (!each.inherited || is_attached) && !late)
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

namespace architrave::postgres {

bool replaces(const catalog::Index& before, const catalog::Index& after) {
  return transitioning::must_replace(before, after);
}

bool replaces(const catalog::Type& before, const catalog::Type& after) {
  return transitioning::must_replace(before, after);
}

bool replaces(const catalog::Constraint& before, const catalog::Constraint& after) {
  return transitioning::must_replace(before, after);
}

}  // namespace architrave::postgres

// What is altered in schemas, extensions, types, sequences, routines and other objects.
#include <algorithm>
#include <iterator>
#include <string_view>

#include "catalog/diff.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

using catalog::TypeKind;

namespace {

template <class T>
T without_attributes(T object) {
  object.owner.clear();
  object.acl.reset();
  object.comment.clear();
  return object;
}

// Name, arguments and result, as pg_get_functiondef writes them.
std::string_view signature(const catalog::Routine& routine) {
  return std::string_view(routine.definition).substr(0, routine.definition.find("\n LANGUAGE"));
}

bool is_subsequence(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  auto next = part.begin();
  for (const std::string& each : whole)
    if (next != part.end() && *next == each) ++next;
  return next == part.end();
}

const Column* attribute(const catalog::Type& type, const std::string& name) {
  const auto found = std::ranges::find(type.attributes, name, &Column::name);
  return found == type.attributes.end() ? nullptr : &*found;
}

}  // namespace

Statements alter_bounds(const catalog::Sequence& before, const catalog::Sequence& after) {
  const std::string changes = sequence_changes(before, after);
  if (changes.empty()) return {};
  const std::string name = qualified(after.schema, after.name);
  std::string change = "ALTER SEQUENCE " + name + changes;
  const bool narrower = after.minimum > before.minimum || after.maximum < before.maximum;
  if (!narrower) return {std::move(change)};
  if (after.minimum > before.maximum || after.maximum < before.minimum)
    return {change + " RESTART"};
  return {"SELECT pg_catalog.setval(" + quote_literal(name) + ", greatest(least(last_value, " +
              std::to_string(after.maximum) + "), " + std::to_string(after.minimum) +
              "), is_called) FROM " + name,
          std::move(change)};
}

bool must_replace(const catalog::Type& before, const catalog::Type& after) {
  if (before.kind != after.kind) return true;
  switch (before.kind) {
    case TypeKind::enumeration:
      return !is_subsequence(before.labels, after.labels);
    case TypeKind::domain:
      return before.base_type != after.base_type || before.collation != after.collation;
    case TypeKind::composite: {
      // What both have can be altered only where no row holds it; and new ones come last.
      std::vector<std::string> kept;
      for (const Column& each : before.attributes) {
        const Column* now = attribute(after, each.name);
        if (now == nullptr) continue;
        if (now->type != each.type || now->collation != each.collation) return true;
        kept.push_back(each.name);
      }
      for (std::size_t i = 0; i < kept.size(); ++i)
        if (after.attributes[i].name != kept[i]) return true;
      return false;
    }
    default:
      return before.base_type != after.base_type || before.collation != after.collation ||
             before.properties != after.properties;
  }
}

bool must_replace(const catalog::Routine& before, const catalog::Routine& after) {
  if (before.kind != after.kind) return true;
  if (before.definition == after.definition) return false;
  return before.kind == catalog::RoutineKind::aggregate || signature(before) != signature(after);
}

namespace {

// anyelement and the like take what other types take, too.
bool is_polymorphic(std::string_view arguments) {
  for (std::size_t at = 0; (at = arguments.find("any", at)) != std::string_view::npos; ++at)
    if (at == 0 || std::string_view(" (,").contains(arguments[at - 1])) return true;
  return false;
}

}  // namespace

bool may_be_confused(const catalog::Routine& a, const catalog::Routine& b) {
  const auto is_flexible = [](const catalog::Routine& routine) {
    return signature(routine).find(" DEFAULT ") != std::string_view::npos ||
           is_polymorphic(routine.arguments) ||
           (routine.kind == catalog::RoutineKind::procedure &&
            signature(routine).find("OUT ") != std::string_view::npos) ||
           routine.arguments.find("VARIADIC ") != std::string::npos;
  };
  return a.schema == b.schema && a.name == b.name && (is_flexible(a) || is_flexible(b));
}

bool may_be_confused(const OtherObject& a, const OtherObject& b) {
  const auto symbol = [](const OtherObject& each) {
    return each.name.substr(0, each.name.find(' '));
  };
  return a.kind == Kind::operator_ && b.kind == Kind::operator_ && a.schema == b.schema &&
         symbol(a) == symbol(b) && (is_polymorphic(a.name) || is_polymorphic(b.name));
}

bool must_replace(const OtherObject& before, const OtherObject& after) {
  return !catalog::equal(without_attributes(before), without_attributes(after));
}

void Transitioning::alter_schema(const catalog::Schema& before, const catalog::Schema& after) {
  const std::string name = quote_identifier(after.name);
  const std::string key = "schema " + name;
  comment(key, "SCHEMA " + name, before.comment, after.comment);
  owner(key, "SCHEMA " + name, before.owner, after.owner);
  privileges(key, "SCHEMA " + name, 'n', before.owner, after.owner, before.acl, after.acl);
}

void Transitioning::alter_extension(const catalog::Extension& before,
                                    const catalog::Extension& after) {
  const std::string name = quote_identifier(after.name);
  const std::string key = "extension " + name;
  if (before.version != after.version && !after.version.empty())
    alter(altered_type, key,
          {"ALTER EXTENSION " + name + " UPDATE TO " + quote_literal(after.version)});
  if (before.schema != after.schema)
    alter(altered_type, key,
          {"ALTER EXTENSION " + name + " SET SCHEMA " + quote_identifier(after.schema)})
        .needs = {"schema " + quote_identifier(after.schema)};
  comment(key, "EXTENSION " + name, before.comment, after.comment);
}

void Transitioning::alter_type(const catalog::Type& before, const catalog::Type& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  if (after.kind == TypeKind::enumeration) alter_enumeration(before, after);
  if (after.kind == TypeKind::domain) alter_domain(before, after);
  if (after.kind == TypeKind::composite) alter_composite(before, after);
  const std::string words = (after.kind == TypeKind::domain ? "DOMAIN " : "TYPE ") + name;
  comment(key, words, before.comment, after.comment);
  owner(key, words, before.owner, after.owner);
  privileges(key, words, 'T', before.owner, after.owner, before.acl, after.acl);
}

void Transitioning::alter_enumeration(const catalog::Type& before, const catalog::Type& after) {
  const std::string head = "ALTER TYPE " + qualified(after.schema, after.name) + " ADD VALUE ";
  Statements sql;
  for (std::size_t i = 0; i < after.labels.size(); ++i) {
    if (std::ranges::find(before.labels, after.labels[i]) != before.labels.end()) continue;
    std::string place;
    if (i > 0)
      place = " AFTER " + quote_literal(after.labels[i - 1]);
    else if (!before.labels.empty())
      place = " BEFORE " + quote_literal(before.labels.front());
    sql.push_back(head + quote_literal(after.labels[i]) + place);
  }
  if (sql.empty()) return;
  const std::string key = to_string(object_of(after));
  Step& step = alter(altered_type, key, std::move(sql));
  step.makes = {key};
  step.alone = true;
}

void Transitioning::alter_domain(const catalog::Type& before, const catalog::Type& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string head = "ALTER DOMAIN " + name + ' ';
  Statements dropped;
  Statements added;
  const bool anew = loosened_.contains(key);
  for (const Constraint& check : before.constraints) {
    const auto same = std::ranges::find(after.constraints, check.name, &Constraint::name);
    if (anew || same == after.constraints.end() || must_replace(check, *same))
      dropped.push_back(head + "DROP CONSTRAINT " + quote_identifier(check.name));
  }
  for (const Constraint& check : after.constraints) {
    const auto same = std::ranges::find(before.constraints, check.name, &Constraint::name);
    const std::string quoted = quote_identifier(check.name);
    if (anew || same == before.constraints.end() || must_replace(*same, check))
      added.push_back(head + "ADD CONSTRAINT " + quoted + ' ' + constraint_definition(check, 0));
    else if (!same->validated && check.validated)
      added.push_back(head + "VALIDATE CONSTRAINT " + quoted);
    comment(
        key, "CONSTRAINT " + quoted + " ON DOMAIN " + name,
        anew || same == before.constraints.end() || must_replace(*same, check) ? "" : same->comment,
        check.comment);
  }
  if (anew || before.default_value != after.default_value) {
    if (!before.default_value.empty()) dropped.push_back(head + "DROP DEFAULT");
    if (!after.default_value.empty()) added.push_back(head + "SET DEFAULT " + after.default_value);
  }
  if (before.not_null != after.not_null)
    added.push_back(head + (after.not_null ? "SET NOT NULL" : "DROP NOT NULL"));
  if (!dropped.empty()) alter(to_make_room, key, std::move(dropped)).makes = {"released " + key};
  if (!added.empty()) {
    Step& step = alter(altered_routine, key, std::move(added));
    step.makes = {key};
    step.needs = needs(key);
    step.needs.push_back("released " + key);
    if (const auto old_one = old_needs_.find(key); anew && old_one != old_needs_.end())
      for (const std::string& need : old_one->second) step.needs.push_back(gone(need));
  }
}

void Transitioning::alter_composite(const catalog::Type& before, const catalog::Type& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string head = "ALTER TYPE " + name + ' ';
  Statements sql;
  for (const Column& each : before.attributes)
    if (attribute(after, each.name) == nullptr)
      sql.push_back(head + "DROP ATTRIBUTE " + quote_identifier(each.name) + " CASCADE");
  for (const Column& each : after.attributes) {
    const Column* old_one = attribute(before, each.name);
    if (old_one == nullptr)
      sql.push_back(head + "ADD ATTRIBUTE " + quote_identifier(each.name) + ' ' + each.type +
                    (each.collation.empty() ? "" : " COLLATE " + each.collation) + " CASCADE");
    comment(key, "COLUMN " + name + '.' + quote_identifier(each.name),
            old_one == nullptr ? "" : old_one->comment, each.comment);
  }
  if (sql.empty()) return;
  Step& step = alter(altered_type, key, std::move(sql));
  step.makes = {key, "released " + key};
  step.needs = needs(key);
}

Statements Transitioning::owner_of_table(const catalog::Sequence& sequence,
                                         const std::string& owner) const {
  const Relation* table = from_.relation(sequence.owned_by_schema, sequence.owned_by_table);
  const bool is_there = table != nullptr && !goes(to_string(object_of(*table)));
  const std::string& of_table = is_there ? table->owner : options_.role;
  if (of_table.empty() || owner == of_table) return {};
  return {"ALTER SEQUENCE " + qualified(sequence.schema, sequence.name) + " OWNER TO " +
          quote_identifier(of_table)};
}

void Transitioning::alter_sequence(const catalog::Sequence& before,
                                   const catalog::Sequence& after) {
  const std::string name = qualified(after.schema, after.name);
  const std::string key = to_string(object_of(after));
  const std::string head = "ALTER SEQUENCE " + name;
  if (Statements sql = alter_bounds(before, after); !sql.empty())
    alter(altered_type, key, std::move(sql));
  if (before.unlogged != after.unlogged && options_.version >= 150000)
    alter(altered_type, key, {head + (after.unlogged ? " SET UNLOGGED" : " SET LOGGED")});
  const bool moves = before.owned_by_schema != after.owned_by_schema ||
                     before.owned_by_table != after.owned_by_table ||
                     before.owned_by_column != after.owned_by_column;
  if (moves) {
    if (!before.owned_by_table.empty())
      alter(to_make_room, key, {head + " OWNED BY NONE"}).makes = {"released " + key};
    if (!after.owned_by_table.empty()) {
      Statements sql = owner_of_table(after, before.owner);
      sql.push_back(head + " OWNED BY " + qualified(after.owned_by_schema, after.owned_by_table) +
                    '.' + quote_identifier(after.owned_by_column));
      Step& step = alter(altered_part, key, std::move(sql));
      step.needs = {"released " + key};
      if (const Relation* table = to_.relation(after.owned_by_schema, after.owned_by_table))
        step.needs.push_back(to_string(object_of(*table)));
    }
  }
  comment(key, "SEQUENCE " + name, before.comment, after.comment);
  // One that a column owns has its table's owner.
  if (after.owned_by_table.empty()) owner(key, "SEQUENCE " + name, before.owner, after.owner);
  privileges(key, "SEQUENCE " + name, 's', before.owner, after.owner, before.acl, after.acl);
}

void Transitioning::alter_routine(const catalog::Routine& before, const catalog::Routine& after) {
  const Object object = object_of(after);
  const std::string key = to_string(object);
  if (before.definition != after.definition) {
    Step& step = alter(altered_routine, key, {after.definition});
    step.makes = {key, "released " + key};
    step.needs = needs(key);
  }
  const std::string words = writing::upper_words(object.kind) + ' ' + object.name;
  comment(key, words, before.comment, after.comment);
  owner(key, words, before.owner, after.owner);
  privileges(key, granted_words(after), 'f', before.owner, after.owner, before.acl, after.acl);
}

void Transitioning::alter_other(const OtherObject& before, const OtherObject& after) {
  if (after.kind == Kind::default_privileges) return;
  const std::string name =
      after.schema.empty() ? after.name : quote_identifier(after.schema) + '.' + after.name;
  const std::string key = to_string(Object{after.kind, name});
  const std::string words = writing::upper_words(after.kind) + ' ' + name;
  comment(key, words, before.comment, after.comment);
  owner(key, words, before.owner, after.owner);
  const auto grant = [&](const std::string& granted, char kind) {
    privileges(key, granted, kind, before.owner, after.owner, before.acl, after.acl);
  };
  if (after.kind == Kind::language) grant(words, 'l');
  if (after.kind == Kind::foreign_data_wrapper) grant(words, 'F');
  if (after.kind == Kind::server) grant("FOREIGN " + words, 'S');
}

}  // namespace architrave::postgres::transitioning

#include "engine/postgres/writer.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/lookup.h"
#include "engine/postgres/mentions.h"
#include "engine/postgres/ordering.h"
#include "engine/postgres/statements.h"

namespace architrave::postgres {

using catalog::Catalog;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Kind;
using catalog::Object;
using catalog::OtherObject;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::quote_literal;
using catalog::Relation;
using catalog::RelationKind;

namespace {

using Statements = std::vector<std::string>;

// What comes first where no dependency says otherwise.
enum Priority {
  of_schema,
  of_extension,
  of_language,
  of_collation,
  of_enum,
  of_type,
  of_wrapper,
  of_server,
  of_user_mapping,
  of_sequence,
  of_routine,
  of_aggregate,
  of_operator,
  of_operator_family,
  of_operator_class,
  of_cast,
  of_text_search_parser,
  of_text_search_template,
  of_text_search_dictionary,
  of_text_search_configuration,
  of_table,
  of_owned_sequence,
  of_view,
  of_key,
  of_index,
  of_attached_index,
  of_partition_foreign_key,
  of_foreign_key,
  of_statistics,
  of_rule,
  of_trigger,
  of_policy,
  of_table_setting,
  of_refresh,
  of_publication,
  of_subscription,
  of_default_privileges,
};

Priority priority_of(Kind kind) {
  switch (kind) {
    case Kind::language:
    case Kind::access_method:
      return of_language;
    case Kind::collation:
      return of_collation;
    case Kind::foreign_data_wrapper:
      return of_wrapper;
    case Kind::server:
      return of_server;
    case Kind::user_mapping:
      return of_user_mapping;
    case Kind::operator_:
      return of_operator;
    case Kind::operator_family:
      return of_operator_family;
    case Kind::operator_class:
      return of_operator_class;
    case Kind::text_search_parser:
      return of_text_search_parser;
    case Kind::text_search_template:
      return of_text_search_template;
    case Kind::text_search_dictionary:
      return of_text_search_dictionary;
    case Kind::text_search_configuration:
      return of_text_search_configuration;
    case Kind::statistics:
      return of_statistics;
    case Kind::publication:
      return of_publication;
    case Kind::subscription:
      return of_subscription;
    case Kind::default_privileges:
      return of_default_privileges;
    default:
      return of_cast;
  }
}

std::string upper_words(Kind kind) {
  std::string text(to_string(kind));
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string name_of(const OtherObject& object) {
  return object.schema.empty() ? object.name : quote_identifier(object.schema) + '.' + object.name;
}

std::string schema_object(const std::string& name) {
  return to_string(Object{Kind::schema, quote_identifier(name)});
}

bool needs_code(std::string_view object) {
  return object.starts_with("function ") || object.starts_with("aggregate ") ||
         object.starts_with("sequence ");
}

// Whether two indexes of a partitioned table and of its partition can be one and the same.
bool same_shape(const Index& a, const Index& b) {
  return a.method == b.method && a.unique == b.unique && a.primary == b.primary &&
         a.constraint.empty() == b.constraint.empty() && a.predicate == b.predicate &&
         a.include == b.include &&
         std::ranges::equal(a.keys, b.keys, [](const auto& x, const auto& y) {
           return x.column == y.column && x.expression == y.expression && x.opclass == y.opclass &&
                  x.collation == y.collation && x.descending == y.descending &&
                  x.nulls_first == y.nulls_first;
         });
}

class Writer {
 public:
  Writer(const Catalog& catalog, const WriteOptions& options)
      : catalog_(catalog), options_(options), lookup_(catalog) {
    for (const catalog::Dependency& edge : catalog.dependencies)
      needs_[to_string(edge.object)].push_back(to_string(edge.needs));
    if (!catalog.dependencies.empty()) return;
    mentions_.emplace(catalog);
    for (const Relation& each : catalog.relations)
      if (each.is_view()) needs_[to_string(object_of(each))] = mentions_->in(each.definition);
  }

  Statements write() {
    for (const auto& each : catalog_.schemas) add(each);
    for (const auto& each : catalog_.extensions) add(each);
    for (const auto& each : catalog_.types) add(each);
    for (const auto& each : catalog_.sequences) add(each);
    for (const auto& each : catalog_.routines) add(each);
    for (const auto& each : catalog_.relations) add(each);
    for (const auto& each : catalog_.others) add(each);

    Statements sql = {"SET check_function_bodies = off", "SET search_path = ''",
                      "SET client_min_messages = warning", "SET xmloption = content"};
    if (leaves_out_public()) sql.push_back("DROP SCHEMA IF EXISTS public");
    std::ranges::move(in_order(std::move(steps_)), std::back_inserter(sql));
    for (Statements* part : {&comments_, &owners_, &grants_, &event_triggers_})
      std::ranges::move(*part, std::back_inserter(sql));
    for (const char* setting :
         {"check_function_bodies", "search_path", "client_min_messages", "xmloption"})
      sql.push_back(std::string("RESET ") + setting);
    return sql;
  }

 private:
  // A new database has a schema `public`; one that was dropped there must go here too.
  bool leaves_out_public() const {
    const auto in_public = [](const auto& each) { return each.schema == "public"; };
    return !catalog_.schemas.empty() &&
           std::ranges::none_of(catalog_.schemas,
                                [](const auto& x) { return x.name == "public"; }) &&
           std::ranges::none_of(catalog_.extensions, in_public) &&
           std::ranges::none_of(catalog_.relations, in_public) &&
           std::ranges::none_of(catalog_.types, in_public) &&
           std::ranges::none_of(catalog_.routines, in_public);
  }

  // ---- what every kind has

  Statements needs_of(const Object& object) const {
    const auto found = needs_.find(to_string(object));
    return found == needs_.end() ? Statements() : found->second;
  }
  void also_needs(Statements& needs, const Object& object) const {
    if (const auto found = needs_.find(to_string(object)); found != needs_.end())
      needs.insert(needs.end(), found->second.begin(), found->second.end());
  }
  void scan(Statements& needs, std::string_view sql) const {
    if (mentions_) std::ranges::move(mentions_->in(sql), std::back_inserter(needs));
  }

  void comment(const std::string& what, const std::string& text) {
    if (!text.empty()) comments_.push_back("COMMENT ON " + what + " IS " + quote_literal(text));
  }
  void owner(const std::string& what, const std::string& role) {
    // PostgreSQL 13 has no pg_database_owner, which owns `public` in newer ones.
    if (!options_.owners || role.empty() ||
        (role == "pg_database_owner" && options_.version < 140000))
      return;
    owners_.push_back("ALTER " + what + " OWNER TO " + quote_identifier(role));
  }
  void grant(const std::string& what, char kind, const std::string& role, const catalog::Acl& acl,
             const std::string& column = {}) {
    if (!options_.grants) return;
    int version = options_.version;
    if (catalog_.server.version_number > 0)
      version = std::min(version, static_cast<int>(catalog_.server.version_number));
    std::ranges::move(grants(what, kind, role, acl, version, column), std::back_inserter(grants_));
  }

  Step& step(Priority priority, const Object& object, const std::string& schema = {}) {
    Step& made = steps_.emplace_back();
    made.priority = priority;
    made.name = object.name;
    made.makes = {to_string(object)};
    made.needs = needs_of(object);
    if (!schema.empty()) made.needs.push_back(schema_object(schema));
    return made;
  }

  // ---- schemas, extensions, types, sequences, routines, and the rest

  void add(const catalog::Schema& schema) {
    const std::string name = quote_identifier(schema.name);
    const bool is_public = schema.name == "public";
    step(of_schema, {Kind::schema, name}).statements = {
        (is_public ? "CREATE SCHEMA IF NOT EXISTS " : "CREATE SCHEMA ") + name};
    comment("SCHEMA " + name, schema.comment);
    owner("SCHEMA " + name, schema.owner);
    // A new database grants on `public` what its version likes.
    if (is_public && options_.grants) grants_.push_back("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    grant("SCHEMA " + name, 'n', schema.owner, schema.acl);
  }

  void add(const catalog::Extension& extension) {
    const std::string name = quote_identifier(extension.name);
    Step& made = step(of_extension, {Kind::extension, name}, extension.schema);
    made.statements = {
        "CREATE EXTENSION IF NOT EXISTS " + name +
        (extension.schema.empty() ? "" : " WITH SCHEMA " + quote_identifier(extension.schema)) +
        (mentions_ ? " CASCADE" : "")};
    comment("EXTENSION " + name, extension.comment);
  }

  void add(const catalog::Type& type) {
    using catalog::TypeKind;
    const std::string name = qualified(type.schema, type.name);
    TypeStatements made = create_type(type);
    Step& each =
        step(type.kind == TypeKind::enumeration ? of_enum : of_type, object_of(type), type.schema);
    scan(each.needs, made.whole);
    each.first = std::move(made.first);
    each.second = std::move(made.second);
    each.statements = {std::move(made.whole)};
    each.first_needs = {schema_object(type.schema)};
    if (type.kind == TypeKind::domain)
      std::ranges::copy_if(each.needs, std::back_inserter(each.first_needs),
                           [](const std::string& need) { return !needs_code(need); });
    for (Statements* list : {&each.statements, &each.second})
      list->insert(list->end(), made.after.begin(), made.after.end());
    const std::string words = (type.kind == TypeKind::domain ? "DOMAIN " : "TYPE ") + name;
    comment(words, type.comment);
    for (const Constraint& check : type.constraints)
      comment("CONSTRAINT " + quote_identifier(check.name) + " ON DOMAIN " + name, check.comment);
    for (const catalog::Column& attribute : type.attributes)
      comment("COLUMN " + name + '.' + quote_identifier(attribute.name), attribute.comment);
    if (type.kind != TypeKind::shell) owner(words, type.owner);
    grant(words, 'T', type.owner, type.acl);
  }

  void add(const catalog::Sequence& sequence) {
    const std::string name = qualified(sequence.schema, sequence.name);
    step(of_sequence, object_of(sequence), sequence.schema).statements = {
        create_sequence(sequence)};
    comment("SEQUENCE " + name, sequence.comment);
    if (sequence.owned_by_table.empty()) {
      owner("SEQUENCE " + name, sequence.owner);
    } else {
      // Its table's owner becomes its own.
      Step& owned = steps_.emplace_back();
      owned.priority = of_owned_sequence;
      owned.name = name;
      owned.needs = {to_string(object_of(sequence))};
      if (const Relation* table =
              catalog_.relation(sequence.owned_by_schema, sequence.owned_by_table))
        owned.needs.push_back(to_string(object_of(*table)));
      owned.statements = {"ALTER SEQUENCE " + name + " OWNED BY " +
                          qualified(sequence.owned_by_schema, sequence.owned_by_table) + '.' +
                          quote_identifier(sequence.owned_by_column)};
    }
    grant("SEQUENCE " + name, 's', sequence.owner, sequence.acl);
  }

  void add(const catalog::Routine& routine) {
    const Object object = object_of(routine);
    const bool aggregate = routine.kind == catalog::RoutineKind::aggregate;
    Step& made = step(aggregate ? of_aggregate : of_routine, object, routine.schema);
    // What a body in a string names is not looked at before it runs.
    if (mentions_)
      scan(made.needs, routine.definition.substr(0, routine.definition.find("\nAS $")));
    made.statements = {routine.definition};
    const std::string words = upper_words(object.kind) + ' ' + object.name;
    comment(words, routine.comment);
    owner(words, routine.owner);
    const bool procedure = routine.kind == catalog::RoutineKind::procedure;
    std::string granted = (procedure ? "PROCEDURE " : "FUNCTION ") + object.name;
    if (aggregate && routine.arguments == "*")
      granted = "FUNCTION " + qualified(routine.schema, routine.name) + "()";
    grant(granted, 'f', routine.owner, routine.acl);
  }

  void add(const OtherObject& other) {
    const std::string name = name_of(other);
    const std::string words = upper_words(other.kind) + ' ' + name;
    if (other.kind == Kind::event_trigger) {
      // They would fire at all that comes after them.
      std::ranges::copy(other.definition, std::back_inserter(event_triggers_));
      if (!other.comment.empty())
        event_triggers_.push_back("COMMENT ON " + words + " IS " + quote_literal(other.comment));
      if (options_.owners && !other.owner.empty())
        event_triggers_.push_back("ALTER " + words + " OWNER TO " + quote_identifier(other.owner));
      return;
    }
    Step& made = step(priority_of(other.kind), {other.kind, name}, other.schema);
    for (const std::string& statement : other.definition) scan(made.needs, statement);
    for (const char* property : {"foreign_data_wrapper", "server"})
      if (const auto found = other.properties.find(property); found != other.properties.end())
        made.needs.push_back(
            to_string(Object{property[0] == 's' ? Kind::server : Kind::foreign_data_wrapper,
                             quote_identifier(found->second)}));
    made.statements = other.definition;
    if (other.kind == Kind::default_privileges) return;
    comment(words, other.comment);
    owner(words, other.owner);
    if (other.kind == Kind::language)
      grant(words, 'l', other.owner, other.acl);
    else if (other.kind == Kind::foreign_data_wrapper)
      grant(words, 'F', other.owner, other.acl);
    else if (other.kind == Kind::server)
      grant("FOREIGN " + words, 'S', other.owner, other.acl);
  }

  // ---- tables and views

  void add(const Relation& relation) {
    const std::string name = qualified(relation.schema, relation.name);
    const std::string words = std::string(relation_words(relation.kind)) + ' ' + name;
    if (relation.is_table())
      add_table(relation);
    else
      add_view(relation, name);
    comment(words, relation.comment);
    owner(words, relation.owner);
    grant("TABLE " + name, 'r', relation.owner, relation.acl);
    for (const catalog::Column& column : relation.columns) {
      comment("COLUMN " + name + '.' + quote_identifier(column.name), column.comment);
      grant("TABLE " + name, 'c', relation.owner, column.acl,
            " (" + quote_identifier(column.name) + ')');
      if (column.identity_sequence) {
        const catalog::Sequence& sequence = *column.identity_sequence;
        const std::string its_name = qualified(sequence.schema, sequence.name);
        comment("SEQUENCE " + its_name, sequence.comment);
        grant("SEQUENCE " + its_name, 's', sequence.owner, sequence.acl);
      }
    }
    add_constraints(relation, name);
    add_indexes(relation, name);
    add_code(relation, name);
    add_settings(relation, name);
  }

  void add_table(const Relation& table) {
    TableStatements made = create_table(catalog_, table, options_.version);
    Step& each = step(of_table, object_of(table), table.schema);
    scan(each.needs, made.whole);
    for (const catalog::ObjectName& parent : table.parents)
      if (const Relation* found = catalog_.relation(parent))
        each.needs.push_back(to_string(object_of(*found)));
    if (!table.of_type.empty()) each.needs.push_back(to_string(Object{Kind::type, table.of_type}));
    if (!table.foreign_server.empty())
      each.needs.push_back(to_string(Object{Kind::server, quote_identifier(table.foreign_server)}));
    if (mentions_)
      std::ranges::copy_if(each.needs, std::back_inserter(each.first_needs),
                           [](const std::string& need) { return !needs_code(need); });
    else
      each.first_needs = each.needs;
    for (const catalog::Column& column : table.columns)
      for (std::string& need : needs_of(object_of(table, column))) {
        // These are its default's; what its type needs, the table does.
        if (!column.generated.empty()) each.first_needs.push_back(need);
        each.needs.push_back(std::move(need));
      }
    for (const Constraint& check : table.constraints)
      if (check.type == ConstraintType::check && check.validated) {
        each.makes.push_back(to_string(object_of(table, check)));
        also_needs(each.needs, object_of(table, check));
      }
    each.statements = {std::move(made.whole)};
    std::ranges::copy(made.after, std::back_inserter(each.statements));
    if (!made.rest.empty()) {
      each.first = {std::move(made.bare)};
      each.second = std::move(made.rest);
      std::ranges::copy(made.after, std::back_inserter(each.second));
    }
  }

  void add_view(const Relation& view, const std::string& name) {
    const bool materialized = view.kind == RelationKind::materialized_view;
    Step& each = step(of_view, object_of(view), view.schema);
    for (const catalog::Column& column : view.columns)
      also_needs(each.needs, object_of(view, column));
    each.statements = {create_view(view)};
    Statements& after = each.statements;
    for (const catalog::Column& column : view.columns) {
      const std::string alter =
          "ALTER TABLE " + name + " ALTER COLUMN " + quote_identifier(column.name) + ' ';
      if (!column.default_value.empty())
        after.push_back(alter + "SET DEFAULT " + column.default_value);
      if (!column.storage.empty()) after.push_back(alter + "SET STORAGE " + column.storage);
      if (!column.compression.empty() && options_.version >= 140000)
        after.push_back(alter + "SET COMPRESSION " + column.compression);
      if (column.statistics_target)
        after.push_back(alter + "SET STATISTICS " + std::to_string(*column.statistics_target));
      if (!column.options.empty())
        after.push_back(alter + "SET (" + with_options(column.options) + ')');
    }
    if (!materialized) {
      if (view.columns.empty()) return;
      each.first = {create_empty_view(view)};
      each.second = each.statements;
      std::ranges::copy_if(each.needs, std::back_inserter(each.first_needs),
                           [](const std::string& need) {
                             return need.starts_with("type ") || need.starts_with("schema ");
                           });
    } else if (view.populated) {
      const std::string object = to_string(object_of(view));
      Step& refresh = steps_.emplace_back();
      refresh.priority = of_refresh;
      refresh.name = name;
      refresh.makes = {"rows of " + object};
      refresh.needs = {object};
      std::unordered_set<std::string> seen;
      rows_needed(object, seen, refresh.needs);
      refresh.statements = {"REFRESH MATERIALIZED VIEW " + name};
    }
  }

  // The materialized views that a view reads, straight or through other views.
  void rows_needed(const std::string& object, std::unordered_set<std::string>& seen,
                   Statements& needs) const {
    const auto found = needs_.find(object);
    if (found == needs_.end() || !seen.insert(object).second) return;
    for (const std::string& need : found->second) {
      if (need.starts_with("materialized view ")) needs.push_back("rows of " + need);
      rows_needed(need, seen, needs);
    }
  }

  // Adds what does not hold for old rows, of which no server knows that there are none: on children
  // that are made after it, it would.
  void add_not_valid(const Relation& table, const std::string& name) {
    std::vector<const Relation*> below;
    descendants(table, below);
    const auto add_late = [&](const Object& object, Statements statements) {
      Step& each = step(of_key, object);
      each.needs.push_back(to_string(object_of(table)));
      for (const Relation* child : below) each.needs.push_back(to_string(object_of(*child)));
      each.statements = std::move(statements);
    };
    for (const Constraint& check : table.constraints) {
      if (check.type != ConstraintType::check || check.validated || check.inherited) continue;
      Statements sql = {"ALTER TABLE " + name + " ADD CONSTRAINT " + quote_identifier(check.name) +
                        ' ' + constraint_definition(check, options_.version)};
      for (const Relation* child : below)
        for (const Constraint& its : child->constraints)
          if (its.name == check.name && its.inherited && its.validated)
            sql.push_back("ALTER TABLE " + qualified(child->schema, child->name) +
                          " VALIDATE CONSTRAINT " + quote_identifier(its.name));
      add_late(object_of(table, check), std::move(sql));
    }
    Statements not_nulls = not_valid_not_nulls(catalog_, table, options_.version);
    if (!not_nulls.empty()) add_late({Kind::constraint, name + " not null"}, std::move(not_nulls));
  }

  void descendants(const Relation& table, std::vector<const Relation*>& below) const {
    for (const Relation* child : lookup_.children(table)) {
      if (std::ranges::find(below, child) != below.end()) continue;
      below.push_back(child);
      descendants(*child, below);
    }
  }

  void add_constraints(const Relation& table, const std::string& name) {
    add_not_valid(table, name);
    for (const Constraint& constraint : table.constraints) {
      comment("CONSTRAINT " + quote_identifier(constraint.name) + " ON " + name,
              constraint.comment);
      if (constraint.type == ConstraintType::check) continue;
      const bool foreign = constraint.type == ConstraintType::foreign_key;
      // A partition gets its parent's foreign keys by itself; one that has a name of its own is
      // made first, and then adopted.
      if (foreign && constraint.inherited && parent_has(table, constraint)) continue;
      Step& each = step(!foreign               ? of_key
                        : constraint.inherited ? of_partition_foreign_key
                                               : of_foreign_key,
                        object_of(table, constraint));
      each.needs.push_back(to_string(object_of(table)));
      each.statements = {"ALTER TABLE " +
                         std::string(foreign && !table.partition_key.empty() ? "" : "ONLY ") +
                         name + " ADD CONSTRAINT " + quote_identifier(constraint.name) + ' ' +
                         constraint_definition(constraint, options_.version)};
      if (!foreign) {
        each.makes.push_back(
            to_string(Object{Kind::index, qualified(table.schema, constraint.name)}));
        continue;
      }
      if (const Relation* parent =
              catalog_.relation(constraint.references_schema, constraint.references_table)) {
        each.needs.push_back(to_string(object_of(*parent)));
        for (const Index& index : parent->indexes)
          if (index.unique) each.needs.push_back(to_string(object_of(*parent, index)));
      }
    }
  }

  bool parent_has(const Relation& table, const Constraint& constraint) const {
    return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& each) {
      const Relation* parent = catalog_.relation(each);
      return parent != nullptr &&
             std::ranges::any_of(parent->constraints, [&](const Constraint& other) {
               return other.name == constraint.name;
             });
    });
  }

  void add_indexes(const Relation& relation, const std::string& name) {
    std::set<const Index*> taken;
    for (const Index& index : relation.indexes) {
      const Object object = object_of(relation, index);
      comment("INDEX " + object.name, index.comment);
      Statements after;
      const bool owned = !index.constraint.empty();
      if (owned && !index.options.empty())
        after.push_back("ALTER INDEX " + object.name + " SET (" + with_options(index.options) +
                        ')');
      if (!index.tablespace.empty())
        after.push_back("ALTER INDEX " + object.name + " SET TABLESPACE " +
                        quote_identifier(index.tablespace));
      for (std::size_t i = 0; i < index.keys.size(); ++i)
        if (index.keys[i].statistics_target)
          after.push_back("ALTER INDEX " + object.name + " ALTER COLUMN " + std::to_string(i + 1) +
                          " SET STATISTICS " + std::to_string(*index.keys[i].statistics_target));
      if (index.clustered)
        after.push_back("ALTER TABLE " + name + " CLUSTER ON " + quote_identifier(index.name));
      if (owned) {
        if (!after.empty()) add_setting(object.name, {to_string(object)}, std::move(after));
      } else {
        Step& each = step(of_index, object);
        each.needs.push_back(to_string(object_of(relation)));
        scan(each.needs, index.definition);
        each.statements = {create_index(relation, index, options_.version)};
        std::ranges::move(after, std::back_inserter(each.statements));
      }
      if (index.inherited) attach(relation, index, taken);
    }
  }

  void attach(const Relation& partition, const Index& index, std::set<const Index*>& taken) {
    for (const catalog::ObjectName& each : partition.parents) {
      const Relation* parent = catalog_.relation(each);
      if (parent == nullptr) continue;
      for (const Index& candidate : parent->indexes) {
        if (!same_shape(candidate, index) || !taken.insert(&candidate).second) continue;
        const Object object = object_of(partition, index);
        const Object whole = object_of(*parent, candidate);
        Step& attached = steps_.emplace_back();
        attached.priority = of_attached_index;
        attached.name = object.name;
        attached.needs = {to_string(object), to_string(whole)};
        attached.statements = {"ALTER INDEX " + whole.name + " ATTACH PARTITION " + object.name};
        return;
      }
    }
  }

  // Triggers, rules and policies.
  void add_code(const Relation& relation, const std::string& name) {
    const auto state = [&](std::string_view words, const std::string& its_name,
                           const std::string& enabled) -> Statements {
      if (enabled.empty() || enabled == "origin") return {};
      const std::string verb = enabled == "disabled"  ? " DISABLE "
                               : enabled == "replica" ? " ENABLE REPLICA "
                                                      : " ENABLE ALWAYS ";
      return {"ALTER TABLE " + std::string(relation.is_table() ? "ONLY " : "") + name + verb +
              std::string(words) + ' ' + quote_identifier(its_name)};
    };
    const std::string object = to_string(object_of(relation));
    for (const catalog::Trigger& trigger : relation.triggers) {
      comment("TRIGGER " + quote_identifier(trigger.name) + " ON " + name, trigger.comment);
      Statements enable = state("TRIGGER", trigger.name, trigger.enabled);
      if (trigger.inherited) {
        if (!enable.empty()) add_setting(name, {object}, std::move(enable));
        continue;
      }
      Step& each = step(of_trigger, object_of(relation, trigger));
      each.needs.push_back(object);
      scan(each.needs, trigger.definition);
      each.statements = {trigger.definition};
      std::ranges::move(enable, std::back_inserter(each.statements));
    }
    for (const catalog::RewriteRule& rule : relation.rules) {
      const std::string its_name = quote_identifier(rule.name);
      comment("RULE " + its_name + " ON " + name, rule.comment);
      Step& each = step(of_rule, {Kind::rule, name + '.' + its_name});
      each.needs.push_back(object);
      scan(each.needs, rule.definition);
      each.statements = {rule.definition};
      std::ranges::move(state("RULE", rule.name, rule.enabled),
                        std::back_inserter(each.statements));
    }
    for (const catalog::Policy& policy : relation.policies) {
      comment("POLICY " + quote_identifier(policy.name) + " ON " + name, policy.comment);
      Step& each = step(of_policy, object_of(relation, policy));
      each.needs.push_back(object);
      each.statements = {create_policy(relation, policy)};
      scan(each.needs, each.statements.front());
    }
  }

  void add_setting(const std::string& name, Statements needs, Statements statements) {
    Step& each = steps_.emplace_back();
    each.priority = of_table_setting;
    each.name = name;
    each.needs = std::move(needs);
    each.statements = std::move(statements);
  }

  void add_settings(const Relation& table, const std::string& name) {
    Statements sql;
    Statements needs = {to_string(object_of(table))};
    const std::string alter = "ALTER TABLE ONLY " + name + ' ';
    if (table.row_security) sql.push_back("ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY");
    if (table.force_row_security) sql.push_back(alter + "FORCE ROW LEVEL SECURITY");
    if (table.replica_identity == "full" || table.replica_identity == "nothing") {
      sql.push_back(alter + "REPLICA IDENTITY " +
                    (table.replica_identity == "full" ? "FULL" : "NOTHING"));
    } else if (!table.replica_identity.empty()) {
      sql.push_back(alter + "REPLICA IDENTITY USING INDEX " +
                    quote_identifier(table.replica_identity));
      needs.push_back(
          to_string(Object{Kind::index, qualified(table.schema, table.replica_identity)}));
    }
    if (!sql.empty()) add_setting(name, std::move(needs), std::move(sql));
  }

  const Catalog& catalog_;
  const WriteOptions options_;
  const catalog::Lookup lookup_;
  std::optional<Mentions> mentions_;  // where nothing is known of dependencies
  std::unordered_map<std::string, Statements> needs_;
  std::vector<Step> steps_;
  Statements comments_;
  Statements owners_;
  Statements grants_;
  Statements event_triggers_;
};

}  // namespace

std::vector<std::string> write(const Catalog& catalog, const WriteOptions& options) {
  return Writer(catalog, options).write();
}

std::vector<std::string> roles_named(const Catalog& catalog) {
  std::set<std::string> roles;
  const auto all = [&](const std::string& owner, const catalog::Acl& acl) {
    roles.insert(owner);
    for (const catalog::Grant& grant : catalog::grants(acl)) {
      roles.insert(grant.grantee);
      roles.insert(grant.grantor);
    }
  };
  for (const auto& each : catalog.schemas) all(each.owner, each.acl);
  for (const auto& each : catalog.types) all(each.owner, each.acl);
  for (const auto& each : catalog.sequences) all(each.owner, each.acl);
  for (const auto& each : catalog.routines) all(each.owner, each.acl);
  for (const auto& each : catalog.relations) {
    all(each.owner, each.acl);
    for (const auto& column : each.columns) {
      all({}, column.acl);
      if (column.identity_sequence) all({}, column.identity_sequence->acl);
    }
    for (const auto& policy : each.policies) roles.insert(policy.roles.begin(), policy.roles.end());
  }
  for (const auto& each : catalog.others) {
    all(each.owner, each.acl);
    if (const auto role = each.properties.find("role"); role != each.properties.end())
      roles.insert(role->second);
  }
  roles.erase("");
  std::erase_if(roles, [](const std::string& role) { return role.starts_with("pg_"); });
  return {roles.begin(), roles.end()};
}

std::vector<std::string> tablespaces_named(const Catalog& catalog) {
  std::set<std::string> names;
  for (const auto& relation : catalog.relations) {
    names.insert(relation.tablespace);
    for (const auto& index : relation.indexes) names.insert(index.tablespace);
  }
  names.erase("");
  std::erase_if(names, [](const std::string& name) { return name.starts_with("pg_"); });
  return {names.begin(), names.end()};
}

std::vector<Correction> corrections(const Catalog& catalog) {
  std::vector<Correction> list;
  const auto names = [](const auto& all) {
    std::vector<std::string> quoted;
    for (const auto& each : all)
      if (each.inherited) quoted.push_back(quote_literal(each.name));
    return quoted.empty() ? "NULL" : join(quoted, ", ");
  };
  for (const Relation& relation : catalog.relations) {
    const std::string name = qualified(relation.schema, relation.name);
    const std::string oid = quote_literal(name) + "::pg_catalog.regclass";
    if (has_order_of_its_own(catalog, relation))
      list.push_back(
          {"the columns that " + name + " inherits are declared for it too, to keep their order",
           {"UPDATE pg_catalog.pg_attribute SET attislocal = false WHERE attrelid = " + oid +
                " AND attname IN (" + names(relation.columns) + ')',
            "UPDATE pg_catalog.pg_constraint SET conislocal = false WHERE conrelid = " + oid +
                " AND conname IN (" + names(relation.constraints) + ')'}});
    for (const Index& index : relation.indexes) {
      // That of a partitioned table is, until every partition has one.
      if (index.valid || relation.kind == RelationKind::partitioned_table) continue;
      const std::string its_name = qualified(relation.schema, index.name);
      list.push_back({"the index " + its_name + " is invalid, which no statement can make it",
                      {"UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = " +
                       quote_literal(its_name) + "::pg_catalog.regclass"}});
    }
  }
  return list;
}

}  // namespace architrave::postgres

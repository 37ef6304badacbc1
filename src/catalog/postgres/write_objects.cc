#include <algorithm>
#include <iterator>

#include "catalog/postgres/statements.h"
#include "catalog/postgres/writing.h"

namespace architrave::postgres::writing {

namespace {

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

std::string name_of(const OtherObject& object) {
  return object.schema.empty() ? object.name : quote_identifier(object.schema) + '.' + object.name;
}

}  // namespace

std::string upper_words(Kind kind) {
  std::string text(to_string(kind));
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

void Writer::add(const catalog::Schema& schema) {
  const std::string name = quote_identifier(schema.name);
  const Object object{Kind::schema, name};
  const bool is_public = schema.name == "public";
  step(of_schema, {Kind::schema, name}).statements = {
      (is_public ? "CREATE SCHEMA IF NOT EXISTS " : "CREATE SCHEMA ") + name};
  comment(object, "SCHEMA " + name, schema.comment);
  owner(object, "SCHEMA " + name, schema.owner);
  // A new database grants on `public` what its version likes.
  if (is_public && options_.grants) {
    Step& revoke = grants_.emplace_back();
    revoke.of = to_string(object);
    revoke.statements = {"REVOKE ALL ON SCHEMA public FROM PUBLIC"};
  }
  grant(object, "SCHEMA " + name, 'n', schema.owner, schema.acl);
}

void Writer::add(const catalog::Extension& extension) {
  const std::string name = quote_identifier(extension.name);
  Step& made = step(of_extension, {Kind::extension, name}, extension.schema);
  made.statements = {
      "CREATE EXTENSION IF NOT EXISTS " + name +
      (extension.schema.empty() ? "" : " WITH SCHEMA " + quote_identifier(extension.schema)) +
      (mentions_ ? " CASCADE" : "")};
  comment({Kind::extension, name}, "EXTENSION " + name, extension.comment);
}

void Writer::add(const catalog::Type& type) {
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
  const Object object = object_of(type);
  comment(object, words, type.comment);
  for (const Constraint& check : type.constraints)
    comment(object, "CONSTRAINT " + quote_identifier(check.name) + " ON DOMAIN " + name,
            check.comment);
  for (const catalog::Column& attribute : type.attributes)
    comment(object, "COLUMN " + name + '.' + quote_identifier(attribute.name), attribute.comment);
  if (type.kind != TypeKind::shell) owner(object, words, type.owner);
  grant(object, words, 'T', type.owner, type.acl);
}

void Writer::add(const catalog::Sequence& sequence) {
  const std::string name = qualified(sequence.schema, sequence.name);
  const Object object = object_of(sequence);
  step(of_sequence, object, sequence.schema).statements = {create_sequence(sequence)};
  comment(object, "SEQUENCE " + name, sequence.comment);
  if (sequence.owned_by_table.empty()) {
    owner(object, "SEQUENCE " + name, sequence.owner);
  } else {
    // Its table's owner becomes its own.
    Step& owned = steps_.emplace_back();
    owned.priority = of_owned_sequence;
    owned.name = name;
    owned.of = to_string(object);
    owned.needs = {owned.of};
    if (const Relation* table =
            catalog_.relation(sequence.owned_by_schema, sequence.owned_by_table))
      owned.needs.push_back(to_string(object_of(*table)));
    owned.statements = {"ALTER SEQUENCE " + name + " OWNED BY " +
                        qualified(sequence.owned_by_schema, sequence.owned_by_table) + '.' +
                        quote_identifier(sequence.owned_by_column)};
  }
  grant(object, "SEQUENCE " + name, 's', sequence.owner, sequence.acl);
}

void Writer::add(const catalog::Routine& routine) {
  const Object object = object_of(routine);
  const bool aggregate = routine.kind == catalog::RoutineKind::aggregate;
  Step& made = step(aggregate ? of_aggregate : of_routine, object, routine.schema);
  // What a body in a string names is not looked at before it runs.
  if (mentions_) scan(made.needs, routine.definition.substr(0, routine.definition.find("\nAS $")));
  made.statements = {routine.definition};
  const std::string words = upper_words(object.kind) + ' ' + object.name;
  comment(object, words, routine.comment);
  owner(object, words, routine.owner);
  grant(object, granted_words(routine), 'f', routine.owner, routine.acl);
}

void Writer::add(const OtherObject& other) {
  const std::string name = name_of(other);
  const std::string words = upper_words(other.kind) + ' ' + name;
  const Object object{other.kind, name};
  if (other.kind == Kind::event_trigger) {
    // They would fire at all that comes after them.
    Step& made = event_triggers_.emplace_back();
    made.of = to_string(object);
    made.statements = other.definition;
    if (!other.comment.empty())
      made.statements.push_back("COMMENT ON " + words + " IS " + quote_literal(other.comment));
    if (options_.owners && !other.owner.empty() && other.owner != options_.role)
      made.statements.push_back("ALTER " + words + " OWNER TO " + quote_identifier(other.owner));
    return;
  }
  Step& made = step(priority_of(other.kind), object, other.schema);
  for (const std::string& statement : other.definition) scan(made.needs, statement);
  for (const char* property : {"foreign_data_wrapper", "server"})
    if (const auto found = other.properties.find(property); found != other.properties.end())
      made.needs.push_back(
          to_string(Object{property[0] == 's' ? Kind::server : Kind::foreign_data_wrapper,
                           quote_identifier(found->second)}));
  made.statements = other.definition;
  if (other.kind == Kind::default_privileges) return;
  comment(object, words, other.comment);
  owner(object, words, other.owner);
  if (other.kind == Kind::language)
    grant(object, words, 'l', other.owner, other.acl);
  else if (other.kind == Kind::foreign_data_wrapper)
    grant(object, words, 'F', other.owner, other.acl);
  else if (other.kind == Kind::server)
    grant(object, "FOREIGN " + words, 'S', other.owner, other.acl);
}

}  // namespace architrave::postgres::writing

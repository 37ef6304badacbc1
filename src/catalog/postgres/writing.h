// How write() gathers its steps. For the files that write one kind of thing each, and for nobody
// else.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "catalog/lookup.h"
#include "catalog/postgres/mentions.h"
#include "catalog/postgres/ordering.h"
#include "catalog/postgres/writer.h"

namespace architrave::postgres::writing {

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
  of_refresh_by_code,
  of_publication,
  of_subscription,
  of_default_privileges,
};

// Needs are named as catalog::to_string(Object) names them.
inline std::string schema_object(const std::string& name) {
  return to_string(Object{Kind::schema, quote_identifier(name)});
}
// "MATERIALIZED VIEW": as DROP and COMMENT ON have it.
std::string upper_words(Kind kind);

inline bool needs_code(std::string_view object) {
  return object.starts_with("function ") || object.starts_with("aggregate ") ||
         object.starts_with("sequence ");
}

class Writer {
 public:
  Writer(const Catalog& catalog, WriteOptions options);
  Statements write();
  // The objects alone, for a session that is set up already.
  Statements objects();
  Makings makings();

 private:
  // ---- what every kind has

  // A new database has a schema `public`; one that was dropped there must go here too.
  bool leaves_out_public() const;
  Statements needs_of(const Object& object) const;
  void also_needs(Statements& needs, const Object& object) const;
  void scan(Statements& needs, std::string_view sql) const;
  void comment(const Object& object, const std::string& what, const std::string& text);
  void owner(const Object& object, const std::string& what, const std::string& role);
  void grant(const Object& object, const std::string& what, char kind, const std::string& role,
             const catalog::Acl& acl, const std::string& column = {});
  Step& step(Priority priority, const Object& object, const std::string& schema = {});
  void add_setting(const Object& object, Statements needs, Statements statements);

  // ---- write_objects.cc

  void add(const catalog::Schema& schema);
  void add(const catalog::Extension& extension);
  void add(const catalog::Type& type);
  void add(const catalog::Sequence& sequence);
  void add(const catalog::Routine& routine);
  void add(const OtherObject& other);

  // ---- write_tables.cc

  void add(const Relation& relation);
  void add_table(const Relation& table);
  void add_view(const Relation& view, const std::string& name);
  // The materialized views that a view reads, straight or through other views.
  void rows_needed(const std::string& object, std::unordered_set<std::string>& seen,
                   Statements& needs) const;
  // Adds what does not hold for old rows, of which no server knows that there are none: on children
  // that are made after it, it would.
  void add_not_valid(const Relation& table, const std::string& name);
  void descendants(const Relation& table, std::vector<const Relation*>& below) const;
  void add_constraints(const Relation& table, const std::string& name);
  // What a partition has of its whole's by the server's doing.
  void add_given(const Relation& partition, const Constraint& constraint);
  // The names that the server tries for it, up to that which it takes: those before are others'.
  std::vector<std::string> given_names(const Relation& partition, const Index& index);
  // For the others, and for what has one of these names until it goes.
  void wait_for_given_names(Statements& needs, const Relation& whole, const std::string& index);
  bool parent_has(const Relation& table, const Constraint& constraint) const;

  // ---- write_table_parts.cc

  void add_indexes(const Relation& relation, const std::string& name);
  void attach(const Relation& partition, const Index& index, std::set<const Index*>& taken);
  // Triggers, rules and policies.
  void add_code(const Relation& relation, const std::string& name);
  void add_settings(const Relation& table, const std::string& name);

  const Catalog& catalog_;
  const WriteOptions options_;
  const catalog::Lookup lookup_;
  std::set<std::string> taken_names_;
  std::optional<Mentions> mentions_;  // where nothing is known of dependencies
  std::unordered_map<std::string, Statements> needs_;
  std::unordered_map<std::string, std::string> holders_;  // of names, where they are asked for
  std::vector<Step> steps_;
  std::vector<Step> comments_;
  std::vector<Step> owners_;
  std::vector<Step> grants_;
  std::vector<Step> event_triggers_;
};

}  // namespace architrave::postgres::writing

#include "catalog/postgres/statements.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/object.h"

namespace architrave::postgres {

using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Options;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::quote_literal;
using catalog::Relation;
using catalog::RelationKind;

namespace {

std::string names(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& name : list) text += (text.empty() ? "" : ", ") + quote_identifier(name);
  return text;
}

bool is_plain(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '.';
  });
}

// The options that CREATE SEQUENCE and an identity column share; those at their default left out.
std::string sequence_options(const catalog::Sequence& sequence) {
  const bool up = sequence.increment > 0;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  if (sequence.data_type == "integer") {
    lowest = std::numeric_limits<std::int32_t>::min();
    highest = std::numeric_limits<std::int32_t>::max();
  } else if (sequence.data_type == "smallint") {
    lowest = std::numeric_limits<std::int16_t>::min();
    highest = std::numeric_limits<std::int16_t>::max();
  }
  std::string text;
  if (sequence.increment != 1) text += " INCREMENT BY " + std::to_string(sequence.increment);
  if (sequence.minimum != (up ? 1 : lowest))
    text += " MINVALUE " + std::to_string(sequence.minimum);
  if (sequence.maximum != (up ? highest : -1))
    text += " MAXVALUE " + std::to_string(sequence.maximum);
  if (sequence.start != (up ? sequence.minimum : sequence.maximum))
    text += " START WITH " + std::to_string(sequence.start);
  if (sequence.cache != 1) text += " CACHE " + std::to_string(sequence.cache);
  if (sequence.cycle) text += " CYCLE";
  return text;
}

std::string in_words(ConstraintType type) {
  switch (type) {
    case ConstraintType::primary_key:
      return "PRIMARY KEY";
    case ConstraintType::unique:
      return "UNIQUE";
    case ConstraintType::foreign_key:
      return "FOREIGN KEY";
    case ConstraintType::check:
      return "CHECK";
    case ConstraintType::exclusion:
      return "EXCLUDE";
  }
  return {};
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

}  // namespace

std::string with_options(const Options& options, std::string_view prefix) {
  std::string text;
  for (const auto& [name, value] : options)
    text += (text.empty() ? "" : ", ") + std::string(prefix) + quote_identifier(name) + '=' +
            (is_plain(value) ? value : quote_literal(value));
  return text;
}

std::string foreign_options(const Options& options) {
  std::string text;
  for (const auto& [name, value] : options)
    text += (text.empty() ? "" : ", ") + quote_identifier(name) + ' ' + quote_literal(value);
  return text;
}

std::string sequence_changes(const catalog::Sequence& before, const catalog::Sequence& after) {
  std::string text;
  const bool retyped = before.data_type != after.data_type;
  if (retyped) text += " AS " + after.data_type;
  const auto number = [&](const char* words, std::int64_t old_value, std::int64_t new_value,
                          bool follows_type) {
    if (old_value != new_value || (retyped && follows_type))
      text += words + std::to_string(new_value);
  };
  number(" INCREMENT BY ", before.increment, after.increment, false);
  number(" MINVALUE ", before.minimum, after.minimum, true);
  number(" MAXVALUE ", before.maximum, after.maximum, true);
  number(" START WITH ", before.start, after.start, true);
  number(" CACHE ", before.cache, after.cache, false);
  if (before.cycle != after.cycle) text += after.cycle ? " CYCLE" : " NO CYCLE";
  return text;
}

std::string create_sequence(const catalog::Sequence& sequence) {
  std::string sql = sequence.unlogged ? "CREATE UNLOGGED SEQUENCE " : "CREATE SEQUENCE ";
  sql += qualified(sequence.schema, sequence.name);
  if (!sequence.data_type.empty() && sequence.data_type != "bigint")
    sql += " AS " + sequence.data_type;
  return sql + sequence_options(sequence);
}

std::string identity_options(const Relation& relation, const Column& column) {
  if (!column.identity_sequence) return {};
  const catalog::Sequence& sequence = *column.identity_sequence;
  std::string text = sequence_options(sequence);
  if (!sequence.name.empty() && (sequence.schema != relation.schema ||
                                 sequence.name != relation.name + '_' + column.name + "_seq"))
    text = " SEQUENCE NAME " + qualified(sequence.schema, sequence.name) + text;
  return std::string(trim(text));
}

bool is_made_with_whole(const Relation& relation, const Constraint& constraint) {
  const auto index = std::ranges::find(relation.indexes, constraint.index, &catalog::Index::name);
  return index != relation.indexes.end() &&
         (constraint.type == ConstraintType::exclusion || index->method != "btree");
}

std::string usual_index_name(const Relation& relation, const catalog::Index& index, int number) {
  std::vector<std::string> columns;
  const auto add = [&](const std::string& name) {
    std::string column = name;
    for (int i = 1; std::ranges::find(columns, column) != columns.end(); ++i)
      column = name + std::to_string(i);
    columns.push_back(column);
  };
  if (!index.primary) {
    for (const catalog::IndexKey& key : index.keys) add(key.column.empty() ? "expr" : key.column);
    std::ranges::for_each(index.include, add);
  }
  const std::string tail =
      (index.primary ? "_pkey" : "_excl") + (number == 0 ? "" : std::to_string(number));
  const std::string list = join(columns, "_");
  constexpr std::size_t longest = 63;
  std::size_t of_table = relation.name.size();
  std::size_t of_list = list.size();
  while (of_table + of_list + (list.empty() ? 0 : 1) + tail.size() > longest)
    --(of_table > of_list ? of_table : of_list);
  const auto cut = [](const std::string& text, std::size_t size) {
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    return text.substr(0, size);
  };
  return cut(relation.name, of_table) + (list.empty() ? "" : "_") + cut(list, of_list) + tail;
}

std::string constraint_definition(const Constraint& constraint, int version) {
  if (!constraint.definition.empty())
    return version < 150000 ? replace_all(constraint.definition, " NULLS NOT DISTINCT", "")
                            : constraint.definition;
  std::string sql = in_words(constraint.type) + " (" +
                    (constraint.type == ConstraintType::check ? constraint.expression
                                                              : names(constraint.columns)) +
                    ')';
  if (constraint.type == ConstraintType::foreign_key) {
    sql += " REFERENCES " + qualified(constraint.references_schema, constraint.references_table);
    if (!constraint.references_columns.empty())
      sql += '(' + names(constraint.references_columns) + ')';
    if (constraint.match_full) sql += " MATCH FULL";
    for (const auto& [event, action] : {std::pair{" ON UPDATE ", &constraint.on_update},
                                        std::pair{" ON DELETE ", &constraint.on_delete}})
      if (!action->empty() && *action != "no action") sql += event + upper(*action);
  }
  if (constraint.deferrable) sql += " DEFERRABLE";
  if (constraint.deferred) sql += " INITIALLY DEFERRED";
  if (constraint.no_inherit) sql += " NO INHERIT";
  if (!constraint.validated) sql += " NOT VALID";
  return sql;
}

std::string create_index(const Relation& relation, const catalog::Index& index, int version) {
  if (!index.definition.empty())
    return version < 150000 ? replace_all(index.definition, " NULLS NOT DISTINCT", "")
                            : index.definition;
  std::string keys;
  for (const catalog::IndexKey& key : index.keys) {
    keys += keys.empty() ? "" : ", ";
    keys += key.column.empty() ? '(' + key.expression + ')' : quote_identifier(key.column);
    if (!key.collation.empty()) keys += " COLLATE " + key.collation;
    if (!key.opclass.empty()) keys += ' ' + key.opclass;
    if (key.descending) keys += " DESC";
    if (key.nulls_first != key.descending) keys += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  std::string sql = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  sql += quote_identifier(index.name) + " ON " + qualified(relation.schema, relation.name) +
         " USING " + quote_identifier(index.method) + " (" + keys + ')';
  if (!index.include.empty()) sql += " INCLUDE (" + names(index.include) + ')';
  if (index.nulls_not_distinct && version >= 150000) sql += " NULLS NOT DISTINCT";
  if (!index.options.empty()) sql += " WITH (" + with_options(index.options) + ')';
  if (!index.predicate.empty()) sql += " WHERE " + index.predicate;
  return sql;
}

std::string without_options(const std::string& index_definition) {
  constexpr std::string_view words = " WITH (";
  const std::size_t at = index_definition.rfind(words);
  const std::size_t end =
      at == std::string::npos ? at : index_definition.find(')', at + words.size());
  if (end == std::string::npos) return index_definition;
  return index_definition.substr(0, at) + index_definition.substr(end + 1);
}

std::string create_policy(const Relation& relation, const catalog::Policy& policy) {
  std::string sql = "CREATE POLICY " + quote_identifier(policy.name) + " ON " +
                    qualified(relation.schema, relation.name);
  if (!policy.permissive) sql += " AS RESTRICTIVE";
  if (!policy.command.empty() && policy.command != "all") sql += " FOR " + upper(policy.command);
  if (!policy.roles.empty()) sql += " TO " + names(policy.roles);
  if (!policy.using_expression.empty()) sql += " USING (" + policy.using_expression + ')';
  if (!policy.check_expression.empty()) sql += " WITH CHECK (" + policy.check_expression + ')';
  return sql;
}

std::string granted_words(const catalog::Routine& routine) {
  std::string arguments = routine.arguments == "*" ? "" : routine.arguments;
  constexpr std::string_view sorts = "ORDER BY ";
  const bool aggregate = routine.kind == catalog::RoutineKind::aggregate;
  if (const std::size_t at = arguments.find(sorts); aggregate && at != std::string::npos) {
    const std::string direct(trim(arguments.substr(0, at)));
    const std::string sorted = arguments.substr(at + sorts.size());
    const bool same = sorted.starts_with("VARIADIC ") && direct.ends_with(sorted);
    arguments = same ? direct : direct + (direct.empty() ? "" : ", ") + sorted;
  }
  const bool procedure = routine.kind == catalog::RoutineKind::procedure;
  return (procedure ? "PROCEDURE " : "FUNCTION ") + qualified(routine.schema, routine.name) + '(' +
         arguments + ')';
}

std::string create_view(const Relation& view) {
  const bool materialized = view.kind == RelationKind::materialized_view;
  std::string sql = materialized ? "CREATE MATERIALIZED VIEW " : "CREATE OR REPLACE VIEW ";
  sql += qualified(view.schema, view.name);
  if (!view.access_method.empty()) sql += " USING " + quote_identifier(view.access_method);
  std::string options = with_options(view.options);
  if (!view.toast_options.empty())
    options += (options.empty() ? "" : ", ") + with_options(view.toast_options, "toast.");
  if (!options.empty()) sql += " WITH (" + options + ')';
  if (!view.tablespace.empty()) sql += " TABLESPACE " + quote_identifier(view.tablespace);
  sql += " AS\n" + view.definition;
  if (materialized) sql += "\n  WITH NO DATA";
  return sql;
}

std::string create_empty_view(const Relation& view) {
  std::string sql = "CREATE VIEW " + qualified(view.schema, view.name) + " AS\n SELECT ";
  for (const Column& column : view.columns) {
    if (&column != &view.columns.front()) sql += ",\n    ";
    sql += "NULL::" + column.type;
    if (!column.collation.empty()) sql += " COLLATE " + column.collation;
    sql += " AS " + quote_identifier(column.name);
  }
  return sql;
}

TypeStatements create_type(const catalog::Type& type) {
  using catalog::TypeKind;
  TypeStatements made;
  const std::string name = qualified(type.schema, type.name);
  const std::string head = "CREATE TYPE " + name;
  std::vector<std::string> parts;
  switch (type.kind) {
    case TypeKind::shell:
      made.whole = head;
      break;
    case TypeKind::enumeration:
      for (const std::string& label : type.labels) parts.push_back(quote_literal(label));
      made.whole = head + " AS ENUM (" + join(parts, ", ") + ')';
      break;
    case TypeKind::composite:
      for (const Column& attribute : type.attributes)
        parts.push_back(quote_identifier(attribute.name) + ' ' + attribute.type +
                        (attribute.collation.empty() ? "" : " COLLATE " + attribute.collation));
      made.whole = head + " AS (" + join(parts, ", ") + ')';
      break;
    case TypeKind::domain: {
      made.whole = "CREATE DOMAIN " + name + " AS " + type.base_type;
      if (!type.collation.empty()) made.whole += " COLLATE " + type.collation;
      if (!type.default_value.empty()) made.whole += " DEFAULT " + type.default_value;
      if (type.not_null) made.whole += " NOT NULL";
      const std::string bare = made.whole;
      for (const Constraint& check : type.constraints) {
        const std::string text =
            "CONSTRAINT " + quote_identifier(check.name) + ' ' + constraint_definition(check, 0);
        const std::string added = "ALTER DOMAIN " + name + " ADD " + text;
        (check.validated ? made.second : made.after).push_back(added);
        if (check.validated) made.whole += "\n  " + text;
      }
      if (!made.second.empty()) made.first = {bare};
      break;
    }
    case TypeKind::range:
      parts.push_back("SUBTYPE = " + type.base_type);
      if (!type.collation.empty()) parts.push_back("COLLATION = " + type.collation);
      for (const auto& [option, value] : type.properties)
        parts.push_back(upper(option) + " = " + value);
      made.whole = head + " AS RANGE (" + join(parts, ", ") + ')';
      if (type.properties.contains("canonical")) {
        made.first = {head};
        made.second = {made.whole};
      }
      break;
    case TypeKind::base:
      for (const auto& [option, value] : type.properties)
        parts.push_back(upper(option) + (value.empty() ? "" : " = " + value));
      made.whole = head + " (" + join(parts, ", ") + ')';
      made.first = {head};
      made.second = {made.whole};
      break;
  }
  return made;
}

std::string_view relation_words(RelationKind kind) {
  switch (kind) {
    case RelationKind::foreign_table:
      return "FOREIGN TABLE";
    case RelationKind::view:
      return "VIEW";
    case RelationKind::materialized_view:
      return "MATERIALIZED VIEW";
    default:
      return "TABLE";
  }
}

namespace {

// What acldefault() gives to the owner, and whether it gives the same to PUBLIC.
struct DefaultPrivileges {
  std::string owner;
  bool to_public;
};
DefaultPrivileges default_privileges(char kind, int version) {
  std::string owners = kind == 'r'   ? "arwdDxt"
                       : kind == 's' ? "rwU"
                       : kind == 'f' ? "X"
                       : kind == 'n' ? "UC"
                       : kind == 'c' ? ""
                                     : "U";
  if (kind == 'r' && version >= 170000) owners += 'm';
  return {owners, kind == 'f' || kind == 'T' || kind == 'l'};
}

}  // namespace

std::vector<std::string> privilege_changes(std::string_view words, char kind,
                                           const std::string& owner, const catalog::Acl& before,
                                           const catalog::Acl& after, int version,
                                           std::string_view columns) {
  // By grantor, grantee and privilege: whether it may be passed on.
  using Privileges = std::map<std::tuple<std::string, std::string, char>, bool>;
  const auto taken_apart = [&](const catalog::Acl& acl) {
    Privileges all;
    if (acl) {
      for (const catalog::Grant& grant : catalog::grants(acl))
        all[{grant.grantor, grant.grantee, grant.privilege}] = grant.grantable;
      return all;
    }
    const DefaultPrivileges defaults = default_privileges(kind, version);
    for (const char letter : defaults.owner) {
      all[{owner, owner, letter}] = false;
      if (defaults.to_public) all[{owner, "", letter}] = false;
    }
    return all;
  };
  const Privileges old_list = taken_apart(before);
  const Privileges new_list = taken_apart(after);

  std::vector<std::string> statements;
  const auto say = [&](std::string_view verb, char letter, std::string_view preposition,
                       const std::string& grantor, const std::string& grantee,
                       std::string_view tail = {}) {
    if (catalog::privilege_name(letter).empty()) return;
    std::string sql = std::string(verb) + ' ' + std::string(catalog::privilege_name(letter)) +
                      std::string(columns) + " ON " + std::string(words) + ' ' +
                      std::string(preposition) + ' ' +
                      (grantee.empty() ? "PUBLIC" : quote_identifier(grantee)) + std::string(tail);
    if (grantor != owner)
      statements.push_back("SET SESSION AUTHORIZATION " + quote_identifier(grantor));
    statements.push_back(std::move(sql));
    if (grantor != owner) statements.emplace_back("RESET SESSION AUTHORIZATION");
  };
  for (const auto& [key, grantable] : old_list) {
    const auto& [grantor, grantee, letter] = key;
    const auto kept = new_list.find(key);
    if (kept == new_list.end())
      say("REVOKE", letter, "FROM", grantor, grantee);
    else if (grantable && !kept->second)
      say("REVOKE GRANT OPTION FOR", letter, "FROM", grantor, grantee);
  }
  for (const auto& [key, grantable] : new_list) {
    const auto& [grantor, grantee, letter] = key;
    const auto had = old_list.find(key);
    if (had == old_list.end() || (grantable && !had->second))
      say("GRANT", letter, "TO", grantor, grantee, grantable ? " WITH GRANT OPTION" : "");
  }
  return statements;
}

std::vector<std::string> grants(std::string_view words, char kind, const std::string& owner,
                                const catalog::Acl& acl, int version, std::string_view columns) {
  std::vector<std::string> statements;
  if (!acl) return statements;
  const auto [owners, public_has] = default_privileges(kind, version);

  // By grantor (the owner first), grantee and whether it may be passed on.
  std::map<std::tuple<bool, std::string, std::string, bool>, std::string> groups;
  std::string plain;  // what the owner has
  bool owner_grants = false;
  bool public_kept = false;
  for (const catalog::Grant& grant : catalog::grants(acl)) {
    groups[{grant.grantor != owner, grant.grantor, grant.grantee, grant.grantable}] +=
        grant.privilege;
    if (grant.grantee == owner) plain += grant.privilege;
    if (grant.grantee == owner && grant.grantable) owner_grants = true;
    if (grant.grantee.empty()) public_kept = true;
  }
  const auto statement = [&](std::string_view verb, const std::string& privileges,
                             std::string_view preposition, const std::string& role) {
    return std::string(verb) + ' ' + privileges + " ON " + std::string(words) + ' ' +
           std::string(preposition) + ' ' + (role.empty() ? "PUBLIC" : quote_identifier(role));
  };
  if (public_has && !public_kept) statements.push_back(statement("REVOKE", "ALL", "FROM", ""));
  const bool owner_whole = !owner_grants && std::ranges::all_of(owners, [&](char letter) {
    return plain.find(letter) != plain.npos;
  });
  if (!owner_whole && !owners.empty())
    statements.push_back(statement("REVOKE", "ALL", "FROM", owner));
  for (const auto& [group, letters] : groups) {
    const auto& [by_other, grantor, grantee, grantable] = group;
    if (grantee == owner && owner_whole && kind != 'c') continue;
    std::vector<std::string> privileges;
    for (const char letter : letters)
      privileges.push_back(std::string(catalog::privilege_name(letter)) + std::string(columns));
    std::string sql = statement("GRANT", join(privileges, ", "), "TO", grantee);
    if (grantable) sql += " WITH GRANT OPTION";
    if (by_other) statements.push_back("SET SESSION AUTHORIZATION " + quote_identifier(grantor));
    statements.push_back(std::move(sql));
    if (by_other) statements.push_back("RESET SESSION AUTHORIZATION");
  }
  return statements;
}

}  // namespace architrave::postgres

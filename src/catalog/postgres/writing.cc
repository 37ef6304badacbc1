#include "catalog/postgres/writing.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "catalog/postgres/statements.h"

namespace architrave::postgres::writing {

Writer::Writer(const Catalog& catalog, WriteOptions options)
    : catalog_(catalog),
      options_(std::move(options)),
      lookup_(catalog),
      taken_names_(chosen_not_null_names(catalog)) {
  taken_names_.insert(options_.taken_names.begin(), options_.taken_names.end());
  for (const catalog::Dependency& edge : catalog.dependencies)
    needs_[to_string(edge.object)].push_back(to_string(edge.needs));
  if (!catalog.dependencies.empty()) return;
  mentions_.emplace(catalog);
  for (const Relation& each : catalog.relations)
    if (each.is_view()) needs_[to_string(object_of(each))] = mentions_->in(each.definition);
}

Statements Writer::write() {
  Statements sql = {"SET check_function_bodies = off", "SET search_path = ''",
                    "SET client_min_messages = warning", "SET xmloption = content"};
  if (leaves_out_public()) sql.push_back("DROP SCHEMA IF EXISTS public");
  for (std::string& each : objects()) {
    // What it calls may know its tables by the usual path alone.
    const bool calls = each.starts_with("REFRESH MATERIALIZED VIEW ");
    if (calls) sql.emplace_back("RESET search_path");
    sql.push_back(std::move(each));
    if (calls) sql.emplace_back("SET search_path = ''");
  }
  for (const char* setting :
       {"check_function_bodies", "search_path", "client_min_messages", "xmloption"})
    sql.push_back(std::string("RESET ") + setting);
  return sql;
}

Makings Writer::makings() {
  for (const auto& each : catalog_.schemas) add(each);
  for (const auto& each : catalog_.extensions) add(each);
  for (const auto& each : catalog_.types) add(each);
  for (const auto& each : catalog_.sequences) add(each);
  for (const auto& each : catalog_.routines) add(each);
  for (const auto& each : catalog_.relations)
    if (!options_.relations || options_.relations->contains(each.object_name())) add(each);
  for (const auto& each : catalog_.others) add(each);

  Makings made{std::move(steps_), std::move(comments_)};
  for (std::vector<Step>* part : {&owners_, &grants_, &event_triggers_})
    std::ranges::move(*part, std::back_inserter(made.after));
  return made;
}

Statements Writer::objects() {
  Makings made = makings();
  Statements sql;
  const auto append = [&](std::vector<Step> steps) {
    for (Step& each : steps) std::ranges::move(each.statements, std::back_inserter(sql));
  };
  append(in_order(std::move(made.steps)));
  append(std::move(made.after));
  return sql;
}

bool Writer::leaves_out_public() const {
  const auto in_public = [](const auto& each) { return each.schema == "public"; };
  return !catalog_.schemas.empty() &&
         std::ranges::none_of(catalog_.schemas, [](const auto& x) { return x.name == "public"; }) &&
         std::ranges::none_of(catalog_.extensions, in_public) &&
         std::ranges::none_of(catalog_.relations, in_public) &&
         std::ranges::none_of(catalog_.types, in_public) &&
         std::ranges::none_of(catalog_.routines, in_public);
}

Statements Writer::needs_of(const Object& object) const {
  const auto found = needs_.find(to_string(object));
  return found == needs_.end() ? Statements() : found->second;
}

void Writer::also_needs(Statements& needs, const Object& object) const {
  if (const auto found = needs_.find(to_string(object)); found != needs_.end())
    needs.insert(needs.end(), found->second.begin(), found->second.end());
}

void Writer::scan(Statements& needs, std::string_view sql) const {
  if (mentions_) std::ranges::move(mentions_->in(sql), std::back_inserter(needs));
}

void Writer::comment(const Object& object, const std::string& what, const std::string& text) {
  if (text.empty()) return;
  Step& made = comments_.emplace_back();
  made.of = to_string(object);
  made.statements = {"COMMENT ON " + what + " IS " + quote_literal(text)};
}

void Writer::owner(const Object& object, const std::string& what, const std::string& role) {
  // PostgreSQL 13 has no pg_database_owner, which owns `public` in newer ones.
  if (!options_.owners || role.empty() || role == options_.role ||
      (role == "pg_database_owner" && options_.version < 140000))
    return;
  Step& made = owners_.emplace_back();
  made.of = to_string(object);
  made.statements = {"ALTER " + what + " OWNER TO " + quote_identifier(role)};
}

void Writer::grant(const Object& object, const std::string& what, char kind,
                   const std::string& role, const catalog::Acl& acl, const std::string& column) {
  if (!options_.grants) return;
  int version = options_.version;
  if (catalog_.server.version_number > 0)
    version = std::min(version, static_cast<int>(catalog_.server.version_number));
  Step& made = grants_.emplace_back();
  made.of = to_string(object);
  made.statements = grants(what, kind, role, acl, version, column);
}

Step& Writer::step(Priority priority, const Object& object, const std::string& schema) {
  Step& made = steps_.emplace_back();
  made.priority = priority;
  made.name = object.name;
  made.of = to_string(object);
  made.makes = {to_string(object)};
  made.needs = needs_of(object);
  if (!schema.empty()) made.needs.push_back(schema_object(schema));
  return made;
}

void Writer::add_setting(const Object& object, Statements needs, Statements statements) {
  Step& each = steps_.emplace_back();
  each.priority = of_table_setting;
  each.name = object.name;
  each.of = to_string(object);
  each.needs = std::move(needs);
  each.statements = std::move(statements);
}

}  // namespace architrave::postgres::writing

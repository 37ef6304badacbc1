#include "migration/plan/swap.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/stopped.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

constexpr std::size_t room = 57;  // of a name's 63 bytes, before "__new" or "__old"

std::string new_name(const std::string& name) { return name.substr(0, room) + "__new"; }
std::string old_name(const std::string& name) { return name.substr(0, room) + "__old"; }

bool names(std::string_view sql, const Column& column) {
  return contains_word(sql, column.name) || contains_word(sql, quote_identifier(column.name));
}

// The definition with one column in the place of another.
std::string with_column(std::string sql, const std::string& from, const std::string& to) {
  const std::string quoted = quote_identifier(from);
  const auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '"' || c == '.';
  };
  const std::string fresh = quote_identifier(to);
  for (std::size_t at = sql.find(quoted); at != std::string::npos; at = sql.find(quoted, at)) {
    const std::size_t end = at + quoted.size();
    const bool whole = (at == 0 || !in_word(sql[at - 1])) &&
                       (end == sql.size() || !in_word(sql[end]) || sql[end] == '.');
    if (whole) sql.replace(at, quoted.size(), fresh);
    at += whole ? fresh.size() : quoted.size();
  }
  return sql;
}

// What follows the keyword ON: the index's own name and table are not its columns.
std::string twin(const Index& index, const Column& column) {
  const std::string& sql = index.definition;
  const std::size_t using_at = sql.find(" USING ");
  const std::size_t name_at = sql.find("INDEX ") + 6;
  const std::size_t on_at = sql.find(" ON ", name_at);
  if (using_at == std::string::npos || on_at == std::string::npos) return {};
  return sql.substr(0, name_at) + "CONCURRENTLY " + quote_identifier(new_name(index.name)) +
         sql.substr(on_at, using_at - on_at) +
         with_column(sql.substr(using_at), column.name, new_name(column.name));
}

bool uses(const Index& index, const Column& column) {
  return std::ranges::any_of(index.keys,
                             [&](const catalog::IndexKey& key) {
                               return key.column == column.name || names(key.expression, column);
                             }) ||
         std::ranges::find(index.include, column.name) != index.include.end() ||
         names(index.predicate, column);
}

bool can_swap(const Relation& table, const Column& column) {
  if (table.kind != RelationKind::table || table.is_partition() || !table.parents.empty() ||
      !table.of_type.empty() || !column.generated.empty())
    return false;
  for (const Column& other : table.columns)
    if (!other.generated.empty() && names(other.default_value, column)) return false;
  for (const Index& index : table.indexes)
    if (uses(index, column) &&
        (index.definition.empty() || table.replica_identity == index.name || index.clustered))
      return false;
  for (const Constraint& each : table.constraints)
    if (each.type == ConstraintType::exclusion && names(each.definition, column)) return false;
  return true;
}

Swap make(const catalog::Lookup& lookup, const Relation& table, const Column& a, const Column& b) {
  const std::string name = qualified(table.schema, table.name);
  const std::string alter = "ALTER TABLE " + name + ' ';
  const std::string now = quote_identifier(a.name);
  const std::string fresh = quote_identifier(new_name(a.name));
  const std::string aside = quote_identifier(old_name(a.name));
  const bool by_text = (a.type_category == "E" || b.type_category == "E") && b.type != "text";
  const std::string value = now + (by_text ? "::text::" : "::") + b.type;
  const std::string function = qualified(
      table.schema, ("sync_" + table.name).substr(0, room - 20) + '_' + a.name.substr(0, 20));
  const std::string trigger = quote_identifier("sync_" + a.name.substr(0, room));

  Swap swap;
  swap.column = to_string(object_of(table, a));
  Column renamed = a;
  renamed.name = old_name(a.name);
  swap.replaced = {to_string(object_of(table, renamed))};
  swap.loses = !postgres::keeps_values(a, b);
  swap.prepare = {alter + "ADD COLUMN " + fresh + ' ' + b.type +
                      (b.collation.empty() ? "" : " COLLATE " + b.collation),
                  "CREATE FUNCTION " + function +
                      "() RETURNS trigger LANGUAGE plpgsql AS $sync$ BEGIN NEW." + fresh +
                      " := NEW." + value + "; RETURN NEW; END $sync$",
                  "CREATE TRIGGER " + trigger + " BEFORE INSERT OR UPDATE ON " + name +
                      " FOR EACH ROW EXECUTE FUNCTION " + function + "()"};
  swap.fills = {{.table = name,
                 .key = key_of(table),
                 .set = fresh + " = " + value,
                 .where = fresh + " IS DISTINCT FROM " + value}};
  if (a.not_null && b.not_null) {
    swap.not_null_table = table.object_name();
    swap.not_null_column = new_name(a.name);
  }
  std::vector<Statement>& place = swap.take_place;
  place = {{"DROP TRIGGER " + trigger + " ON " + name}, {"DROP FUNCTION " + function + "()"}};
  for (const Index& index : table.indexes) {
    if (!uses(index, a)) continue;
    swap.alone.emplace_back(
        twin(index, a), Made{},
        leftover_index(table.object_name(), new_name(index.name), !index.constraint.empty()));
    const std::string its_name = qualified(table.schema, index.name);
    if (index.constraint.empty()) {
      place.emplace_back("DROP INDEX " + its_name);
      place.emplace_back("ALTER INDEX " + qualified(table.schema, new_name(index.name)) +
                         " RENAME TO " + quote_identifier(index.name));
      continue;
    }
    const auto key = std::ranges::find(table.constraints, index.constraint, &Constraint::name);
    for (const auto& each : lookup.referencing(table))
      if (std::ranges::is_permutation(each.constraint->references_columns, key->columns))
        place.emplace_back("ALTER TABLE " + qualified(each.child->schema, each.child->name) +
                           " DROP CONSTRAINT " + quote_identifier(each.constraint->name));
    place.emplace_back(alter + "DROP CONSTRAINT " + quote_identifier(key->name));
    std::string tail;
    if (key->deferrable) tail += " DEFERRABLE";
    if (key->deferred) tail += " INITIALLY DEFERRED";
    place.emplace_back(alter + "ADD CONSTRAINT " + quote_identifier(key->name) +
                           (key->type == ConstraintType::primary_key ? " PRIMARY KEY" : " UNIQUE") +
                           " USING INDEX " + quote_identifier(new_name(index.name)) + tail,
                       Made{Made::What::constraint, table.object_name(), key->name, {}});
  }
  if (!a.identity.empty()) place.emplace_back(alter + "ALTER COLUMN " + now + " DROP IDENTITY");
  place.emplace_back(alter + "RENAME COLUMN " + now + " TO " + aside);
  place.emplace_back(alter + "RENAME COLUMN " + fresh + " TO " + now);
  // Nobody gives it a value any more.
  if (!a.default_value.empty())
    place.emplace_back(alter + "ALTER COLUMN " + aside + " DROP DEFAULT");
  if (a.not_null) place.emplace_back(alter + "ALTER COLUMN " + aside + " DROP NOT NULL");
  return swap;
}

}  // namespace

std::vector<std::string> statements_of(const Swap& swap) {
  std::vector<std::string> statements = swap.prepare;
  for (const Statement& each : swap.alone)
    statements.push_back(replace_all(each.text, "INDEX CONCURRENTLY ", "INDEX "));
  if (!swap.not_null_table.name.empty())
    statements.push_back(
        "ALTER TABLE " + qualified(swap.not_null_table.schema, swap.not_null_table.name) +
        " ALTER COLUMN " + quote_identifier(swap.not_null_column) + " SET NOT NULL");
  for (const Statement& place : swap.take_place) statements.push_back(place.text);
  return statements;
}

std::vector<std::string> key_of(const Relation& table) {
  if (const Constraint* key = table.primary_key()) return key->columns;
  for (const Index& index : table.indexes) {
    if (!index.unique || !index.valid || !index.predicate.empty()) continue;
    std::vector<std::string> columns;
    for (const catalog::IndexKey& key : index.keys) {
      const Column* column = table.column(key.column);
      if (column == nullptr || !column->not_null) break;
      columns.push_back(key.column);
    }
    if (!columns.empty() && columns.size() == index.keys.size()) return columns;
  }
  return {};
}

std::vector<Swap> swaps(const Catalog& from, const Catalog& to, std::int64_t small_bytes) {
  const catalog::Lookup lookup(from);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    if (now == nullptr || !table.is_table() || now->kind != table.kind || !table.stats ||
        table.stats->bytes <= small_bytes || !lookup.children(table).empty())
      continue;
    for (const Column& a : table.columns) {
      const Column* b = now->column(a.name);
      if (b == nullptr || !b->generated.empty() || !postgres::rewrites(a, *b)) continue;
      if (can_swap(table, a)) list.push_back(make(lookup, table, a, *b));
    }
  }
  return list;
}

}  // namespace architrave::migration

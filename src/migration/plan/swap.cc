#include "migration/plan/swap.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <ranges>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/stopped.h"
#include "migration/plan/traffic.h"

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

// Whether two values of a column's type differ. Some types know no equality, or one that is none:
// boxes are equal if their areas are.
std::string differ(const std::string& a, const std::string& b, const Column& column) {
  constexpr std::array<std::string_view, 9> without = {"json", "xml",  "point",   "line",  "lseg",
                                                       "box",  "path", "polygon", "circle"};
  const std::string_view type = column.type;
  const bool as_text = std::ranges::find(without, type.substr(0, type.find('['))) != without.end();
  return as_text ? a + "::text IS DISTINCT FROM " + b + "::text" : a + " IS DISTINCT FROM " + b;
}

std::string with_columns(std::string sql, const std::vector<Retyping>& columns,
                         std::string (*naming)(const std::string&)) {
  for (const Retyping& each : columns)
    sql = with_column(std::move(sql), each.first.name, naming(each.first.name));
  return sql;
}

// What follows the keyword ON: the index's own name and table are not its columns.
std::string twin(const Index& index, const std::vector<Retyping>& columns,
                 std::string (*naming)(const std::string&)) {
  const std::string& sql = index.definition;
  const std::size_t using_at = sql.find(" USING ");
  const std::size_t name_at = sql.find("INDEX ") + 6;
  const std::size_t on_at = sql.find(" ON ", name_at);
  if (using_at == std::string::npos || on_at == std::string::npos) return {};
  return sql.substr(0, name_at) + "CONCURRENTLY " + quote_identifier(new_name(index.name)) +
         sql.substr(on_at, using_at - on_at) + with_columns(sql.substr(using_at), columns, naming);
}

bool uses(const Index& index, const Column& column) {
  return std::ranges::any_of(index.keys,
                             [&](const catalog::IndexKey& key) {
                               return key.column == column.name || names(key.expression, column);
                             }) ||
         std::ranges::find(index.include, column.name) != index.include.end() ||
         names(index.predicate, column);
}

// Puts the index that goes by a new name in its place, as `key`'s if that is not null. Foreign keys
// that hold on to the old one are made again by the route.
void give_place(Swap& swap, const catalog::Lookup& lookup, const Relation& table, const Index& old,
                const Constraint* key) {
  std::vector<Statement>& place = swap.take_place;
  const std::string alter = "ALTER TABLE " + qualified(table.schema, table.name) + ' ';
  const std::string fresh = new_name(old.name);
  if (key == nullptr) {
    place.emplace_back("DROP INDEX " + qualified(table.schema, old.name));
    place.emplace_back("ALTER INDEX " + qualified(table.schema, fresh) + " RENAME TO " +
                       quote_identifier(old.name));
    return;
  }
  const auto was = std::ranges::find(table.constraints, old.constraint, &Constraint::name);
  for (const auto& each : lookup.referencing(table))
    if (std::ranges::is_permutation(each.constraint->references_columns, was->columns))
      place.emplace_back("ALTER TABLE " + qualified(each.child->schema, each.child->name) +
                         " DROP CONSTRAINT " + quote_identifier(each.constraint->name));
  place.emplace_back(alter + "DROP CONSTRAINT " + quote_identifier(key->name));
  place.emplace_back(add_key(table, *key, fresh),
                     Made{Made::What::constraint, table.object_name(), key->name, {}});
}

// One that can be made beside the one that it replaces: of columns that stay as they are.
bool can_replace(const Relation& table, const Relation& now, const Index& was, const Index& is) {
  const Constraint* old_key = nullptr;
  const Constraint* new_key = nullptr;
  for (const Constraint& each : table.constraints)
    if (each.name == was.constraint) old_key = &each;
  for (const Constraint& each : now.constraints)
    if (each.name == is.constraint) new_key = &each;
  const bool same_kind = (old_key == nullptr) == (new_key == nullptr);
  const bool is_key = new_key != nullptr && same_kind;
  if (!same_kind || was.inherited || is.inherited || was.clustered ||
      table.replica_identity == was.name || !is.valid ||
      (is_key && (new_key->type == ConstraintType::exclusion ||
                  old_key->type == ConstraintType::exclusion || is.method != "btree")))
    return false;
  if (!postgres::replaces(was, is) && !(is_key && postgres::replaces(*old_key, *new_key)))
    return false;
  const auto stays = [&](const Column& column) {
    const Column* its = now.column(column.name);
    return its == nullptr || !uses(is, column) || !postgres::rewrites(column, *its);
  };
  // A primary key would look for nulls under its lock.
  const auto is_filled = [&](const catalog::IndexKey& key) {
    const Column* column = table.column(key.column);
    return column != nullptr && column->not_null;
  };
  return std::ranges::all_of(table.columns, stays) &&
         (!is_key || new_key->type != ConstraintType::primary_key ||
          std::ranges::all_of(is.keys, is_filled));
}

// "CREATE INDEX CONCURRENTLY i__new ON …".
std::string beside(const Index& index) {
  const std::string& sql = index.definition;
  const std::size_t name_at = sql.find("INDEX ") + 6;
  const std::string on =
      sql.substr(sql.find(" ON ", name_at + quote_identifier(index.name).size()));
  return sql.substr(0, name_at) + (on.starts_with(" ON ONLY ") ? "" : "CONCURRENTLY ") +
         quote_identifier(new_name(index.name)) + on;
}

// A partition's part of a partitioned index.
struct IndexPart {
  const Relation* partition;
  const Index* index;
  std::string whole;
};

// All of them, at every depth, each behind that which it is attached to; nothing if one is missing.
std::optional<std::vector<IndexPart>> parts_of(const catalog::Lookup& lookup, const Relation& table,
                                               const Index& whole) {
  std::vector<IndexPart> parts;
  for (const Relation* each : lookup.children(table)) {
    const auto its = std::ranges::find(each->indexes, whole.name, &Index::whole);
    if (its == each->indexes.end() || !its->constraint.empty()) return std::nullopt;
    parts.push_back({each, &*its, qualified(table.schema, new_name(whole.name))});
    auto below = parts_of(lookup, *each, *its);
    if (!below) return std::nullopt;
    std::ranges::move(*below, std::back_inserter(parts));
  }
  return parts;
}

Swap replace(const catalog::Lookup& lookup, const Relation& table, const Relation& now,
             const Index& was, const Index& is, const std::vector<IndexPart>& parts) {
  Swap swap;
  swap.of = to_string(object_of(table, was));
  swap.alone.emplace_back(beside(is));
  for (const IndexPart& each : parts) {
    Index part = *each.index;
    part.name = new_name(part.name);
    swap.alone.emplace_back(beside(*each.index), Made{}, leftover_part(*each.partition, part));
    swap.alone.emplace_back("ALTER INDEX " + each.whole + " ATTACH PARTITION " +
                            qualified(each.partition->schema, part.name));
  }
  const auto key = std::ranges::find(now.constraints, is.constraint, &Constraint::name);
  const bool is_key = key != now.constraints.end();
  give_place(swap, lookup, table, was, is_key ? &*key : nullptr);
  if (is_key) return swap;
  const auto rename = [](const std::string& schema, const std::string& from,
                         const std::string& to) {
    return "ALTER INDEX " + qualified(schema, from) + " RENAME TO " + quote_identifier(to);
  };
  swap.back = {rename(table.schema, is.name, new_name(is.name))};
  for (const IndexPart& each : parts) {
    const std::string& schema = each.partition->schema;
    const std::string& name = each.index->name;
    swap.take_place.emplace_back(rename(schema, new_name(name), name));
    swap.back.push_back(rename(schema, name, new_name(name)));
  }
  return swap;
}

// A cast of its own: values that go by way of their text would not be as the type reads them.
bool has_cast(const Catalog& catalog, const Column& column) {
  const std::string type = to_string(
      catalog::Object{catalog::Kind::type, qualified(column.type_schema, column.type_name)});
  return std::ranges::any_of(catalog.dependencies, [&](const catalog::Dependency& edge) {
    return edge.object.kind == catalog::Kind::cast && to_string(edge.needs) == type;
  });
}

}  // namespace

std::string new_name(const std::string& name) { return derived_name(name, "__new"); }
std::string old_name(const std::string& name) { return derived_name(name, "__old"); }

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

std::vector<Swap> replacements(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                               const std::set<std::string>& others) {
  const catalog::Lookup lookup(from);
  const catalog::Lookup to_lookup(to);
  const Traffic traffic(from, small_bytes);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.object_name());
    if (now == nullptr || now->kind != table.kind || traffic.busy(*now) == nullptr ||
        table.parents != now->parents || others.contains(to_string(object_of(table))))
      continue;
    const bool is_whole = table.kind == RelationKind::partitioned_table;
    for (const Index& was : table.indexes) {
      const auto is = std::ranges::find(now->indexes, was.name, &Index::name);
      if (is == now->indexes.end() || !can_replace(table, *now, was, *is)) continue;
      if (!is_whole) {
        list.push_back(replace(lookup, table, *now, was, *is, {}));
        continue;
      }
      const auto parts = parts_of(to_lookup, *now, *is);
      const bool were_there = parts && std::ranges::all_of(*parts, [&](const IndexPart& each) {
                                return from.relation(each.partition->object_name()) != nullptr &&
                                       !traffic.is_attached(*each.partition);
                              });
      if (were_there && is->constraint.empty() &&
          !(was.unique && !lookup.referencing(table).empty()))
        list.push_back(replace(lookup, table, *now, was, *is, *parts));
    }
  }
  return list;
}

bool is_checked(const catalog::Type& type) {
  return type.kind == catalog::TypeKind::domain && (type.not_null || !type.constraints.empty());
}

std::vector<Swap> new_types(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                            const std::string& role) {
  const Traffic traffic(from, small_bytes);
  Catalog with = from;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.object_name());
    if (now == nullptr || std::ranges::none_of(traffic.holders(table), [&](const Relation* each) {
          return is_large(*each, small_bytes);
        }))
      continue;
    for (const Column& column : now->columns) {
      const catalog::Type* type = to.type(column.type_schema, column.type_name);
      const Column* was = table.column(column.name);
      if (type == nullptr || with.type(type->schema, type->name) != nullptr) continue;
      if (was == nullptr ? is_checked(*type) : postgres::rewrites(*was, column))
        with.types.push_back(*type);
    }
  }
  if (with.types.size() == from.types.size()) return {};
  catalog::sort(with);
  Swap swap;
  for (const postgres::Step& step :
       postgres::transition(from, with, {.version = from.server.version_number, .role = role})
           .steps)
    swap.prepare.insert(swap.prepare.end(), step.statements.begin(), step.statements.end());
  return {std::move(swap)};
}

std::string add_key(const Relation& table, const Constraint& key, const std::string& index) {
  return "ALTER TABLE " + qualified(table.schema, table.name) + " ADD CONSTRAINT " +
         quote_identifier(key.name) +
         (key.type == ConstraintType::primary_key ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX " +
         quote_identifier(index) + (key.deferrable ? " DEFERRABLE" : "") +
         (key.deferred ? " INITIALLY DEFERRED" : "");
}

std::string as_type_of(const std::string& value, const Column& a, const Column& b) {
  if (a.type == b.type) return value;
  const auto is = [&](const char* category) {
    return a.type_category == category || b.type_category == category;
  };
  if (a.type_category == "A" && b.type_category == "A") return value + "::text[]::" + b.type;
  return value + ((is("A") || is("E")) && b.type != "text" ? "::text::" : "::") + b.type;
}

std::vector<std::string> statements_of(const std::vector<Swap>& swaps, bool from_the_start) {
  std::vector<std::string> statements;
  for (const Swap& swap : swaps) {
    if (!from_the_start) break;
    std::ranges::copy(swap.prepare, std::back_inserter(statements));
    std::ranges::copy(swap.trial, std::back_inserter(statements));
  }
  for (const Swap& swap : swaps) {
    for (const Statement& each : swap.alone)
      statements.push_back(replace_all(each.text, "INDEX CONCURRENTLY ", "INDEX "));
    if (!swap.not_null_table.name.empty())
      statements.push_back(
          "ALTER TABLE " + qualified(swap.not_null_table.schema, swap.not_null_table.name) +
          " ALTER COLUMN " + quote_identifier(swap.not_null_column) + " SET NOT NULL");
  }
  for (const Swap& swap : swaps)
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

namespace {

// Triggers fire in the order of their names, and others may set the column.
std::string last_trigger(const std::string& name) {
  return quote_identifier(derived_name("~" + name, {}));
}

// The indexes of a column that is the first, or the last, of those that are in it.
template <class Range>
std::vector<const Index*> indexes_of(const Relation& table, const Column& column,
                                     const Range& before_it) {
  std::vector<const Index*> list;
  for (const Index& index : table.indexes)
    if (uses(index, column) && std::ranges::none_of(before_it, [&](const Retyping& each) {
          return uses(index, each.first);
        }))
      list.push_back(&index);
  return list;
}

// An index takes the old one's place with the first of its columns, and is made when the last is
// filled.
void swap_indexes(Swap& made, Swap& placed, const catalog::Lookup& lookup, const Relation& table,
                  const std::vector<Retyping>& columns, std::size_t i,
                  std::string (*naming)(const std::string&)) {
  const Column& column = columns[i].first;
  for (const Index* index : indexes_of(table, column, columns | std::views::drop(i + 1)))
    made.alone.emplace_back(
        twin(*index, columns, naming), Made{},
        leftover_index(table.object_name(), new_name(index->name), !index->constraint.empty()));
  for (const Index* index : indexes_of(table, column, columns | std::views::take(i))) {
    const auto key = std::ranges::find(table.constraints, index->constraint, &Constraint::name);
    give_place(placed, lookup, table, *index, key == table.constraints.end() ? nullptr : &*key);
  }
}

Swap column_swap(const catalog::Lookup& lookup, const Relation& table,
                 const std::vector<Retyping>& columns, std::size_t i) {
  const auto& [a, b] = columns[i];
  const std::string name = qualified(table.schema, table.name);
  const std::string alter = "ALTER TABLE " + name + ' ';
  const std::string now = quote_identifier(a.name);
  const std::string fresh = quote_identifier(new_name(a.name));
  const std::string aside = quote_identifier(old_name(a.name));
  const std::string value = as_type_of(now, a, b);
  const std::string function =
      qualified(table.schema, derived_name("sync_" + table.name + '_' + a.name, {}));
  const std::string trigger = last_trigger("sync_" + a.name);

  Swap swap;
  swap.of = to_string(object_of(table, a));
  Column renamed = a;
  renamed.name = old_name(a.name);
  swap.kind = Swap::Kind::column;
  swap.replaced = {to_string(object_of(table, renamed))};
  if (!postgres::keeps_values(a, b)) swap.loses = "values that " + b.type + " does not hold";
  swap.prepare = {alter + "ADD COLUMN " + fresh + ' ' + b.type +
                      (b.collation.empty() ? "" : " COLLATE " + b.collation),
                  "CREATE FUNCTION " + function +
                      "() RETURNS trigger LANGUAGE plpgsql AS $sync$ BEGIN NEW." + fresh +
                      " := NEW." + value + "; RETURN NEW; END $sync$",
                  "CREATE TRIGGER " + trigger + " BEFORE INSERT OR UPDATE ON " + name +
                      " FOR EACH ROW EXECUTE FUNCTION " + function + "()"};
  swap.trial = {"SELECT " + value + " FROM " + name + " WHERE false"};
  swap.fills = {{.table = name,
                 .key = key_of(table),
                 .set = fresh + " = " + value,
                 .where = differ(fresh, value, b),
                 .past_triggers = !table.triggers.empty()}};
  // The planner knows nothing of it yet.
  swap.alone.emplace_back("ANALYZE " + name + " (" + fresh + ')');
  if (a.not_null && b.not_null) {
    swap.not_null_table = table.object_name();
    swap.not_null_column = new_name(a.name);
  }
  std::vector<Statement>& place = swap.take_place;
  place = {{"DROP TRIGGER " + trigger + " ON " + name}, {"DROP FUNCTION " + function + "()"}};
  swap_indexes(swap, swap, lookup, table, columns, i, new_name);
  if (!a.identity.empty()) place.emplace_back(alter + "ALTER COLUMN " + now + " DROP IDENTITY");
  place.emplace_back(alter + "RENAME COLUMN " + now + " TO " + aside);
  place.emplace_back(alter + "RENAME COLUMN " + fresh + " TO " + now);
  // Nobody gives it a value any more.
  if (!a.default_value.empty())
    place.emplace_back(alter + "ALTER COLUMN " + aside + " DROP DEFAULT");
  if (a.not_null) place.emplace_back(alter + "ALTER COLUMN " + aside + " DROP NOT NULL");
  return swap;
}

Swap column_swap_back(const catalog::Lookup& lookup, const Relation& table,
                      const std::vector<Retyping>& columns, std::size_t i) {
  const auto& [is, was] = columns[i];
  const std::string name = qualified(table.schema, table.name);
  const std::string alter = "ALTER TABLE " + name + ' ';
  const std::string now = quote_identifier(is.name);
  const std::string aside = quote_identifier(new_name(is.name));
  const std::string old = quote_identifier(old_name(is.name));
  const std::string function =
      qualified(table.schema, derived_name("sync_back_" + table.name + '_' + is.name, {}));
  const std::string trigger = last_trigger("sync_back_" + is.name);

  // By letter: what is equal may be another value all the same (1.0, 1 day, a citext).
  const auto stale = [&](const std::string& row) {
    return row + now + "::text COLLATE \"C\" IS DISTINCT FROM " + row + as_type_of(old, was, is) +
           "::text";
  };

  Swap swap;
  swap.of = to_string(object_of(table, is));
  swap.prepare = {
      "CREATE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql AS $sync$ BEGIN NEW." +
          old + " := NEW." + as_type_of(now, is, was) + "; RETURN NEW; END $sync$",
      "CREATE TRIGGER " + trigger + " BEFORE INSERT OR UPDATE ON " + name + " FOR EACH ROW WHEN (" +
          stale("NEW.") + ") EXECUTE FUNCTION " + function + "()"};
  swap.fills = {{.table = name,
                 .key = key_of(table),
                 .set = old + " = " + as_type_of(now, is, was),
                 .where = stale({}),
                 .past_triggers = !table.triggers.empty()}};
  swap.alone.emplace_back("ANALYZE " + name + " (" + old + ')');
  if (is.not_null && was.not_null) {
    swap.not_null_table = table.object_name();
    swap.not_null_column = old_name(is.name);
  }
  // All of it or nothing: where the column has not been swapped yet, its indexes are the old ones.
  Swap place;
  swap_indexes(swap, place, lookup, table, columns, i, old_name);
  std::string block = "DROP TRIGGER " + trigger + " ON " + name + "; ";
  for (const Statement& each : place.take_place) block += each.text + "; ";
  if (!is.identity.empty()) block += alter + "ALTER COLUMN " + now + " DROP IDENTITY; ";
  block += alter + "RENAME COLUMN " + now + " TO " + aside + "; ";
  block += alter + "RENAME COLUMN " + old + " TO " + now + "; ";
  if (!is.default_value.empty()) block += alter + "ALTER COLUMN " + aside + " DROP DEFAULT; ";
  if (is.not_null) block += alter + "ALTER COLUMN " + aside + " DROP NOT NULL; ";
  swap.take_place = {{"DO $swap$ BEGIN " + block + "END $swap$"},
                     {"DROP FUNCTION " + function + "()"}};
  return swap;
}

}  // namespace

std::vector<Swap> column_swaps(const catalog::Lookup& lookup, const Relation& table,
                               const std::vector<Retyping>& columns) {
  std::vector<Swap> list;
  for (std::size_t i = 0; i < columns.size(); ++i)
    list.push_back(column_swap(lookup, table, columns, i));
  return list;
}

std::vector<Swap> column_swaps_back(const catalog::Lookup& lookup, const Relation& table,
                                    const std::vector<Retyping>& columns) {
  std::vector<Swap> list;
  for (std::size_t i = 0; i < columns.size(); ++i)
    list.push_back(column_swap_back(lookup, table, columns, i));
  return list;
}

std::vector<std::vector<Swap>> swaps(const Catalog& from, const Catalog& to,
                                     std::int64_t small_bytes,
                                     const std::set<std::string>& others) {
  const catalog::Lookup lookup(from);
  std::vector<std::vector<Swap>> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    if (now == nullptr || !table.is_table() || now->kind != table.kind ||
        !is_large(table, small_bytes) || !lookup.children(table).empty() ||
        others.contains(to_string(object_of(table))))
      continue;
    std::vector<Retyping> columns;
    for (const Column& a : table.columns)
      if (const Column* b = now->column(a.name); b != nullptr && b->generated.empty() &&
                                                 postgres::rewrites(a, *b) && can_swap(table, a) &&
                                                 !has_cast(from, a))
        columns.emplace_back(a, *b);
    if (!columns.empty()) list.push_back(column_swaps(lookup, table, columns));
  }
  return list;
}

}  // namespace architrave::migration

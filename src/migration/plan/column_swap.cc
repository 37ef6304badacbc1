#include "migration/plan/column_swap.h"

#include <algorithm>
#include <array>
#include <ranges>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/index_swap.h"
#include "migration/plan/stopped.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

namespace {

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

std::string with_columns(std::string sql, const std::vector<Retyping>& columns,
                         std::string (*naming)(const std::string&)) {
  for (const Retyping& each : columns)
    sql = with_column(std::move(sql), each.first.name, naming(each.first.name));
  return sql;
}

// A cast of its own: values that go by way of their text would not be as the type reads them.
bool has_cast(const Catalog& catalog, const Column& column) {
  const std::string type = to_string(
      catalog::Object{catalog::Kind::type, qualified(column.type_schema, column.type_name)});
  return std::ranges::any_of(catalog.dependencies, [&](const catalog::Dependency& edge) {
    return edge.object.kind == catalog::Kind::cast && to_string(edge.needs) == type;
  });
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
// filled. On a way back, `before` has those that are wanted; others go with the new column.
void swap_indexes(Swap& made, Swap& placed, const catalog::Lookup& lookup, const Relation& table,
                  const std::vector<Retyping>& columns, std::size_t i,
                  std::string (*naming)(const std::string&), const Relation* before = nullptr) {
  const Column& column = columns[i].first;
  const auto is_wanted = [&](const Index* index) {
    return before == nullptr ||
           std::ranges::find(before->indexes, index->name, &Index::name) != before->indexes.end();
  };
  for (const Index* index :
       indexes_of(table, column, columns | std::views::drop(i + 1)) | std::views::filter(is_wanted))
    made.alone.emplace_back(
        index_twin(*index, columns, naming), Made{},
        leftover_index(table.object_name(), new_name(index->name), !index->constraint.empty()));
  for (const Index* index :
       indexes_of(table, column, columns | std::views::take(i)) | std::views::filter(is_wanted)) {
    const auto key = std::ranges::find(table.constraints, index->constraint, &Constraint::name);
    give_place(placed, lookup, table, *index, key == table.constraints.end() ? nullptr : &*key,
               new_name(index->name), before != nullptr);
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
  const std::string value = postgres::cast_to(now, a, b);
  const std::string function =
      qualified(table.schema, derived_name("sync_" + table.name + '_' + a.name, {}));
  const std::string trigger = last_trigger("sync_" + a.name);

  Swap swap;
  swap.of = to_string(object_of(table, a));
  Column renamed = a;
  renamed.name = old_name(a.name);
  swap.kind = Swap::Kind::column;
  swap.replaced = {to_string(object_of(table, renamed))};
  if (!postgres::keeps_values(a, b)) swap.loses = {{swap.of, postgres::lost_values(a, b)}};
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
                      const std::vector<Retyping>& columns, std::size_t i, const Relation& before) {
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
    return row + now + "::text COLLATE \"C\" IS DISTINCT FROM " + row +
           postgres::cast_to(old, was, is) + "::text";
  };

  Swap swap;
  swap.of = to_string(object_of(table, is));
  swap.prepare = {
      "CREATE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql AS $sync$ BEGIN NEW." +
          old + " := NEW." + postgres::cast_to(now, is, was) + "; RETURN NEW; END $sync$",
      "CREATE TRIGGER " + trigger + " BEFORE INSERT OR UPDATE ON " + name + " FOR EACH ROW WHEN (" +
          stale("NEW.") + ") EXECUTE FUNCTION " + function + "()"};
  swap.fills = {{.table = name,
                 .key = key_of(table),
                 .set = old + " = " + postgres::cast_to(now, is, was),
                 .where = stale({}),
                 .past_triggers = !table.triggers.empty()}};
  swap.alone.emplace_back("ANALYZE " + name + " (" + old + ')');
  if (is.not_null && was.not_null) {
    swap.not_null_table = table.object_name();
    swap.not_null_column = old_name(is.name);
  }
  // All of it or nothing: where the column has not been swapped yet, its indexes are the old ones.
  Swap place;
  swap_indexes(swap, place, lookup, table, columns, i, old_name, &before);
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

std::string differ(const std::string& a, const std::string& b, const Column& column) {
  constexpr std::array<std::string_view, 9> without = {"json", "xml",  "point",   "line",  "lseg",
                                                       "box",  "path", "polygon", "circle"};
  const std::string_view type = column.type;
  const bool as_text = std::ranges::find(without, type.substr(0, type.find('['))) != without.end();
  return as_text ? a + "::text IS DISTINCT FROM " + b + "::text" : a + " IS DISTINCT FROM " + b;
}

// What follows the keyword ON: the index's own name and table are not its columns.
std::string index_twin(const Index& index, const std::vector<Retyping>& columns,
                       std::string (*naming)(const std::string&)) {
  const std::string& sql = index.definition;
  const std::size_t using_at = sql.find(" USING ");
  const std::size_t name_at = sql.find("INDEX ") + 6;
  const std::size_t on_at = sql.find(" ON ", name_at);
  if (using_at == std::string::npos || on_at == std::string::npos) return {};
  return sql.substr(0, name_at) + "CONCURRENTLY " + quote_identifier(new_name(index.name)) +
         sql.substr(on_at, using_at - on_at) + with_columns(sql.substr(using_at), columns, naming);
}

std::string last_trigger(const std::string& name) {
  return quote_identifier(derived_name("~" + name, {}));
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

std::vector<Retyping> retyped_columns(const Catalog& from, const Relation& table,
                                      const Relation& now) {
  std::vector<Retyping> columns;
  for (const Column& a : table.columns)
    if (const Column* b = now.column(a.name); b != nullptr && b->generated.empty() &&
                                              postgres::rewrites(a, *b) && can_swap(table, a) &&
                                              !has_cast(from, a))
      columns.emplace_back(a, *b);
  return columns;
}

std::vector<Swap> column_swaps(const catalog::Lookup& lookup, const Relation& table,
                               const std::vector<Retyping>& columns) {
  std::vector<Swap> list;
  for (std::size_t i = 0; i < columns.size(); ++i)
    list.push_back(column_swap(lookup, table, columns, i));
  return list;
}

std::vector<Swap> column_swaps_back(const catalog::Lookup& lookup, const Relation& table,
                                    const std::vector<Retyping>& columns, const Relation& before) {
  std::vector<Swap> list;
  for (std::size_t i = 0; i < columns.size(); ++i)
    list.push_back(column_swap_back(lookup, table, columns, i, before));
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
    std::vector<Retyping> columns = retyped_columns(from, table, *now);
    std::erase_if(columns, [&](const Retyping& each) {
      return others.contains(to_string(object_of(table, each.first)));
    });
    if (!columns.empty()) list.push_back(column_swaps(lookup, table, columns));
  }
  return list;
}

}  // namespace architrave::migration

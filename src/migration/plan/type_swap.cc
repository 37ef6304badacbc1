#include "migration/plan/type_swap.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/column_swap.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::Type;

bool is_of(const Column& column, const Type& type) {
  return column.type_schema == type.schema && column.type_name == type.name;
}

// Columns whose values go over; nothing if that can't be done beside those who use them, or all is
// small.
struct Holder {
  const Relation* table;
  const Column* was;
  const Column* is;
};
std::optional<std::vector<Holder>> holders(const Catalog& from, const Catalog& to, const Type& type,
                                           std::int64_t small_bytes) {
  const std::string key = to_string(object_of(type));
  const catalog::Lookup lookup(from);
  std::vector<Holder> list;
  bool any_large = false;
  for (const Relation& table : from.relations) {
    if (table.is_view()) continue;
    const Relation* now = to.relation(table.object_name());
    for (const Column& was : table.columns) {
      const Column* is = now == nullptr ? nullptr : now->column(was.name);
      if (is == nullptr || !is_of(*is, type)) continue;  // it goes, or goes to another type
      if (!is_of(was, type)) continue;
      if (was.type != is->type || now->kind != table.kind || !can_swap(table, was) ||
          !lookup.children(table).empty())
        return std::nullopt;
      list.push_back({&table, &was, is});
      any_large = any_large || is_large(table, small_bytes);
    }
  }
  // What else has such values.
  for (const catalog::Dependency& edge : from.dependencies)
    if (to_string(edge.needs) == key &&
        (edge.object.kind == catalog::Kind::type || edge.object.kind == catalog::Kind::cast ||
         (edge.object.kind == catalog::Kind::column &&
          std::ranges::none_of(list, [&](const Holder& each) {
            return object_of(*each.table, *each.was) == edge.object;
          }))))
      return std::nullopt;
  return any_large ? std::optional(std::move(list)) : std::nullopt;
}

// Columns of other types that are written anew as well may be in an index with these: they go over
// with them, if what they become is there.
std::vector<Retyping> others_of(const Catalog& from, const Catalog& to, const Relation& table) {
  std::vector<Retyping> columns = retyped_columns(from, table, *to.relation(table.object_name()));
  std::erase_if(columns, [&](const Retyping& each) {
    const Column& is = each.second;
    return to.type(is.type_schema, is.type_name) != nullptr &&
           from.type(is.type_schema, is.type_name) == nullptr;
  });
  return columns;
}

std::vector<Swap> make(const Catalog& from, const Catalog& to, const Type& was, const Type& is,
                       const std::vector<Holder>& list, std::int64_t small_bytes,
                       const std::string& role, std::set<const Relation*>& with_others) {
  const catalog::Lookup lookup(from);
  Type made = is;
  made.name = new_name(is.name);
  const std::string name = qualified(is.schema, is.name);
  const std::string fresh = qualified(is.schema, made.name);
  const std::string aside = old_name(was.name);
  Catalog with = from;
  with.types.push_back(made);
  catalog::sort(with);

  std::vector<Swap> swaps(1);
  swaps.front().of = to_string(object_of(was));
  for (const postgres::Step& step :
       postgres::transition(from, with, {.version = from.server.version_number, .role = role})
           .steps)
    swaps.front().prepare.insert(swaps.front().prepare.end(), step.statements.begin(),
                                 step.statements.end());
  for (auto each = list.begin(); each != list.end();) {
    const Relation* table = each->table;
    std::vector<Retyping> columns;
    for (; each != list.end() && each->table == table; ++each) {
      columns.emplace_back(*each->was, *each->is);
      columns.back().second.type = fresh;
    }
    const auto of_type = std::ssize(columns);
    if (is_large(*table, small_bytes) && with_others.insert(table).second)
      std::ranges::move(others_of(from, to, *table), std::back_inserter(columns));
    std::vector<Swap> its = column_swaps(lookup, *table, columns);
    // No row has a label that goes, or there is no plan.
    std::for_each(its.begin(), its.begin() + of_type, [](Swap& swap) { swap.loses.clear(); });
    std::ranges::move(its, std::back_inserter(swaps));
  }
  Swap& last = swaps.emplace_back();
  last.of = to_string(object_of(was));
  const auto rename = [](const std::string& type, const std::string& name_then) {
    return "ALTER TYPE " + type + " RENAME TO " + quote_identifier(name_then);
  };
  last.take_place = {rename(name, aside), rename(fresh, is.name)};
  last.back = {rename(name, made.name), rename(qualified(was.schema, aside), was.name)};
  return swaps;
}

}  // namespace

std::vector<std::vector<Swap>> type_swaps(const Catalog& from, const Catalog& to,
                                          std::int64_t small_bytes, const std::string& role) {
  std::vector<std::vector<Swap>> all;
  std::set<const Relation*> with_others;
  for (const Type& was : from.types) {
    const Type* is = to.type(was.schema, was.name);
    if (is == nullptr || was.kind != catalog::TypeKind::enumeration || is->kind != was.kind ||
        !postgres::replaces(was, *is))
      continue;
    if (const auto list = holders(from, to, was, small_bytes))
      all.push_back(make(from, to, was, *is, *list, small_bytes, role, with_others));
  }
  return all;
}

}  // namespace architrave::migration

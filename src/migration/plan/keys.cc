#include "migration/plan/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/index_swap.h"
#include "migration/plan/stopped.h"

namespace architrave::migration {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Relation;
using RouteStep = postgres::Step;

namespace {

bool is_key(const Constraint& each) {
  return each.type == ConstraintType::primary_key || each.type == ConstraintType::unique;
}

}  // namespace

std::string concurrently(const std::string& create, std::string_view unless) {
  const std::size_t at = create.find("INDEX ") + 6;
  return fmt::format("{}CONCURRENTLY {}{}", create.substr(0, at), unless, create.substr(at));
}

const Index* index_of(const Relation& table, const Constraint& key) {
  const auto index = std::ranges::find(table.indexes, key.index, &Index::name);
  return index == table.indexes.end() || index->method != "btree" ||  // WITHOUT OVERLAPS
                 !index->definition.starts_with("CREATE UNIQUE INDEX ")
             ? nullptr
             : &*index;
}

Statement key_index(const Relation& table, const Constraint& key, const Index& index) {
  return {concurrently(index.definition),
          Made{Made::What::key_index, table.object_name(), key.name,
               concurrently(index.definition, "IF NOT EXISTS ")},
          key.inherited ? leftover_part(table, index)
                        : leftover_index(table.object_name(), index.name, true)};
}

bool takes_over(const Catalog& from, const Relation& table, const Relation& now,
                const Constraint& key, std::span<const RouteStep> steps,
                const std::vector<Swap>& swaps) {
  const Index* index = index_of(now, key);
  if (index == nullptr || !is_key(key) || key.inherited || !table.partition_key.empty() ||
      table.object_name() != now.object_name())
    return false;
  const auto has_its_name = [&](const auto& each) {
    return each.name == key.name || each.name == key.index;
  };
  const auto is_taken = [&](const Relation& each) {
    return each.schema == table.schema && std::ranges::any_of(each.indexes, has_its_name);
  };
  if (std::ranges::any_of(table.constraints, has_its_name) ||
      std::ranges::any_of(from.relations, is_taken))
    return false;
  const auto is_swapped = [&](const catalog::Object& object) {
    return std::ranges::find(swaps, to_string(object), &Swap::of) != swaps.end();
  };
  const auto stays = [&](const Column& its) {
    const Column* was = table.column(its.name);
    return was != nullptr && !postgres::rewrites(*was, its) && was->collation == its.collation &&
           !is_swapped(object_of(table, its)) &&
           (key.type != ConstraintType::primary_key || was->not_null);
  };
  if (is_swapped(object_of(table)) || !std::ranges::all_of(now.columns, [&](const Column& its) {
        return !uses(*index, its) || stays(its);
      }))
    return false;
  const auto goes = [&](const Constraint& each) {
    const std::string name = to_string(object_of(table, each));
    return is_key(each) && std::ranges::any_of(steps, [&](const RouteStep& step) {
             return step.act == RouteStep::Act::unmake && step.of == name;
           });
  };
  const auto is_replaced = [&](const Index& each) {
    return !each.constraint.empty() && is_swapped(object_of(table, each));
  };
  return std::ranges::any_of(table.constraints, goes) ||
         std::ranges::any_of(table.indexes, is_replaced);
}

}  // namespace architrave::migration

#include "migration/plan/swap.h"

#include <algorithm>
#include <iterator>
#include <ranges>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;

std::string new_name(const std::string& name) { return derived_name(name, "__new"); }
std::string old_name(const std::string& name) { return derived_name(name, "__old"); }

bool names(std::string_view sql, const Column& column) {
  return contains_word(sql, column.name) || contains_word(sql, quote_identifier(column.name));
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

std::vector<std::string> statements_before(const Swap& swap) {
  std::vector<std::string> statements = swap.prepare;
  for (const Statement& each : swap.alone)
    statements.push_back(replace_all(each.text, "INDEX CONCURRENTLY ", "INDEX "));
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

}  // namespace architrave::migration

#include "migration/plan/index_swap.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/postgres/transition.h"
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

bool uses(const Index& index, const Column& column) {
  return std::ranges::any_of(index.keys,
                             [&](const catalog::IndexKey& key) {
                               return key.column == column.name || names(key.expression, column);
                             }) ||
         std::ranges::find(index.include, column.name) != index.include.end() ||
         names(index.predicate, column);
}

std::string add_key(const Relation& table, const Constraint& key, const std::string& index) {
  return "ALTER TABLE " + qualified(table.schema, table.name) + " ADD CONSTRAINT " +
         quote_identifier(key.name) +
         (key.type == ConstraintType::primary_key ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX " +
         quote_identifier(index) + (key.deferrable ? " DEFERRABLE" : "") +
         (key.deferred ? " INITIALLY DEFERRED" : "");
}

void give_place(Swap& swap, const catalog::Lookup& lookup, const Relation& table, const Index& old,
                const Constraint* key, const std::string& fresh, bool is_undo) {
  std::vector<Statement>& place = swap.take_place;
  const std::string gone = is_undo ? "IF EXISTS " : "";
  const std::string alter = "ALTER TABLE " + qualified(table.schema, table.name) + ' ';
  if (key == nullptr) {
    place.emplace_back("DROP INDEX " + gone + qualified(table.schema, old.name));
    place.emplace_back("ALTER INDEX " + qualified(table.schema, fresh) + " RENAME TO " +
                       quote_identifier(old.name));
    return;
  }
  const auto was = std::ranges::find(table.constraints, old.constraint, &Constraint::name);
  for (const auto& each : lookup.referencing(table))
    if (std::ranges::is_permutation(each.constraint->references_columns, was->columns) ||
        (is_undo && std::ranges::is_permutation(each.constraint->references_columns, key->columns)))
      place.emplace_back("ALTER TABLE " + qualified(each.child->schema, each.child->name) +
                         " DROP CONSTRAINT " + gone + quote_identifier(each.constraint->name));
  place.emplace_back(alter + "DROP CONSTRAINT " + gone + quote_identifier(key->name));
  place.emplace_back(add_key(table, *key, fresh),
                     Made{Made::What::constraint, table.object_name(), key->name, {}});
}

namespace {

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

// "CREATE INDEX CONCURRENTLY fresh ON …".
std::string beside(const Index& index, const std::string& fresh) {
  const std::string& sql = index.definition;
  const std::size_t name_at = sql.find("INDEX ") + 6;
  const std::string on =
      sql.substr(sql.find(" ON ", name_at + quote_identifier(index.name).size()));
  return sql.substr(0, name_at) + (on.starts_with(" ON ONLY ") ? "" : "CONCURRENTLY ") +
         quote_identifier(fresh) + on;
}

// A partition's part of a partitioned index.
struct IndexPart {
  const Relation* partition;
  const Index* index;
  const Relation* parent;
  const Index* whole;  // the parent's, which it is attached to
};

// All of them, at every depth, each behind that which it is attached to; nothing if one is missing.
std::optional<std::vector<IndexPart>> parts_of(const catalog::Lookup& lookup, const Relation& table,
                                               const Index& whole) {
  std::vector<IndexPart> parts;
  for (const Relation* each : lookup.children(table)) {
    const auto its = std::ranges::find(each->indexes, whole.name, &Index::whole);
    if (its == each->indexes.end() || !its->constraint.empty()) return std::nullopt;
    parts.push_back({each, &*its, &table, &whole});
    auto below = parts_of(lookup, *each, *its);
    if (!below) return std::nullopt;
    std::ranges::move(*below, std::back_inserter(parts));
  }
  return parts;
}

Swap replace(const catalog::Lookup& lookup, const Relation& table, const Relation& now,
             const Index& was, const Index& is, const std::vector<IndexPart>& parts, bool is_undo) {
  // What a phase has made beside the old one may be there still when it is undone.
  const auto naming = is_undo ? old_name : new_name;
  Swap swap;
  swap.of = to_string(object_of(table, was));
  swap.alone.emplace_back(beside(is, naming(is.name)));
  for (const IndexPart& each : parts) {
    Index part = *each.index;
    part.name = naming(part.name);
    swap.alone.emplace_back(beside(*each.index, part.name), Made{},
                            leftover_part(*each.partition, part));
    swap.alone.emplace_back("ALTER INDEX " +
                            qualified(each.parent->schema, naming(each.whole->name)) +
                            " ATTACH PARTITION " + qualified(each.partition->schema, part.name));
  }
  const auto key = std::ranges::find(now.constraints, is.constraint, &Constraint::name);
  const bool is_key = key != now.constraints.end();
  give_place(swap, lookup, table, was, is_key ? &*key : nullptr, naming(was.name), is_undo);
  if (is_key) return swap;
  const auto rename = [](const std::string& schema, const std::string& from,
                         const std::string& to) {
    return "ALTER INDEX " + qualified(schema, from) + " RENAME TO " + quote_identifier(to);
  };
  swap.back = {rename(table.schema, is.name, naming(is.name))};
  for (const IndexPart& each : parts) {
    const std::string& schema = each.partition->schema;
    const std::string& name = each.index->name;
    swap.take_place.emplace_back(rename(schema, naming(name), name));
    swap.back.push_back(rename(schema, name, naming(name)));
  }
  return swap;
}

}  // namespace

std::vector<Swap> replacements(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                               const std::set<std::string>& others, bool is_undo) {
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
        list.push_back(replace(lookup, table, *now, was, *is, {}, is_undo));
        continue;
      }
      const auto parts = parts_of(to_lookup, *now, *is);
      const bool were_there = parts && std::ranges::all_of(*parts, [&](const IndexPart& each) {
                                return from.relation(each.partition->object_name()) != nullptr &&
                                       !traffic.is_attached(*each.partition);
                              });
      if (were_there && is->constraint.empty() &&
          !(was.unique && !lookup.referencing(table).empty()))
        list.push_back(replace(lookup, table, *now, was, *is, *parts, is_undo));
    }
  }
  return list;
}

}  // namespace architrave::migration

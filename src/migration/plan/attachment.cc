#include "migration/plan/attachment.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/quoting.h"
#include "catalog/lookup.h"
#include "catalog/postgres/partition_bounds.h"
#include "catalog/postgres/statements.h"
#include "migration/plan/index_swap.h"
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

template <class T>
bool has(const std::vector<T>& list, const std::string& name) {
  return std::ranges::find(list, name, &T::name) != list.end();
}

bool same_columns(const Relation& table, const Relation& now) {
  return std::ranges::all_of(now.columns, [&](const Column& column) {
    const Column* was = table.column(column.name);
    return was != nullptr && was->type == column.type && was->collation == column.collation &&
           was->generated == column.generated;
  });
}

// What ATTACH would read the rows for, as a check; nothing where it reads them in any case.
std::optional<std::string> place_of(const Catalog& to, const Relation& now) {
  const Relation* whole = to.relation(now.parents.front());
  if (whole == nullptr || whole->partition_key.starts_with("HASH") ||
      now.partition_bound == postgres::default_bound)
    return std::nullopt;
  return postgres::belongs(to, *whole, now.partition_bound);
}

Swap make(const Catalog& from, const Relation& table, const Relation& now,
          const std::string& place) {
  const std::string name = qualified(table.schema, table.name);
  const std::string alter = "ALTER TABLE " + name + ' ';
  const int version = from.server.version_number;
  Swap swap;
  swap.of = to_string(object_of(table));

  const auto add = [&](const std::string& constraint, const std::string& definition) {
    const std::string quoted = quote_identifier(constraint);
    const bool is_lasting =
        definition.ends_with(" NOT VALID") || definition.ends_with(" NOT ENFORCED");
    swap.prepare.push_back(alter + "ADD CONSTRAINT " + quoted + ' ' + definition +
                           (is_lasting ? "" : " NOT VALID"));
    if (!is_lasting) swap.alone.emplace_back(alter + "VALIDATE CONSTRAINT " + quoted);
    return quoted;
  };
  const std::string its_place = derived_name(now.name, "_place");
  add(its_place, "CHECK (" + place + ")");
  swap.until_then = {name + '.' + quote_identifier(its_place)};
  for (const Constraint& each : now.constraints) {
    if (has(table.constraints, each.name)) continue;
    const Relation* other = each.type == ConstraintType::foreign_key
                                ? from.relation(each.references_schema, each.references_table)
                                : nullptr;
    // Of a foreign key to a partitioned table, old versions look at every row at once.
    if (each.type == ConstraintType::check || (other != nullptr && other->partition_key.empty()))
      add(each.name, postgres::constraint_definition(each, version));
  }
  for (const Column& column : now.columns) {
    if (!column.not_null || table.column(column.name)->not_null) continue;
    const std::string quoted = quote_identifier(column.name);
    const std::string check =
        add(derived_name(column.name, "__is_not_null"), "CHECK (" + quoted + " IS NOT NULL)");
    swap.take_place.emplace_back(alter + "ALTER COLUMN " + quoted + " SET NOT NULL");
    swap.take_place.emplace_back(alter + "DROP CONSTRAINT " + check);
  }
  for (const Index& index : now.indexes) {
    if (has(table.indexes, index.name)) continue;
    const auto key = std::ranges::find(now.constraints, index.constraint, &Constraint::name);
    const bool is_key = key != now.constraints.end();
    if (is_key && (key->type == ConstraintType::exclusion || index.method != "btree")) continue;
    std::string create = index.definition;
    create.insert(create.find("INDEX ") + 6, "CONCURRENTLY ");
    swap.alone.emplace_back(std::move(create));
    if (is_key) swap.take_place.emplace_back(add_key(now, *key, index.name));
  }
  return swap;
}

}  // namespace

std::vector<Swap> attachments(const Catalog& from, const Catalog& to, std::int64_t small_bytes) {
  const Traffic traffic(from, small_bytes);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.object_name());
    if (now == nullptr || table.kind != RelationKind::table || now->kind != table.kind ||
        !now->is_partition() || !table.parents.empty() || traffic.busy(table) == nullptr ||
        !same_columns(table, *now))
      continue;
    if (const auto place = place_of(to, *now)) list.push_back(make(from, table, *now, *place));
  }
  return list;
}

}  // namespace architrave::migration

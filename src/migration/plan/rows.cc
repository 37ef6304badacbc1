#include "migration/plan/rows.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/lookup.h"

namespace architrave::migration {

using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

namespace {

// Whether a table is partitioned in one of them only, and its partitions are tables in both: they
// keep its rows.
bool leaves_rows_to_partitions(const Relation& table, const catalog::Catalog& its,
                               const catalog::Catalog& other) {
  if (table.kind != RelationKind::partitioned_table) return false;
  return std::ranges::all_of(its.relations, [&](const Relation& each) {
    return std::ranges::find(each.parents, table.object_name()) == each.parents.end() ||
           other.relation(each.schema, each.name) != nullptr;
  });
}

// Whether it is a partition of a table whose rows have to be dealt out anew.
bool dealt_anew(const Relation& table, const catalog::Catalog& a, const catalog::Catalog& b) {
  if (!table.is_partition()) return false;
  for (const catalog::ObjectName& name : table.parents) {
    const Relation* before = a.relation(name);
    const Relation* after = b.relation(name);
    if (before == nullptr || after == nullptr || before->partition_key != after->partition_key ||
        dealt_anew(*before, a, b))
      return true;
  }
  return false;
}

}  // namespace

SharedColumns shared_columns(const catalog::Catalog& a, const catalog::Catalog& b) {
  SharedColumns shared;
  for (const Relation& relation : a.relations) {
    const Relation* other = b.relation(relation.schema, relation.name);
    const auto has_rows = [](const Relation& each) {
      return each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table;
    };
    if (other == nullptr || !has_rows(relation) || !has_rows(*other)) continue;
    // The rows of a partitioned table are those of its partitions, which are looked at themselves,
    // unless they are dealt out anew.
    if (dealt_anew(relation, a, b)) continue;
    if (relation.kind == RelationKind::partitioned_table && other->kind == relation.kind &&
        relation.partition_key == other->partition_key)
      continue;
    if (relation.kind != other->kind &&
        (leaves_rows_to_partitions(relation, a, b) || leaves_rows_to_partitions(*other, b, a)))
      continue;
    std::vector<std::string>& columns = shared[qualified(relation.schema, relation.name)];
    for (const Column& column : relation.columns) {
      const Column* same = other->column(column.name);
      if (same != nullptr && same->type == column.type &&
          catalog::same_attributes(a, column, b, *same) && column.generated.empty() &&
          same->generated.empty())
        columns.push_back(quote_identifier(column.name));
    }
  }
  return shared;
}

Result<Digests> digest(engine::Sandbox& sandbox, const SharedColumns& columns) {
  std::vector<std::string> queries;
  for (const auto& [table, names] : columns)
    // Its own rows, not those of tables that inherit from it.
    queries.push_back("SELECT count(*)::text || ' rows, ' || coalesce(sum(hashtextextended(ROW(" +
                      join(names, ", ") + ")::text, 0)::numeric), 0)::text FROM " + table +
                      " AS its WHERE its.tableoid = " + catalog::quote_literal(table) +
                      "::regclass OR (SELECT relkind = 'p' FROM pg_class WHERE oid = " +
                      catalog::quote_literal(table) + "::regclass)");
  Digests digests;
  if (queries.empty()) return digests;
  auto answers = sandbox.attempt(queries, 60);
  if (!answers) return fail(answers);
  std::size_t i = 0;
  for (const auto& [table, names] : columns) {
    const engine::Attempt& answer = (*answers)[i++];
    if (!answer.ok()) return fail("plan.rows", answer.error, table);
    digests[table] = answer.rows.at(0).at(0).value_or("");
  }
  return digests;
}

}  // namespace architrave::migration

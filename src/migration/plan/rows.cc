#include "migration/plan/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/partition_bounds.h"

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

std::vector<const Relation*> partitions_of(const Relation& table, const catalog::Catalog& its) {
  std::vector<const Relation*> found;
  for (const Relation& each : its.relations)
    if (each.is_partition() &&
        std::ranges::find(each.parents, table.object_name()) != each.parents.end())
      found.push_back(&each);
  return found;
}

// Whether a table has the same partition there, for the same rows.
bool has_same(const Relation& partition, const catalog::Catalog& other) {
  const Relation* same = other.relation(partition.schema, partition.name);
  return same != nullptr && same->parents == partition.parents &&
         same->partition_bound == partition.partition_bound;
}

// Whether a partitioned table has others there, so that rows of one may be another's.
bool has_others(const Relation& table, const catalog::Catalog& a, const catalog::Catalog& b) {
  const auto differs = [&](const catalog::Catalog& its, const catalog::Catalog& other) {
    return std::ranges::any_of(partitions_of(table, its),
                               [&](const Relation* each) { return !has_same(*each, other); });
  };
  return differs(a, b) || differs(b, a);
}

// Whether rows of it are another server's, which may not be within reach.
bool reaches_out(const Relation& table, const catalog::Catalog& its) {
  return table.kind == RelationKind::foreign_table ||
         std::ranges::any_of(partitions_of(table, its),
                             [&](const Relation* each) { return reaches_out(*each, its); });
}

// Whether it has all its rows there though its partitions are others.
bool keeps_all(const Relation& table, const catalog::Catalog& a, const catalog::Catalog& b) {
  const auto stay = [&](const catalog::Catalog& its, const catalog::Catalog& other) {
    return std::ranges::all_of(partitions_of(table, its), [&](const Relation* each) {
      const Relation* same = other.relation(each->schema, each->name);
      if (same != nullptr) return same->parents == each->parents;
      return &other != &b || postgres::has_place(b, table, each->partition_bound);
    });
  };
  return stay(a, b) && stay(b, a);
}

// Whether values of both columns are written the same: their types are, down to domains' bases and
// composites' attributes.
bool are_written_alike(const catalog::Catalog& a, const Column& column, const catalog::Catalog& b,
                       const Column& other) {
  const Column ours = catalog::beneath_domains(a, column);
  const Column theirs = catalog::beneath_domains(b, other);
  if (ours.type != theirs.type) return false;
  if (ours.type_name.starts_with('_'))
    return are_written_alike(a, catalog::element_of(ours), b, catalog::element_of(theirs));
  const std::vector<Column>* our_parts = catalog::attributes(a, ours);
  const std::vector<Column>* their_parts = catalog::attributes(b, theirs);
  if (our_parts == nullptr || their_parts == nullptr) return our_parts == their_parts;
  return std::ranges::equal(*our_parts, *their_parts, [&](const Column& x, const Column& y) {
    return x.name == y.name && are_written_alike(a, x, b, y);
  });
}

// Whether it is a partition whose rows may be another's from now on.
bool dealt_anew(const Relation& table, const catalog::Catalog& a, const catalog::Catalog& b) {
  if (!table.is_partition()) return false;
  for (const catalog::ObjectName& name : table.parents) {
    const Relation* before = a.relation(name);
    const Relation* after = b.relation(name);
    if (before == nullptr || after == nullptr || before->partition_key != after->partition_key ||
        dealt_anew(*before, a, b))
      return true;
    if (has_others(*before, a, b) && (keeps_all(*before, a, b) || !has_same(table, b) ||
                                      table.partition_bound == postgres::default_bound))
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
        relation.partition_key == other->partition_key &&
        (!has_others(relation, a, b) || !keeps_all(relation, a, b) || reaches_out(relation, a) ||
         reaches_out(*other, b)))
      continue;
    if (relation.kind != other->kind &&
        (leaves_rows_to_partitions(relation, a, b) || leaves_rows_to_partitions(*other, b, a)))
      continue;
    std::vector<std::string>& columns = shared[qualified(relation.schema, relation.name)];
    for (const Column& column : relation.columns) {
      const Column* same = other->column(column.name);
      if (same != nullptr && same->type == column.type && are_written_alike(a, column, b, *same) &&
          column.generated.empty() && same->generated.empty())
        columns.push_back(quote_identifier(column.name));
    }
  }
  return shared;
}

namespace {

// The column of the table and of its heirs.
void give_up(SharedColumns& columns, const catalog::Lookup& lookup, const Relation& relation,
             const std::string& column) {
  if (const auto found = columns.find(qualified(relation.schema, relation.name));
      found != columns.end())
    std::erase(found->second, column);
  for (const Relation* heir : lookup.children(relation)) give_up(columns, lookup, *heir, column);
}

}  // namespace

void give_up(SharedColumns& columns, const catalog::Catalog& catalog,
             const std::set<std::string>& lost) {
  const catalog::Lookup lookup(catalog);
  for (const Relation& relation : catalog.relations) {
    if (lost.contains(to_string(object_of(relation))))
      columns.erase(qualified(relation.schema, relation.name));
    for (const Column& column : relation.columns)
      if (lost.contains(to_string(object_of(relation, column))))
        give_up(columns, lookup, relation, quote_identifier(column.name));
  }
}

void leave_out(SharedColumns& columns, const catalog::Catalog& catalog,
               const std::map<std::string, std::string>& fill) {
  std::set<std::string> filled;
  for (const auto& [column, value] : fill)
    filled.insert(to_string(catalog::Object{catalog::Kind::column, column}));
  give_up(columns, catalog, filled);
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

Claim lossless_claim(const std::string& when, std::int64_t rows, std::int64_t tables,
                     const std::string& trouble) {
  Claim claim{ClaimKind::lossless, "rows counted and hashed " + when, trouble, std::nullopt};
  if (!trouble.empty()) {
    claim.holds = false;
  } else if (rows == 0) {
    claim.seen = "not tried: there are no rows at hand";
  } else {
    claim.seen =
        fmt::format("{} in {}, the same as before", plural(rows, "row"), plural(tables, "table"));
    claim.holds = true;
  }
  return claim;
}

}  // namespace architrave::migration

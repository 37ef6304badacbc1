#include "migration/plan/rows.h"

#include "base/text.h"
#include "catalog/object.h"

namespace architrave::migration {

using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

SharedColumns shared_columns(const catalog::Catalog& a, const catalog::Catalog& b) {
  SharedColumns shared;
  for (const Relation& relation : a.relations) {
    const Relation* other = b.relation(relation.schema, relation.name);
    const auto has_rows = [](const Relation& each) {
      return each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table;
    };
    if (other == nullptr || !has_rows(relation) || !has_rows(*other)) continue;
    std::vector<std::string>& columns = shared[qualified(relation.schema, relation.name)];
    for (const Column& column : relation.columns) {
      const Column* same = other->column(column.name);
      if (same != nullptr && same->type == column.type && column.generated.empty() &&
          same->generated.empty())
        columns.push_back(quote_identifier(column.name));
    }
  }
  return shared;
}

Result<Digests> digest(engine::Sandbox& sandbox, const SharedColumns& columns) {
  std::vector<std::string> queries;
  for (const auto& [table, names] : columns)
    queries.push_back("SELECT count(*)::text || ' rows, ' || coalesce(sum(hashtextextended(ROW(" +
                      join(names, ", ") + ")::text, 0)::numeric), 0)::text FROM " + table);
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

#include "review/sequences.h"

#include "catalog/object.h"

namespace architrave::review {

const catalog::Sequence* fed_by(const catalog::Catalog& catalog, const catalog::Relation& relation,
                                const catalog::Column& column) {
  if (column.identity_sequence) return &*column.identity_sequence;
  if (!column.default_value.starts_with("nextval(")) return nullptr;
  const catalog::Sequence* owned = nullptr;
  for (const catalog::Sequence& sequence : catalog.sequences) {
    // nextval('app.orders_id_seq'::regclass), or the text of it with another cast.
    const std::string name = catalog::qualified(sequence.schema, sequence.name);
    if (column.default_value.starts_with("nextval(" + catalog::quote_literal(name)))
      return &sequence;
    if (sequence.owned_by_schema == relation.schema && sequence.owned_by_table == relation.name &&
        sequence.owned_by_column == column.name)
      owned = &sequence;
  }
  return owned;
}

}  // namespace architrave::review

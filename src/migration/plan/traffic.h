// Which tables others use while a migration runs, so that they can't be locked for long, and where
// their rows are.
#pragma once

#include <cstdint>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/lookup.h"

namespace architrave::migration {

// Tables with at most `small_bytes` take no time worth sparing. Where the size is not known, a
// table counts as large; a partitioned one has no rows itself.
bool is_large(const catalog::Relation& table, std::int64_t small_bytes);

// Whether others are sent its rows: they would miss what something beside it is filled with, or
// get it twice.
bool is_published(const catalog::Catalog& catalog, const catalog::Relation& table);

// Holds on to the catalog, which must outlive it.
class Traffic {
 public:
  Traffic(const catalog::Catalog& from, std::int64_t small_bytes)
      : from_(from), small_bytes_(small_bytes), lookup_(from) {}

  // The table as it was, if it is large; a whole is by any of its partitions or heirs. Else null.
  const catalog::Relation* busy(const catalog::Relation& table) const;
  // The tables that hold a table's rows: itself, its heirs, its partitions' partitions.
  std::vector<const catalog::Relation*> holders(const catalog::Relation& before) const;
  // Whether it becomes another table's partition or heir, or a partition with another bound.
  bool is_attached(const catalog::Relation& table) const;

 private:
  bool is_any_large(const catalog::Relation& before) const;

  const catalog::Catalog& from_;
  std::int64_t small_bytes_;
  catalog::Lookup lookup_;
};

}  // namespace architrave::migration

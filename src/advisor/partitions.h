// What lies below partitioned tables: an index on the whole is one on each part that holds rows.
#pragma once

#include <map>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::advisor {

class Partitions {
 public:
  // The catalog must outlive it.
  explicit Partitions(const catalog::Catalog& catalog);

  // All that is below a partitioned table, each before what is below itself; of any other nothing.
  std::vector<const catalog::Relation*> below(const catalog::Relation& table) const;
  // Of these the ones that hold rows; of a table that is not partitioned itself.
  std::vector<const catalog::Relation*> leaves(const catalog::Relation& table) const;

 private:
  std::map<const catalog::Relation*, std::vector<const catalog::Relation*>> children_;
};

// That of most rows, whose statistics stand for the others; null if there is none.
const catalog::Relation* largest(const std::vector<const catalog::Relation*>& tables);

}  // namespace architrave::advisor

// A catalog as other tools read it: what `show` prints besides SQL and JSON.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::report {

std::string to_mermaid(const catalog::Catalog& catalog);  // erDiagram
std::string to_dbml(const catalog::Catalog& catalog);
std::string to_dot(const catalog::Catalog& catalog);

// Tables that belong together, at most `limit` in a cluster: communities of the foreign-key graph,
// with name prefixes and schemas as the tie-breaker. Each table is in exactly one cluster; the same
// catalog gives the same clusters.
struct Cluster {
  std::string name;  // of its most referenced table or its common prefix
  std::vector<const catalog::Relation*> tables;
};
std::vector<Cluster> clusters(const catalog::Catalog& catalog, std::size_t limit = 25);

}  // namespace architrave::report

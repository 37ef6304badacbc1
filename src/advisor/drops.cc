#include "advisor/drops.h"

#include <algorithm>
#include <cmath>

#include "advisor/candidates.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

using catalog::Index;
using catalog::Relation;

constexpr double days_of_counters = 7;  // after which "never used" means something

bool covers(const Index& index, const std::string& column) {
  return std::ranges::find(index.include, column) != index.include.end() ||
         std::ranges::any_of(index.keys,
                             [&](const catalog::IndexKey& key) { return key.column == column; });
}

// All that `index` answers, `other` answers as well.
bool contains(const Index& other, const Index& index) {
  return other.valid && other.method == "btree" && index.method == "btree" &&
         other.predicate == index.predicate && begins_with(other, index) &&
         std::ranges::all_of(index.include,
                             [&](const std::string& column) { return covers(other, column); });
}

// One of two that are the same stays: the constraint's, the unique one, else the first by name.
bool is_rather_kept(const Relation& table, const Index& other, const Index& index) {
  if (!contains(index, other)) return true;
  return !may_be_dropped(table, other) || other.name < index.name;
}

}  // namespace

bool may_be_dropped(const Relation& table, const Index& index) {
  return index.valid && !index.unique && !index.primary && index.constraint.empty() &&
         !index.inherited && !index.clustered && table.replica_identity != index.name &&
         table.kind == catalog::RelationKind::table && !table.is_partition();
}

bool serves_foreign_key(const Relation& table, const Index& index) {
  return std::ranges::any_of(table.constraints, [&](const catalog::Constraint& each) {
    if (each.type != catalog::ConstraintType::foreign_key ||
        index.keys.size() < each.columns.size())
      return false;
    return std::all_of(index.keys.begin(), index.keys.begin() + std::ssize(each.columns),
                       [&](const catalog::IndexKey& key) {
                         return std::ranges::find(each.columns, key.column) != each.columns.end();
                       });
  });
}

std::vector<Superfluous> superfluous_indexes(
    const catalog::Catalog& catalog, const std::set<std::string>& used,
    const std::vector<std::pair<const Relation*, const Index*>>& added) {
  std::vector<Superfluous> found;
  const catalog::Server& server = catalog.server;
  const std::optional<double> since = server.stats_reset ? server.stats_reset : server.started_at;
  const double days =
      server.has_workload && server.read_at && since ? (*server.read_at - *since) / 86400 : 0;
  for (const Relation& table : catalog.relations)
    for (const Index& index : table.indexes) {
      if (!may_be_dropped(table, index)) continue;
      std::string why;
      for (const Index& other : table.indexes)
        if (why.empty() && &other != &index && contains(other, index) &&
            is_rather_kept(table, other, index))
          why = "every query that it serves is served by " + other.name + " " + describe(other);
      for (const auto& [where, other] : added)
        if (why.empty() && where == &table && contains(*other, index))
          why = "the new index " + describe(*other) + " serves every query that it does";
      if (why.empty() && days >= days_of_counters && !used.contains(index.name) && index.stats &&
          index.stats->scans == 0)
        why = "no query of the workload uses it, and it was not used once in " +
              std::to_string(std::lround(days)) + " days (look at the counters of replicas, too)";
      if (!why.empty()) found.push_back({&table, &index, std::move(why)});
    }
  return found;
}

}  // namespace architrave::advisor
